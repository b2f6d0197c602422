"""What the numbers in records stand for: sides, kinds of orders, reasons and topics."""

from enum import IntEnum

SLOTS = 4
"""Open orders a symbol may have at once."""

BUY, SELL = 1, -1


class OrderType(IntEnum):
    """How an order meets the market; NONE marks a free slot."""

    NONE = 0
    MARKET = 1
    LIMIT = 2
    STOP = 3
    STOP_LIMIT = 4


class TimeInForce(IntEnum):
    """How long an order may rest."""

    GTC = 0
    IOC = 1
    FOK = 2


class Leg(IntEnum):
    """What an order is for."""

    ENTRY = 0
    ADD = 1
    EXIT = 2


class Reason(IntEnum):
    """Why something happened, as every record, report and journal spells it (in lower case)."""

    SIGNAL = 0
    STOP = 1
    TARGET = 2
    TRAILING = 3
    MAX_BARS = 4
    EXPIRED = 5
    UNFILLED = 6
    WOULD_CROSS = 7
    NO_CASH = 8
    SYMBOL_TAKEN = 9
    COOLDOWN = 10
    BELOW_MINIMUM = 11
    NO_SIZE = 12
    REDUCED = 13
    RULE = 14
    CLOSED = 15
    KILLED = 16
    EXITS_ONLY = 17
    LOCKED = 18
    LOCKED_OUT = 19
    FLASH_DROP = 20
    LIMIT_REACHED = 21


class Topic(IntEnum):
    """What a line of the tape tells."""

    ORDER = 0
    REFUSED = 1
    FILL = 2
    CANCEL = 3
    TRADE = 4
    GUARD = 5


class Guard(IntEnum):
    """What a line about the account's discipline tells; `Line.reason` holds it where the topic is GUARD."""

    TRIPPED = 0
    RELEASED = 1
    PROMOTED = 2
    DEMOTED = 3
    ACKNOWLEDGED = 4
    TILTED = 5
    CALMED = 6
    REFLECTED = 7
    RESIZED = 8
    WARNED = 9
    COUPLED = 10
    LIMIT_REACHED = 11


class Span(IntEnum):
    """What a limit of losses is for; `Line.rule` holds it where one was reached."""

    DAY = 0
    WEEK = 1
    MONTH = 2


class Cause(IntEnum):
    """What trips the kill switch."""

    DAY_LOSS = 0
    DRAWDOWN = 1
    LOSING_STREAK = 2
    SYSTEM_ERROR = 3
    MANUAL = 4
    NO_CONTACT = 5
    CORRELATION = 6
    BREAKER_CASCADE = 7
