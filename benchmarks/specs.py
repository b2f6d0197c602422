"""The works everybody is timed on, as specs and plans: W1, W3 and W4, with discipline off and on.

W1 is a cross of EMA 12 and 26 on minutes, all in, filled at the next open, 0.1 % a side, no lots, no slippage. W4 is
W1 with a stop of 2 % and a target of 4 %. W3 trades the cross on twenty symbols with one wallet: at most five open, a
fifth of equity each.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from cryptoflow.engine.plan import Plan
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.plugins.rules.rate import Rate
from cryptoflow.plugins.rules.streak import Streak

WARMUP = 25
"""Bars before the first decision: the 26th decides."""

CROSS = {
    "cryptoflow": 1,
    "strategy": "cross",
    "let": {"quick": "ema(close, 12)", "calm": "ema(close, 26)"},
    "enter_long": "crosses_above(quick, calm)",
    "exit_long": "not quick > calm",
}
STOPS = {"stop_loss": "2%", "take_profit": "4%"}

PLENTY = "1000000000000 USDT"
"""So much that what fees leave of it is not dust; W4 keeps to less, because targets fill within a bar's volume."""

SPEC: Mapping[str, Any] = {
    "cryptoflow": 1,
    "capital": "1000 USDT",
    "discipline": "off",
    "strategies": [{"id": "cross", "file": "cross.yaml"}],
    "sizing": {"use": "all_in"},
    "execution": {"costs": {"fees": "venue", "slippage": {"use": "none"}}},
    "risk": {"stop_loss": {"missing": "reject"}},
}
FIFTHS: Mapping[str, Any] = {"capital": PLENTY, "sizing": {"use": "fraction", "share": "20%"}}

ORDERS = {"W1": "1000 USDT", "W4": "1000 USDT", "W3": "100 USDT"}
"""What one order may be with discipline on: so little of a million that losses, which are the tier's business, stop
no one from trading all year, and so much less than the sizer wants that every entry is cut.
"""

EASED = {"rate": Rate(per_second=1000, per_day=100_000), "streak": Streak(losses=100, stop=100)}
"""Rules that are asked like the others and let everything through: twenty symbols send some 460 orders a day, and a
cross of averages loses three trades of four. No spec can loosen their defaults.
"""

FORGIVING = 1_000_000
"""Losses in a row that trip the kill switch here: it has to be asked, and must not stop what is timed."""


def spec_of(work: str, symbols: int, discipline: bool = False) -> dict[str, Any]:
    """Return a work as the text of its spec."""
    market = {
        "venue": "binance",
        "symbols": [f"A{number:02d}/USDT" for number in range(symbols)],
        "timeframe": "1m",
        "filters": "none",
    }
    spec = {**SPEC, **(FIFTHS if work == "W3" else {}), "name": work.lower(), "market": market}
    return {**spec, **disciplined(work)} if discipline else spec


def disciplined(work: str) -> dict[str, Any]:
    """Return what switches all rules on for an account of the highest tier.

    A stop far away is attached where there is none: every entry has to have one, and this one hardly ever trades.
    """
    rules: list[dict[str, Any]] = [{"use": "order", "limit": ORDERS[work]}, {"use": "count", "positions": 5}]
    risk = {"stop_loss": {"missing": "attach 15%"}, "rules": rules}
    return {"capital": "1000000 USDT", "discipline": "on", "risk": risk}


def written(folder: Path, work: str, symbols: int = 1, discipline: bool = False, **more: object) -> Path:
    """Write a work into a folder, with more keys if asked for, and return its spec."""
    (folder / "cross.yaml").write_text(yaml.safe_dump({**CROSS, **(STOPS if work == "W4" else {})}))
    path = folder / "work.yaml"
    path.write_text(yaml.safe_dump({**spec_of(work, symbols, discipline), **more}))
    return path


def plan_for(work: str, symbols: int, first: int, discipline: bool = False) -> Plan:
    """Return the plan of a work that decides from the bar opening at `first` on."""
    with tempfile.TemporaryDirectory() as folder:
        spec = resolve(written(Path(folder), work, symbols, discipline))
        plan = plan_of(spec, [first] * symbols)
    if discipline:
        return eased(plan)
    return in_places(plan) if work == "W3" else plan


def in_places(plan: Plan) -> Plan:
    """Return a plan whose sizer puts nothing into an entry once a fifth of the account is no longer free.

    That is five positions at once, and with discipline off no rule can say it.
    """
    steps = plan.verbs.sizers
    held = tuple(step._replace(function=place_of) if step.name == "fraction" else step for step in steps)
    return plan._replace(verbs=plan.verbs._replace(sizers=held))


def place_of(equity: float, cash: float, _price: float, _stop: float, share: float) -> float:
    """Return a share of equity while at least half as much is free, else nothing.

    >>> [place_of(1000.0, cash, 50.0, 45.0, 0.25) for cash in (1000.0, 240.0, 10.0)]
    [250.0, 250.0, 0.0]
    """
    return equity * share if cash >= equity * share / 2.0 else 0.0


def eased(plan: Plan) -> Plan:
    """Return a plan whose rules about numbers of orders and of losses let all of them through."""
    tables = (zip(plan.verbs.rules, each, strict=True) for each in plan.rule_settings)
    loose = {name: (1.0, *rule.numbers()) for name, rule in EASED.items()}
    return plan._replace(
        rule_settings=tuple(tuple(loose.get(step.name, own) for step, own in table) for table in tables),
        tiers=tuple(replace(tier, streak=FORGIVING) for tier in plan.tiers),
    )
