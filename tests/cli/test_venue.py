"""`cryptoflow venue serve`: a process that says where it is, serves, and ends when it is told to."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from cryptoflow.cli.app import run
from cryptoflow.settings import Settings, settings

Capsys = pytest.CaptureFixture[str]
PROGRAM = "from cryptoflow.cli.main import main; main()"
COMMAND = [sys.executable, "-c", PROGRAM, "venue", "serve", "--symbols", "BTC/USDT"]


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_and_ends_when_told_to(
    end: signal.Signals, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        first, line = process.stdout.readline(), process.stdout.readline().strip()
        name, _, url = line.partition("=")
        assert first.startswith(f"binance at {url}: BTC/USDT from ")
        with urlopen(f"{url}/api/v3/time", timeout=10) as answer:
            assert json.load(answer)["serverTime"] > 1_700_000_000_000
        monkeypatch.setenv(name, url)
        assert Settings().venues["binance"].url == url
        if end is signal.SIGINT:
            port = url.rpartition(":")[2]
            assert run(["venue", "serve", "--symbols", "BTC/USDT", "--port", port]) == 4
            assert f"port {port} cannot be opened" in capsys.readouterr().err
        process.send_signal(end)
        assert process.wait(10) == 0
        assert "closed; 0 faults were put in" in process.stderr.read()


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        (("--speed", "quick"), 2, "'quick' is no speed"),
        (("--dialect", "kraken"), 2, "does not speak 'kraken'"),
        (("--start", "2024-13-01"), 2, "is no moment"),
        (("--faults", "strom"), 3, "did you mean `storm`"),
        (("--source", "sintetic"), 3, "did you mean `synthetic`"),
        (("--symbols", "BTCUSDT"), 2, "hint: write BTC/USDT"),
    ],
)
def test_a_wrong_line_is_refused_before_anything_is_played(
    line: tuple[str, ...], code: int, says: str, capsys: Capsys
) -> None:
    assert run(["venue", "serve", "--symbols", "BTC/USDT", *line]) == code
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(("value", "says"), [("ftp://here", "URL is 'ftp://here'"), ("127.0.0.1:8000", "URL is")])
def test_an_address_that_is_none_is_refused_by_its_variable(
    value: str, says: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRYPTOFLOW_VENUES__BINANCE__URL", value)
    with pytest.raises(Exception, match=f"CRYPTOFLOW_VENUES__BINANCE__{says}"):
        settings()
