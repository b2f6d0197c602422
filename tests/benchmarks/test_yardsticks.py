"""What is timed is the same work as what it is timed against, on bars few enough to check it everywhere."""

import doctest

import pytest

from benchmarks import table, units
from benchmarks.peers.timed import End
from benchmarks.series import reference, twenty
from benchmarks.works import Disagreed, agree, lone_loop, pair, wallet_loop, with_discipline
from cryptoflow.domain.codes import Leg, Reason, Topic
from cryptoflow.engine.batch.run import run

BARS = 5_000


def test_w1_ends_as_the_fused_loop_does() -> None:
    market = [reference(BARS)]
    ours = pair("W1", market).free()
    assert ours.trades > 50
    agree("W1", ours, lone_loop(market[0])())


@pytest.mark.long  # its sizer is the benchmark's own, so the decision compiles anew
def test_w3_ends_as_the_fused_loop_over_twenty_symbols_and_one_wallet() -> None:
    market = twenty(BARS)
    ours = pair("W3", market).free()
    assert ours.trades > 500
    agree("W3", ours, wallet_loop(market)())


def test_w4_is_w1_with_a_stop_and_a_target() -> None:
    calm = reference(BARS)
    moves = {name: 100 * (getattr(calm, name) / 100) ** 5 for name in ("open", "high", "low", "close")}
    market = [calm._replace(**moves)]
    tape = run(pair("W4", market).off, market).tape
    exits = tape[(tape["topic"] == Topic.FILL) & (tape["leg"] == Leg.EXIT)]
    assert set(exits["reason"]) == {Reason.SIGNAL, Reason.STOP, Reason.TARGET}


@pytest.mark.parametrize("work", ["W1", "W4", pytest.param("W3", marks=pytest.mark.long)])
def test_with_discipline_on_every_rule_is_asked_every_entry_is_cut_and_none_is_refused_but_for_want_of_places(
    work: str,
) -> None:
    market = twenty(BARS) if work == "W3" else [reference(BARS)]
    runs = pair(work, market)
    assert all(settings[0] == 1.0 for each in runs.on.rule_settings for settings in each)
    tape = run(runs.on, market).tape
    names = [step.name for step in runs.on.verbs.rules]
    entries = tape[(tape["topic"] == Topic.ORDER) & (tape["leg"] == Leg.ENTRY)]
    refusals = tape[tape["topic"] == Topic.REFUSED]
    assert {names[rule] for rule in entries["rule"]} == {"order"}
    assert {names[rule] for rule in refusals["rule"]} == ({"count"} if work == "W3" else set())
    with_discipline(work, runs, BARS)


def test_a_work_with_other_trades_or_other_money_is_not_timed() -> None:
    agree("W1", End(5, 1.0), End(5, 1.0 + 9e-6))
    for other in (End(6, 1.0), End(5, 1.0 + 2e-5), End(5, float("nan"))):
        with pytest.raises(Disagreed):
            agree("W1", End(5, 1.0), other)


def test_a_run_that_discipline_keeps_from_trading_is_not_timed() -> None:
    runs = pair("W1", [reference(BARS)])
    lame = tuple(
        tuple((*settings[:1], 0.0, 0.0) if len(settings) == 3 else settings for settings in each)
        for each in runs.on.rule_settings
    )
    with pytest.raises(Disagreed, match="with discipline on makes 0 trades"):
        with_discipline("W1", runs._replace(on=runs.on._replace(rule_settings=lame)), BARS)


@pytest.mark.parametrize("module", [table, units])
def test_examples_hold(module: object) -> None:
    failed, tried = doctest.testmod(module)  # type: ignore[arg-type]
    assert (failed, tried > 0) == (0, True)
