"""A venue that a setting sends to an address at which nobody answers: the error names the setting."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.clock import MachineClock, virtual_time
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.asked import Asked
from cryptoflow.market.rest.allowance import Priority
from cryptoflow.market.rest.history import past
from cryptoflow.pipelines.data.download import downloaded
from cryptoflow.pipelines.data.wanted import Wanted
from cryptoflow.settings import settings
from tests.cli.projects import small
from tests.market.rest.scene import Told
from tests.market.streams.rehearsal import MINUTE, START

VARIABLE = "CRYPTOFLOW_VENUES__BINANCE__URL"
NOBODY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Send binance to nobody, and return a state folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv(VARIABLE, NOBODY)
    settings.cache_clear()
    return tmp_path


def fetched(home: Path) -> Awaitable[object]:
    """Read the past as backtests and live prices do."""
    asked = Asked("BTC/USDT", MINUTE, START - 60 * MINUTE, START, venue="binance", home=home)
    return past([asked], MachineClock(), Priority.HISTORY)


def kept(home: Path) -> Awaitable[object]:
    """Download into the store."""
    wanted = Wanted("binance", (("BTC/USDT", MINUTE),), START - 60 * MINUTE, None, home)
    return downloaded(wanted, Told(), MachineClock())


@pytest.mark.parametrize("work", [fetched, kept])
def test_what_cannot_be_fetched_from_there_is_said_with_the_variable(
    work: Callable[[Path], Awaitable[object]], nobody: Path
) -> None:
    async def tried() -> None:
        await work(nobody)

    with virtual_time(START) as loop, pytest.raises(CryptoflowError) as refusal:
        loop.run_until_complete(tried())
    assert refusal.value.code is ExitCode.UNAVAILABLE
    assert f"{VARIABLE} sends it to {NOBODY}" in str(refusal.value)


@pytest.mark.long
@pytest.mark.parametrize("command", ["data download", "backtest"])
def test_on_the_command_line_too_with_4(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    evidence: Callable[[str], None],
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = small(tmp_path)
    spec.write_text(re.sub(r"sources:.*", "sources: {history: {use: ccxt}}", spec.read_text()))
    assert run([*command.split(), str(spec)]) == 4
    assert f"{VARIABLE} sends it to {NOBODY}" in capsys.readouterr().err
    evidence(f"`{command}` with nobody at the address: exit code 4, the variable is named")
