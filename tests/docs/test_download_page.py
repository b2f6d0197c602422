"""The transcript of a download on the page about data is what the commands print, against the venue that it names."""

import re
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.clock import MachineClock
from cryptoflow.market.rest.allowance import SHARES, Priority
from cryptoflow.pipelines.venue import DEFAULT_SYMBOLS, made_up, moment_of, opened
from cryptoflow.settings import settings
from tests.market.rest.stub import beside

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8").split("\n## Downloading\n")[1]


def told() -> list[tuple[str, list[str]]]:
    """The commands of the transcript, and the lines below each."""
    transcript = PAGE.split("```console\n")[1].split("```")[0]
    parts = [part.splitlines() for part in re.split(r"^\$ ", transcript, flags=re.MULTILINE)[1:]]
    return [(lines[0], lines[1:]) for lines in parts]


def test_the_transcript_is_what_the_commands_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = MachineClock()
    start = re.search(r"venue serve --start (\S+)", PAGE)
    assert start
    begin = moment_of(start[1], clock)
    market = made_up("synthetic", begin, DEFAULT_SYMBOLS, 0, "binance")._replace(start=begin)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("CRYPTOFLOW_HOME", str(tmp_path / "home"))
    code = 0
    with beside(opened(market, clock)) as venue:
        monkeypatch.setenv("CRYPTOFLOW_VENUES__BINANCE__URL", venue.url)
        settings.cache_clear()
        for line, below in told():
            word, *words = line.split()
            if word == "cryptoflow":
                code = run(words)
                printed = capsys.readouterr()
                # Symbols are told as each is there, which is first when its pages come first.
                assert sorted((printed.out + printed.err).splitlines()) == sorted(below)
            elif word == "echo":
                assert below == [str(code)]


def test_the_shares_of_a_venues_limit_are_those_on_the_page() -> None:
    assert SHARES[Priority.HISTORY] == 0.5
    assert max(SHARES.values()) == SHARES[Priority.PROTECT] == 0.8
    assert round(SHARES[Priority.PROTECT] - SHARES[Priority.TRADE], 9) == 0.1
