"""Other engines are compared honestly: whoever ends differently is named, whatever the reason."""

import re
import sys
from pathlib import Path

import pytest

from benchmarks.peers import agree
from benchmarks.peers.engines import ENGINES, OURS
from benchmarks.peers.environments import REQUIREMENTS, NotInstalled, call, version_of
from benchmarks.peers.rounds import Failed, Job, rounds, row_of
from benchmarks.peers.table import Row, factors, lines, markdown, reference_of, unexplained

OURSELVES = Row(
    "CryptoFlow, batch", "W1", 1_000_000, process=1.0, warm=0.02, best=0.01, trades=9_432, equity=7.19713e-09
)


def peer(name: str = "peer", **said: object) -> Row:
    return OURSELVES._replace(**({"engine": name, "process": 3.0, "warm": 0.1, "best": 0.1} | said))


def test_the_table_names_every_engine_with_its_time_a_bar_and_its_verdict() -> None:
    rows = [OURSELVES, peer(), peer("late", equity=7.3e-09, differs="fills at the close"), peer("lost", trades=9_431)]
    head, ours, same, late, lost, reason = lines(rows, OURSELVES.engine)
    assert head.split()[-1] == "agrees"
    assert ours.split()[-6:] == ["0.0200", "0.0100", "20", "9,432", "7.19713e-09", "yes"]
    assert same.endswith("yes")
    assert late.endswith("trades; equity +1.4%")
    assert lost.endswith("NO")
    assert reason == "late: fills at the close"


def test_the_table_of_the_page_has_a_row_for_each_engine() -> None:
    *_, row = markdown([OURSELVES])
    cells = "CryptoFlow, batch | W1 | 1,000,000 | 1.00 s | 20 ms, 10 ms | 20 ns | 9,432 | 7.19713e-09"
    assert row == f"| {cells} |"


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (peer(equity=7.19713e-09 * (1 + 9e-6)), False),
        (peer(equity=7.19713e-09 * (1 + 2e-5)), True),
        (peer(equity=7.3e-09, differs="fills at the close"), False),
        (peer(equity=8e-09, differs="fills at the close"), True),
        (peer(trades=9_431, differs="fills at the close"), True),
        (peer(equity=float("nan")), True),
        (peer(bars=100_000), True),
    ],
    ids=["near", "far", "far for a reason", "too far for any", "other trades", "no number", "nothing to compare with"],
)
def test_a_reason_covers_another_equity_but_never_other_trades(row: Row, wrong: bool) -> None:
    assert unexplained(row, reference_of(row, [OURSELVES, row], OURSELVES.engine)) is wrong


def test_the_factor_is_to_the_fastest_of_the_others() -> None:
    rows = [OURSELVES, OURSELVES._replace(engine="CryptoFlow, event", warm=0.001), peer(), peer("slow", warm=9.0)]
    (said,) = factors(rows, OURSELVES.engine)
    assert said.endswith(
        "the fastest other engine to ours: warm 5.0 × (peer), best 10.0 × (peer), process 3.0 × (peer)"
    )


def test_w1_is_agreed_on_only_when_all_who_were_asked_answered_alike() -> None:
    same = [agree.REFERENCE._replace(engine=name) for name in agree.ASKED]
    assert agree.all_agree(same)
    assert not agree.all_agree(same[:-1])
    assert not agree.all_agree([*same[:-1], same[-1]._replace(trades=9_433)])
    assert not agree.all_agree([*same[:-1], same[-1]._replace(equity=same[-1].equity * (1 + 2e-5))])


def test_an_engine_that_fails_or_wavers_is_named_and_gets_no_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = Job(ENGINES[0]._replace(call="nobody:batch"), Path(sys.executable), "W1", tmp_path, 100)
    failed: list[str] = []
    assert list(rounds([job], 3, failed)) == []
    assert failed == ["CryptoFlow, batch on W1: ModuleNotFoundError: No module named 'benchmarks.peers.nobody'"]
    assert capsys.readouterr().err.count("round") == 1
    ends = [(1.0, {"trades": trades, "equity": 1.0, "warm": [0.1]}) for trades in (5, 6)]
    with pytest.raises(Failed, match="ended differently"):
        row_of(job, ends)


def test_what_cannot_be_installed_says_why() -> None:
    with pytest.raises(NotInstalled, match="no such wheel"):
        call([sys.executable, "-c", "raise SystemExit('no such wheel')"])


def test_each_environment_is_pinned_and_no_peer_imports_ours() -> None:
    for engine in ENGINES:
        module = REQUIREMENTS.parent / f"{engine.call.split(':')[0]}.py"
        assert ("cryptoflow" in module.read_text()) is (engine.environment == OURS)
        if engine.environment != OURS:
            pins = (REQUIREMENTS / f"{engine.environment}.txt").read_text().splitlines()
            assert all(re.fullmatch(r"[\w-]+==[\d.]+", pin) for pin in pins)
            assert version_of(engine.environment) == pins[0].replace("==", " ")
