"""The page on fills says what the engine does: every example on it is run, bar by bar, by the plain engine."""

import re
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import yaml

from cryptoflow.domain.codes import BUY, Reason, Topic
from cryptoflow.engine.plan import Outcome, Plan
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.backtest import WHOLE, decide
from cryptoflow.pipelines.history import load_history
from cryptoflow.pipelines.reasons import why
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.tapes import Names
from cryptoflow.spec.durations import Timeframe

PAGE = (Path(__file__).parents[2] / "docs" / "semantics.md").read_text(encoding="utf-8")
MIDNIGHT = datetime(2024, 1, 1, tzinfo=UTC)

CUES = {"": 1000, "enter": 1001, "exit": 1002, "add": 1003}
"""What a bar's last column says reaches the strategy as the volume of that bar."""

ASKED = {"enter": "enter_long", "exit": "exit_long", "add": "add_when"}

CELLS = 6
"""What a line of bars has: time, four prices, and what is said of it."""

IMPORTS = """\
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.kinds import Lookback, Strategy
from cryptoflow.plugins.registry import strategy


"""
"""How the file of every strategy in Python on the page begins."""


def blocks(text: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


def examples() -> list[Any]:
    """Every example with the heading it stands under."""
    found = []
    for section in re.split(r"\n#+ ", PAGE)[1:]:
        heading = section.partition("\n")[0]
        told = [block for block in blocks(section) if "happens" in block]
        found += [pytest.param(block, id=f"{heading} {number}") for number, block in enumerate(told, 1)]
    return found


def merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Lay one block over another; one that names a plugin of its own replaces what was there."""
    if "use" in over:
        return over
    inside = {key: merged(under[key], over[key]) for key in over if isinstance(under.get(key), dict)}
    return {**under, **over, **inside}


def strategy(name: str, said: dict[str, Any], cues: dict[str, list[float]]) -> str:
    """A strategy file that answers the cues of the example, known by the volumes of their bars."""
    asked = {ASKED[cue]: " or ".join(f"volume == {each}" for each in volumes) for cue, volumes in sorted(cues.items())}
    return yaml.safe_dump({"cryptoflow": 1, "strategy": name, **asked, **said})


def cued(bars: str) -> dict[str, list[float]]:
    """The volumes by which a strategy knows the bars of each cue."""
    return {row[-1]: [CUES[row[-1]]] for row in rows(bars) if row[-1] in ASKED}


def cued_in_details(bars: str, timeframe: timedelta) -> dict[str, list[float]]:
    """The same for bars made of finer ones: each holds the volumes of all that open in its time."""
    found: dict[str, list[float]] = {}
    for _, rows_inside in groupby(rows(bars), lambda row: opened(row[0]) // timeframe):
        inside = [row[-1] for row in rows_inside]
        for cue in {*inside} & {*ASKED}:
            found.setdefault(cue, []).append(sum(map(volume, inside)))
    return found


def rows(bars: str) -> list[list[str]]:
    """Each bar as time, four prices, and what is said of it."""
    cells = [line.split(maxsplit=CELLS - 1) for line in bars.splitlines()]
    return [row + [""] * (CELLS - len(row)) for row in cells]


def volume(said: str) -> float:
    return float(said.removeprefix("volume ")) if said.startswith("volume") else CUES[said]


def csv(bars: str) -> str:
    lines = ["time,open,high,low,close,volume"]
    for at, *prices, said in rows(bars):
        lines.append(f"{(MIDNIGHT + opened(at)).isoformat()},{','.join(prices)},{volume(said)}")
    return "\n".join(lines) + "\n"


def opened(at: str) -> timedelta:
    """How long after midnight a bar opens."""
    hours, minutes = map(int, at.split(":"))
    return timedelta(hours=hours, minutes=minutes)


def play(example: dict[str, Any], folder: Path) -> tuple[Plan, Names, Outcome]:
    """Write the example down as a project and run it."""
    given = example.get("bars", {})
    bars = given if isinstance(given, dict) else {"BTC": given}
    details = {"BTC": example["details"]} if "details" in example else {}
    strategies = example.get("strategies", {} if "python" in example else {"only": example.get("strategy", {})})
    spec = merged(blocks(PAGE)[0], example.get("spec", {}))
    timeframe = timedelta(milliseconds=Timeframe(spec["market"]["timeframe"]))
    cues: dict[str, list[float]] = {}
    for found in (*map(cued, bars.values()), *(cued_in_details(text, timeframe) for text in details.values())):
        cues = {cue: [*dict.fromkeys((*cues.get(cue, ()), *found.get(cue, ())))] for cue in (*cues, *found)}
    for ending, texts in (("-1h" if details else "", bars), ("-15m" if bars else "", details)):
        for base, text in texts.items():
            (folder / f"{base}{ending}.csv").write_text(csv(text))
    for name, said in strategies.items():
        (folder / f"{name}.yaml").write_text(strategy(name, said, cues))
    if bars and details:
        spec["sources"]["history"]["path"] = "{base}-{timeframe}.csv"
    spec["market"]["symbols"] = [f"{base}/USDT" for base in bars or details]
    spec["strategies"] = [{"id": name, "file": f"{name}.yaml"} for name in strategies]
    if "python" in example:
        (folder / "plugins").mkdir()
        (folder / "plugins" / "example.py").write_text(IMPORTS + example["python"])
        spec |= {"plugins": ["example.py"]}
        spec["strategies"].append({"id": "python", "use": "example"})
    (folder / "spec.yaml").write_text(yaml.safe_dump(spec))
    resolved = resolve(folder / "spec.yaml")
    history = load_history(resolved, WHOLE)
    plan = plan_of(resolved, history.first_decisions)
    ids = [each.id for each in resolved.strategies]
    names = Names([*bars, *details][: len(plan.symbols)], ids, [rule.name for rule in plan.verbs.rules])
    return plan, names, decide(plan, history, "event")


def told(plan: Plan, names: Names, outcome: Outcome) -> list[str]:
    """What happened, in the words of the page."""
    lines = []
    for line in outcome.tape:
        time = clock(line)
        who = [names.symbols[line["symbol"]]] * (len(names.symbols) > 1)
        who += [names.strategies[line["strategy"]]] * (len(names.strategies) > 1)
        reason = Reason(int(line["reason"])).name.lower()
        rule = names.rules[int(line["rule"])]
        quantity = f"{line['lots'] * plan.markets[line['symbol']].lot:.6g} at {line['price']:.6g}"
        fee = f", fee {line['fee']:.6g}" if line["fee"] else ""
        match Topic(int(line["topic"])):
            case Topic.FILL if line["side"] == BUY:
                what = f"bought {quantity}{fee}"
            case Topic.FILL:
                what = f"sold {quantity}{fee} ({reason})"
            case Topic.CANCEL:
                what = f"cancelled ({reason})"
            case Topic.REFUSED:
                what = f"refused ({rule or reason})"
            case _:
                continue
        lines.append(" ".join([time, *who, what]))
    return lines


def clock(line: Any) -> str:
    return (MIDNIGHT + timedelta(milliseconds=int(line["at"]) - int(MIDNIGHT.timestamp() * 1000))).strftime("%H:%M")


def reasons(names: Names, outcome: Outcome) -> list[str]:
    """Why each entry was refused or reduced."""
    cut = [line for line in outcome.tape if line["topic"] == Topic.REFUSED or line["reason"] == Reason.REDUCED]
    return [
        f"{clock(line)} "
        + why(Reason(line["reason"]), names.rules[line["rule"]], line["value"], line["limit"], line["measure"])
        for line in cut
        if line["topic"] in (Topic.REFUSED, Topic.ORDER)
    ]


def trades(plan: Plan, outcome: Outcome) -> list[str]:
    """Every closed round trip."""
    closed = outcome.tape[outcome.tape["topic"] == Topic.TRADE]
    return [
        f"{clock(line)} bought {line['lots'] * plan.markets[line['symbol']].lot:.6g} at {line['entry_price']:.6g}, "
        f"sold at {line['price']:.6g}, profit {line['profit']:.6g}"
        for line in closed
    ]


@pytest.mark.parametrize("example", examples())
def test_an_example_on_the_page_happens_as_it_says(example: dict[str, Any], tmp_path: Path) -> None:
    plan, names, outcome = play(example, tmp_path)
    assert told(plan, names, outcome) == example["happens"].splitlines()
    if "why" in example:
        assert reasons(names, outcome) == example["why"].splitlines()
    if "trades" in example:
        assert trades(plan, outcome) == example["trades"].splitlines()
    if "equity" in example:
        assert outcome.equity[-1] == pytest.approx(example["equity"], rel=1e-9)


def test_every_rule_on_the_page_has_an_example() -> None:
    rules = [section.partition("\n") for section in re.split(r"\n### ", PAGE)[1:]]
    assert len(rules) > 30
    assert [name for name, _, text in rules if "happens: |" not in text] == []
