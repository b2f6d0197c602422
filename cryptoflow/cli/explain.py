"""`cryptoflow explain`."""

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cryptoflow.cli.options import AsJson, Overlay, Sets, SpecFile

if TYPE_CHECKING:
    from cryptoflow.pipelines.explaining.alike import Alike
    from cryptoflow.pipelines.explaining.in_force import Value
    from cryptoflow.pipelines.explaining.risk import Told
    from cryptoflow.pipelines.explaining.series import Origin
    from cryptoflow.pipelines.explaining.waterfall import Stage, Waterfall
    from cryptoflow.pipelines.resolved import Resolved

Key = Annotated[
    str | None,
    typer.Argument(metavar="KEY", help="A value like sizing.risk, a block like risk, or size.", show_default=False),
]
InTier = Annotated[
    int | None, typer.Option("--tier", metavar="N", help="Limits as they are in another tier.", show_default=False)
]
Whole = Annotated[bool, typer.Option("--resolved", help="Print the whole spec as YAML, every default filled in.")]


def explain(
    spec: SpecFile,
    key: Key = None,
    resolved: Whole = False,
    tier: InTier = None,
    as_json: AsJson = False,
    sets: Sets = None,
    env: Overlay = None,
) -> None:
    """Show what holds for SPEC, where each value comes from, and what it beat.

    `risk` also says what limits come to in money, when entries are smaller, what trips the kill switch and what is
    warned of before, and which symbols share a limit as they move alike. `size` is the way of a typical order from what
    the strategy wants to what it gets. `sources` also says where each series of prices comes from, in a backtest and in
    paper and live trading. KEY may stand before SPEC or after it.

    Examples:

      cryptoflow explain risk configs/btc_trend.yaml

      cryptoflow explain risk configs/btc_trend.yaml --tier 2

      cryptoflow explain risk configs/btc_trend.yaml --env cautious

      cryptoflow explain size configs/btc_trend.yaml

      cryptoflow explain sizing.risk configs/btc_trend.yaml

      cryptoflow explain configs/btc_trend.yaml --resolved
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.explaining.explain import explain, whole
    from cryptoflow.pipelines.resolve import resolve

    if key is not None and not spec.is_file() and (Path(key).is_file() or Path(key).suffix in (".yaml", ".yml")):
        spec, key = Path(key), str(spec)  # `explain risk SPEC` is what it is called, too
    found = resolve(spec, env=env, sets=tuple(sets or ()))
    if resolved:
        if as_json:
            say.data(whole(found))
        else:
            say.text(whole(found).rstrip())
        return
    if key == "size":
        from cryptoflow.pipelines.explaining.waterfall import waterfalls

        told = waterfalls(found)
        if as_json:
            say.data([plain_fall(each) for each in told])
        else:
            for line in size_lines(told):
                say.text(line)
        return
    if key == "risk":
        _risk(found, tier, as_json=as_json)
        return
    values = explain(found, key, tier)
    if key == "sources":
        _sources(found, values, as_json=as_json)
    elif as_json:
        say.data([plain(value) for value in values])
    elif len(values) == 1:
        for line in value_lines(values[0]):
            say.text(line)
    else:
        for line in table_lines(values):
            say.text(line)


def _risk(found: "Resolved", tier: int | None, *, as_json: bool) -> None:
    from cryptoflow.cli import say
    from cryptoflow.pipelines.explaining.risk import risk

    told = risk(found, tier)
    if as_json:
        say.data(plain_risk(told))
        return
    for line in risk_lines(told):
        say.text(line)


def _sources(found: "Resolved", values: "Sequence[Value]", *, as_json: bool) -> None:
    from cryptoflow.cli import say
    from cryptoflow.pipelines.explaining.series import origins

    told = origins(found)
    if as_json:
        say.data({"values": [plain(value) for value in values], "series": [origin._asdict() for origin in told]})
        return
    for line in (*table_lines(values), "", *origin_lines(told)):
        say.text(line)


def shown(value: Any) -> str:
    """A value as one would write it.

    >>> shown(None), shown(True), shown(["BTC/USDT"]), shown({"use": "fixed"})
    ('none', 'true', '[BTC/USDT]', '{use: fixed}')
    """
    match value:
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case list():
            return f"[{', '.join(map(shown, value))}]"
        case dict():
            return "{" + ", ".join(f"{key}: {shown(inside)}" for key, inside in value.items()) + "}"
    return str(value)


def value_lines(value: "Value") -> Iterator[str]:
    """One value as a ladder: every offer for it, the lowest precedence first."""
    yield f"{value.key}  {shown(value.value)}"
    if value.about:
        yield value.about
    yield ""
    wide = max(len(offer.source) for offer in value.offers)
    for offer in value.offers:
        yield f"  {offer.source:<{wide}}  {shown(offer.value)}{'  < holds' if offer.holds else ''}"


def table_lines(values: "Sequence[Value]") -> Iterator[str]:
    """Every value with its source, block by block, and below it what it beat."""
    wide = max(len(value.key) for value in values)
    most = max(len(text) for value in values if len(text := shown(value.value)) <= 40)
    block = ""
    for value in values:
        before, (block, inside, _) = block, value.key.partition(".")
        if inside and before not in ("", block):
            yield ""
        beat = ", ".join(f"{shown(offer.value)} ({offer.source})" for offer in value.beat)
        about = f"  # {value.about}" if value.about else ""
        source = f"{value.source}, beat {beat}" if beat else value.source
        yield f"{value.key:<{wide}}  {shown(value.value):<{most}}  {source}{about}"


def origin_lines(told: "Sequence[Origin]") -> Iterator[str]:
    """Where each series comes from, a line each."""
    rows = [("series", "in a backtest", "in paper and live"), *told]
    wide, most = (max(len(row[place]) for row in rows) for place in (0, 1))
    for series, backtest, live in rows:
        yield f"{series:<{wide}}  {backtest:<{most}}  {live}"


def risk_lines(told: "Told") -> Iterator[str]:
    """All that limits a spec in a tier."""
    if not told.holds:
        yield "discipline is off: none of this holds but free cash and `allocation`; with it on it would be:"
        yield ""
    others = ", ".join(str(tier) for tier in told.tiers if tier != told.tier.tier)
    begins = "where it begins" if told.tier.tier == told.begins else f"it begins in {told.begins}"
    yield f"{told.name} in tier {told.tier.tier} ({told.tier.name}), {begins}"
    if others:
        yield f"it may also come to be in tier {others}: --tier N shows it there"
    yield ""
    yield from table_lines(told.values)
    yield ""
    yield f"limits in {told.currency} at an equity of {told.equity:,.2f}"
    yield from _columns((each.what, f"{each.money:,.2f}") for each in told.amounts)
    yield ""
    yield "entries are smaller, by the smallest of these, which do not multiply"
    yield from _columns(
        (each.when, f"{', '.join(f'{size:.0%}' for size in each.sizes)} {each.each}") for each in told.phases
    )
    yield ""
    yield f"the kill switch trips, in {told.currency}"
    yield from _columns((each.what, f"{each.money:,.2f}") for each in told.trips)
    yield ""
    yield f"a warning comes first, at {told.near:.0%} of the day's limit, of the fall and of the streak's cost"
    yield from _columns((each.what, f"{each.money:,.2f}") for each in told.warned)
    yield ""
    if told.alike is not None:
        yield from alike_lines(told.alike)
        yield ""
    yield "another preset would make it"
    yield from _columns((name, _changes(changed)) for name, changed in told.presets.items())


def alike_lines(told: "Alike") -> Iterator[str]:
    """Which symbols move alike, or why that is not known.

    >>> from cryptoflow.pipelines.explaining.alike import Alike
    >>> [*alike_lines(Alike(("A/B", "C/B"), "2024-05-01", 30, 0.6, 0.7, False, why="there is no such file"))][1]
    '  unknown: there is no such file'
    """
    yield f"symbols that move alike, by the {told.days} days before {told.day}"
    if told.why:
        yield f"  unknown: {told.why}"
        return
    acts = "the second is refused" if told.refuses else "share one position limit"
    yield from _columns(
        (f"{each.one} {each.other}", f"{each.correlation:.3f}  {acts if each.shares else f'near {told.at:g}'}")
        for each in told.pairs
    )
    if not told.pairs:
        yield f"  no two correlate by {told.warn:g} or more"
    if told.unknown:
        yield f"  {told.unknown} pairs have too few days in common to tell"


def _columns(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    kept = list(rows)
    wide = max((len(first) for first, _ in kept), default=0)
    return (f"  {first:<{wide}}  {second}" for first, second in kept)


def _changes(changed: dict[str, Any]) -> str:
    return (
        ", ".join(f"{name.removeprefix('risk.rules.')} {shown(value)}" for name, value in changed.items()) or "the same"
    )


def plain_risk(told: "Told") -> dict[str, Any]:
    """All that limits a spec in a tier, as programs read it."""
    return {
        "discipline": "on" if told.holds else "off",
        "tier": told.tier.tier,
        "begins": told.begins,
        "tiers": list(told.tiers),
        "equity": told.equity,
        "currency": told.currency,
        "values": [plain(value) for value in told.values],
        "amounts": {each.what: each.money for each in told.amounts if isfinite(each.money)},
        "phases": [{"when": each.when, "sizes": list(each.sizes), "each": each.each} for each in told.phases],
        "trips": {each.what: each.money for each in told.trips},
        "warned": {each.what: each.money for each in told.warned},
        "warned_at": told.near,
        "alike": plain_alike(told.alike) if told.alike is not None else None,
        "presets": told.presets,
    }


def plain_alike(told: "Alike") -> dict[str, Any]:
    """Which symbols move alike, as programs read it."""
    return {
        **told._asdict(),
        "symbols": list(told.symbols),
        "pairs": [each._asdict() for each in told.pairs],
        "why": told.why or None,
    }


def size_lines(told: "Sequence[Waterfall]") -> Iterator[str]:
    """The way of each strategy's typical order, stage by stage and in one line."""
    for number, fall in enumerate(told):
        if number:
            yield ""
        stop = f", stop {fall.stop:g}" if isfinite(fall.stop) else ""
        yield f"{fall.strategy}: {fall.symbol} at {fall.price:g}{stop}, equity {fall.equity:,.2f} {fall.currency}"
        yield f"  at {'; '.join(fall.told)}; nothing held, all capital free"
        yield ""
        yield f"  {'wanted':<12}{money(fall.wanted):>14}"
        for stage in fall.stages:
            if isfinite(stage.room) or stage.cuts:
                mark = "  < cuts" if stage.cuts else ""
                yield f"  {stage.name:<12}{money(stage.room):>14}{mark:<9} {stage.source}".rstrip()
        yield f"  {'lots':<12}{money(fall.notional):>14}"
        yield ""
        yield f"  {chain(fall)}"
        if fall.why:
            yield f"  {fall.why}"
        if fall.smallest_told:
            yield f"  on the first day after the kill switch or a promotion nothing: {fall.smallest_told}"
        elif 0.0 < fall.smallest < fall.notional:
            yield f"  on the first day after the kill switch or a promotion {money(fall.smallest)}"


