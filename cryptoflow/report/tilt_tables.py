"""An account's tilt as people read it: how it stands, what is usual, what each indicator looks at."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from rich.table import Table

NONE = "–"
MINUTE = 60_000


def moment(at: int | None) -> str:
    """Return the end of something to the minute, in which it is over for sure.

    >>> moment(1705759200000), moment(1705759200001), moment(None)
    ('2024-01-20 14:00 UTC', '2024-01-20 14:01 UTC', '–')
    """
    return NONE if at is None else f"{datetime.fromtimestamp(-(-at // MINUTE) * MINUTE / 1000, UTC):%Y-%m-%d %H:%M} UTC"


def sentences(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield how an account stands, calmly, one sentence per line."""
    names = ", ".join(told["live"])
    yield f"{told['account']}: {told['level']}, score {told['score']:.0f}" + (f" ({names})" if names else "")
    if told["locked"]:
        yield (
            f"no new entries until {moment(told['until'])}; exits, stops and cancels work as always"
            if told["until"]
            else "no new entries; exits, stops and cancels work as always"
        )
        if told["needs_reflection"]:
            yield "a reflection ends it: `cryptoflow reflect`, whenever you are ready"
    elif told["until"]:
        yield f"until {moment(told['until'])}"
    if told["size"] not in (0.0, 1.0):
        yield f"entries keep {told['size']:.0%} of their size"
    if told["wins_needed"]:
        yield (
            f"the next step takes {told['wins_needed']} winning trades ({told['wins']} so far) "
            f"or {told['calm_days_needed']} calm days"
        )
    if told["next_entry_by_hand"]:
        yield f"the next entry by hand is possible from {moment(told['next_entry_by_hand'])}"
    if told["debt"]:
        yield f"{told['debt']:,.2f} of losses made at a level are yet to be earned back"


def ranges_table(found: Iterable[Mapping[str, Any]]) -> Table:
    """Return what is usual of each habit."""
    table = Table("Whose", "Habit", "Samples", "From", "To", title="What is usual", title_justify="left")
    for column in table.columns[2:]:
        column.justify = "right"
    for each in found:
        ends = (NONE if each[name] is None else f"{each[name]:,.2f}" for name in ("low", "high"))
        table.add_row(each["whose"], each["habit"], f"{each['samples']:,}", *ends)
    return table


def indicators_table(found: Iterable[Mapping[str, Any]]) -> Table:
    """Return every indicator: whose behaviour it measures, and whether anything feeds it yet."""
    table = Table("Id", "Indicator", "Of", "", title="Indicators", title_justify="left")
    for each in found:
        table.add_row(
            each["id"], each["name"], each["whose"], "" if each["fed"] else "waits for the terminal interface"
        )
    return table
