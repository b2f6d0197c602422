"""All events there are, by name, and how those of older schemas are read."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from cryptoflow.domain.events import (
    accounts,
    breakers,
    discipline,
    evidence,
    orders,
    recovery,
    reports,
    runs,
    storage,
    tilt,
)
from cryptoflow.domain.events.codec import Unreadable, event_of
from cryptoflow.domain.events.event import Event

KNOWN: Mapping[str, type[Event]] = {
    kind.name: kind
    for kind in (
        runs.RunStarted,
        runs.RunEnded,
        orders.OrderReviewed,
        orders.OrderCreated,
        orders.OrderValidated,
        orders.OrderSubmitted,
        orders.OrderUnknown,
        orders.OrderAcknowledged,
        orders.OrderPartiallyFilled,
        orders.OrderFilled,
        orders.OrderCancelRequested,
        orders.OrderCancelled,
        orders.OrderRejected,
        orders.OrderExpired,
        orders.OrderFailed,
        orders.FillBooked,
        reports.OrderNumbered,
        reports.OrderTriggered,
        reports.OrderNotKnown,
        reports.OrderStale,
        reports.OrderLateFill,
        accounts.PositionChanged,
        accounts.TradeClosed,
        accounts.EquityMarked,
        accounts.RiskMeasured,
        discipline.RiskWarned,
        discipline.RiskLimitReached,
        discipline.KillTripped,
        discipline.KillReleased,
        discipline.TierBegan,
        discipline.TierPromoted,
        discipline.TierDemoted,
        discipline.TierAcknowledged,
        tilt.TiltObserved,
        tilt.TiltCoupled,
        tilt.TiltRaised,
        tilt.TiltEnded,
        tilt.TiltReflected,
        tilt.TiltResized,
        recovery.KillReported,
        recovery.RecoveryBegun,
        recovery.RecoveryLooked,
        recovery.RecoveryActing,
        recovery.RecoveryActed,
        recovery.RecoveryFinished,
        recovery.RecoveryConfirmed,
        accounts.AccountDeposited,
        accounts.AccountWithdrawn,
        evidence.ProbePassed,
        evidence.ProbeFailed,
        evidence.PaperMeasured,
        evidence.OverrideAttempted,
        storage.JournalRecovered,
        storage.DatabaseLost,
        storage.DatabaseBack,
        storage.CacheLost,
        storage.CacheBack,
        breakers.BreakerOpened,
        breakers.BreakerHalfOpened,
        breakers.BreakerClosed,
        breakers.BreakerRejected,
    )
}

UNTOLD = {"asked": 0, "period": "", "bars": 0, "own": ""}
"""What a probe has tried that did not say so."""

NEVER_SENT: Mapping[str, Any] = {
    "role": "",
    "decision": None,
    "venue": "",
    "filters": "",
    "spend": None,
    "limit": None,
    "trigger": None,
    "time_in_force": "gtc",
    "post_only": False,
    "guards": False,
    "bracket": "",
}
"""What an order says of its sending that was written down before any was sent to a venue."""

Upcast = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTERS: Mapping[tuple[str, int], Upcast] = {
    ("order.created", 1): lambda told: {**told, **NEVER_SENT},
    ("fill.booked", 1): lambda told: {**told, "slippage": "0"},
    ("probe.passed", 1): lambda told: {**told, **UNTOLD},
    ("probe.failed", 1): lambda told: {**told, **UNTOLD},
}
"""From (name, schema) to what turns such a payload into one of the next schema. Stored rows stay as they are."""


class UnknownEvent(Unreadable):
    """An event that this version does not know: written by a newer one."""


def read(
    name: str,
    schema: int,
    payload: str,
    known: Mapping[str, type[Event]] = KNOWN,
    upcasters: Mapping[tuple[str, int], Upcast] = UPCASTERS,
) -> Event:
    """Return the event that a stored payload tells, brought up to the newest schema on the way."""
    kind = known.get(name)
    if kind is None or schema > kind.schema:
        raise UnknownEvent(f"{name} of schema {schema} is not known here")
    told = json.loads(payload)
    for older in range(schema, kind.schema):
        told = upcasters[name, older](told)
    return event_of(kind, told)