def chain(fall: "Waterfall") -> str:
    """The way in one line: what was wanted, who would have cut it, and what came of it."""
    stages = [stage for stage in fall.stages if stage.name == "allocation" or not stage.room >= fall.wanted]
    way = " → ".join(f"{stage.name} {money(stage.room)}" for stage in stages)
    end = f"lots {money(fall.notional)}" if not fall.refused else f"refused, {fall.refused.replace('_', ' ')}"
    return f"wanted {money(fall.wanted)} → {way} → {end}{bound(fall.bound_by)}"


def bound(stage: "Stage | None") -> str:
    """Who had the last word."""
    if stage is None:
        return " (as large as wanted)"
    return f" (bound by {stage.name}{f', {stage.source}' if stage.source else ''})"


def money(amount: float) -> str:
    """An amount in the quote currency.

    >>> money(1234.5), money(float("inf")), money(float("nan"))
    ('1,234.50', 'any', 'no size')
    """
    if amount != amount:
        return "no size"
    return f"{amount:,.2f}" if isfinite(amount) else "any"


def plain(value: "Value") -> dict[str, Any]:
    """A value as programs read it."""
    beat = [{"value": offer.value, "source": offer.source} for offer in value.beat]
    return {"key": value.key, "value": value.value, "about": value.about, "source": value.source, "beat": beat}


def plain_fall(fall: "Waterfall") -> dict[str, Any]:
    """A typical order as programs read it; what is not finite is null."""
    stages = [finite(stage._asdict()) for stage in fall.stages]
    told = finite(fall._asdict()) | {"told": list(fall.told), "stages": stages}
    return told | {"bound_by": fall.bound_by.name if fall.bound_by else None, "refused": fall.refused or None}


def finite(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields with null in place of what JSON has no number for."""
    return {name: None if isinstance(each, float) and not isfinite(each) else each for name, each in fields.items()}
