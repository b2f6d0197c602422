"""A project's own tier files: they may only tighten, and what runs in the project goes by them."""

from pathlib import Path

import pytest

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.backtest import backtest
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.tiers.table import digest, laid, table_beside
from cryptoflow.spec.shipped import configs
from tests.cli.projects import small

SHIPPED = {file.name: file.read_text() for file in (configs() / "tiers").glob("*.yaml")}
SNIPER, HUNTER, STRATEGIST = "1-sniper.yaml", "2-hunter.yaml", "3-strategist.yaml"


@pytest.fixture
def tiers(tmp_path: Path) -> Path:
    """A folder for tier files of a small project."""
    folder = small(tmp_path).parent / "tiers"
    folder.mkdir()
    return folder


def with_change(tiers: Path, name: str, before: str, after: str) -> Path:
    """A tier file that ships, but for one change."""
    assert before in SHIPPED[name]
    file = tiers / name
    file.write_text(SHIPPED[name].replace(before, after))
    return file


TIGHTER = [
    (SNIPER, "order: 100 USDT", "order: 60 USDT"),
    (SNIPER, "position: 5%", "position: 4%"),
    (SNIPER, "daily_loss: 25 USDT", "daily_loss: 24.99 USDT"),
    (HUNTER, "positions: 3", "positions: 2"),
    (HUNTER, "strategies: 3,", "strategies: 3, symbols: 4,"),
    (HUNTER, "  - kelly\n", ""),
    (HUNTER, "2000..10000", "2500..10000"),
    (HUNTER, "{use: trades, min: 100}", "{use: trades, min: 150}"),
    (HUNTER, "{use: month_drawdown, max: 10%}", "{use: month_drawdown, max: 8%}"),
    (HUNTER, "{use: no_breach, days: 14}", "{use: no_breach, days: 30}"),
    (HUNTER, "win_rate: 45%", "win_rate: 50%"),
    (HUNTER, "promotion:\n", "promotion:\n  - {use: fill_impact, max: 1%}\n"),
    (HUNTER, "{use: day_loss, above: 15%}", "{use: day_loss, above: 10%}"),
    (HUNTER, "{use: stop_outs, count: 3, within: 24h", "{use: stop_outs, count: 2, within: 48h"),
    (HUNTER, "{use: day_losses, above: 5%, days: 3}", "{use: day_losses, above: 5%, days: 2}"),
    (HUNTER, "setup:", "protection: {phases: [10%, 40%, 50%, 80%], each: 24h, wait: 60d}\nsetup:"),
]
LOOSER = [
    (SNIPER, "order: 100 USDT", "order: 100.01 USDT", "limits.order is 100.01 USDT", "allows 100 USDT"),
    (SNIPER, "order: 100 USDT", "order: 90 EUR", "limits.order is 90 EUR", "allows 100 USDT"),
    (SNIPER, "positions: 1,", "positions: 2,", "limits.positions is 2", "allows 1"),
    (SNIPER, "symbols: 1, ", "", "limits.symbols is any number", "allows 1"),
    (SNIPER, "target]", "target, limit]", "limit is unlocked", "unlocks it in no tier up to 1"),
    (SNIPER, "equity: 500..2000", "equity: 400..2000", "equity begins with 400", "begins with 500"),
    (SNIPER, "of: [lookahead, warmup]", "of: [warmup]", "`evidence` asks of [warmup]", "asks [lookahead, warmup]"),
    (HUNTER, "{use: trades, min: 100}", "{use: trades, min: 99}", "`trades` asks min 99", "asks 100"),
    (HUNTER, "max: 10%}", "max: 11%}", "`month_drawdown` asks max 11%", "asks 10%"),
    (HUNTER, "  - {use: no_breach, days: 14}\n", "", "promotion lacks the gate `no_breach`", "asks {use: no_breach"),
    (HUNTER, "  - {use: day_loss, above: 15%}\n", "", "demotion lacks the gate `day_loss`", "asks {use: day_loss"),
    (HUNTER, "{use: day_loss, above: 15%}", "{use: day_loss, above: 16%}", "`day_loss` asks above 16%", "asks 15%"),
    (HUNTER, "days: 3}", "days: 4}", "`day_losses` asks days 4", "asks 3"),
    (HUNTER, "within: 24h, cost", "within: 12h, cost", "`stop_outs` asks within 12h", "asks"),
    (HUNTER, "60%, of: 20}", "60%, of: 10}", "`days_not_losing` asks of 10", "asks 20"),
    (STRATEGIST, "above: 1.5, days: 30", "above: 1.5, days: 60", "`sharpe` asks days 60", "asks 30"),
    (
        HUNTER,
        "setup:",
        "protection: {phases: [25%, 41%, 60%, 80%]}\nsetup:",
        "protection.phases is [25%, 41%",
        "asks [25%",
    ),
    (HUNTER, "setup:", "protection: {each: 11h}\nsetup:", "protection.each is 11h", "asks 12h"),
    (HUNTER, "setup:", "protection: {wait: 29d}\nsetup:", "protection.wait is 29d", "asks 30d"),
]


@pytest.mark.parametrize(("name", "before", "after"), TIGHTER)
def test_what_is_tighter_holds(tiers: Path, name: str, before: str, after: str) -> None:
    table = laid([with_change(tiers, name, before, after)])
    assert digest(table) != digest(laid([]))


@pytest.mark.parametrize(("name", "before", "after", "said", "ships"), LOOSER)
def test_what_is_looser_is_refused_with_its_line_and_what_ships(
    tiers: Path, name: str, before: str, after: str, said: str, ships: str
) -> None:
    with pytest.raises(CryptoflowError) as refused:
        laid([with_change(tiers, name, before, after)])
    assert refused.value.code is ExitCode.REFUSED
    (problem,) = refused.value.problems
    assert problem.what.startswith(said)
    assert ships in problem.what
    assert problem.where is not None
    assert Path(problem.where.file).name == name
    assert problem.where.line > 1


def test_files_that_say_what_ships_are_the_table_that_ships(tiers: Path) -> None:
    for name, text in SHIPPED.items():
        (tiers / name).write_text(text)
    assert digest(laid(sorted(tiers.glob("*.yaml")))) == digest(laid([]))


def test_a_backtest_goes_by_the_tiers_of_its_project(tiers: Path) -> None:
    spec = resolve(tiers.parent / "small.yaml")
    before = plan_of(spec, [0])
    with_change(tiers, SNIPER, "daily_loss: 25 USDT", "daily_loss: 5 USDT")
    after = plan_of(spec, [0])
    assert (before.tiers[1].day_amount, after.tiers[1].day_amount) == (25.0, 5.0)
    assert digest(table_beside(spec.file)) != digest(laid([]))


def test_a_run_under_other_tiers_is_another_run(tiers: Path) -> None:
    spec = resolve(tiers.parent / "small.yaml")
    before = backtest(spec, engine="event")
    with_change(tiers, SNIPER, "order: 100 USDT", "order: 20 USDT")
    after = backtest(spec, engine="event")
    assert before.manifest["run_id"] != after.manifest["run_id"]
    assert (before.guards.reduced, after.guards.reduced > 0) == (0, True)


def test_a_backtest_under_looser_tiers_is_refused(tiers: Path) -> None:
    with_change(tiers, SNIPER, "order: 100 USDT", "order: 200 USDT")
    with pytest.raises(CryptoflowError, match="allows 100 USDT") as refused:
        backtest(resolve(tiers.parent / "small.yaml"), engine="event")
    assert refused.value.code is ExitCode.REFUSED
