"""Why an entry was refused or reduced, in words: who did it, what it looked at, and what it allows."""

from math import isnan

from cryptoflow.domain.codes import Reason
from cryptoflow.plugins import kinds, registry
from cryptoflow.plugins.kinds import Measure

LEFT = "wanted {{value:,.2f}}, {0} {{limit:,.2f}}"
NONE_LEFT = "wanted {{value:,.2f}}, {0} nothing more"
UNRULED = {
    name: (Measure(name, LEFT.format(who), NONE_LEFT.format(who)),)
    for name, who in (
        ("allocation", "its part of the money leaves"),
        ("resume", "the days after the kill switch leave"),
        ("protection", "the days after a promotion leave"),
        ("tilt", "a restricted account leaves"),
        ("re_entry", "the way back from a lock-out leaves"),
    )
}
"""What makes an entry smaller and is no rule that a spec could name."""
TOO_SMALL = Measure("minimum", "{value:,.2f} is left, the least is {limit:,.2f}")
NO_NUMBER = "its answer was no number"


def why(reason: Reason, rule: str, value: float, limit: float, measure: int) -> str:
    """Return the reason as a sentence.

    >>> why(Reason.RULE, "daily_loss", 0.031, 0.025, 0)
    'refused by daily_loss: 3.10% lost today, limit 2.50%'
    >>> why(Reason.BELOW_MINIMUM, "position", 8.0, 10.0, -1)
    'refused below_minimum after position: 8.00 is left, the least is 10.00'
    >>> why(Reason.RULE, "daily_loss", 0.0045, 0.0033, 3)
    "refused by daily_loss: 0.45% lost today, and what is held is as much as is left of an entry's size from 0.33% on"
    """
    head = f"{'reduced' if reason is Reason.REDUCED else 'refused'} "
    head += f"by {rule}" if rule and reason is not Reason.BELOW_MINIMUM else named(reason, rule)
    found = detail(reason, rule, value, limit, measure)
    return f"{head}: {found}" if found else head


def detail(reason: Reason, rule: str, value: float, limit: float, measure: int) -> str:
    """Return what was looked at and what is allowed, empty where that is no question of a number.

    >>> from math import nan
    >>> detail(Reason.REDUCED, "order", 500.0, 100.0, 0), detail(Reason.COOLDOWN, "", nan, nan, -1)
    ('wanted 500.00, limit 100.00', '')
    >>> detail(Reason.REDUCED, "tilt", 50.0, 25.0, 0), detail(Reason.RULE, "tilt", 50.0, 0.0, 0)
    ('wanted 50.00, a restricted account leaves 25.00', 'wanted 50.00, a restricted account leaves nothing more')
    """
    if reason is Reason.BELOW_MINIMUM:
        return TOO_SMALL.said(value, limit)
    return said(rule, value, limit, measure, refused=reason is not Reason.REDUCED) if rule else ""


def named(reason: Reason, rule: str) -> str:
    """Name what kept an entry out.

    >>> named(Reason.RULE, "count"), named(Reason.BELOW_MINIMUM, "cash"), named(Reason.COOLDOWN, "")
    ('count', 'below_minimum after cash', 'cooldown')
    """
    if reason is Reason.RULE:
        return rule
    return f"{reason.name.lower()} after {rule}" if rule else reason.name.lower()


def said(rule: str, value: float, limit: float, measure: int, *, refused: bool = False) -> str:
    """Return what a rule says of its two numbers."""
    if isnan(value) or isnan(limit):
        return NO_NUMBER
    known = measures_of(rule)
    return known[measure].said(value, limit, refused=refused) if measure < len(known) else f"{value:g}, limit {limit:g}"


def measure_name(rule: str, measure: int) -> str:
    """Return the name of the limit that a rule meant, empty where no rule was asked.

    >>> measure_name("daily_loss", 1), measure_name("", -1)
    ('week', '')
    """
    if measure < 0:
        return ""
    known = measures_of(rule)
    return known[measure].name if measure < len(known) else str(measure)


def measures_of(rule: str) -> tuple[Measure, ...]:
    """Return the limits a rule holds, or the one that something else is."""
    if rule in UNRULED:
        return UNRULED[rule]
    return kinds.measures_of(registry.find("rule", rule))
