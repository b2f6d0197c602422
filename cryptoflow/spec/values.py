"""The words a spec is written in: each is made from its text, checks it, and prints back as written."""

from cryptoflow.spec.durations import Duration, Period, Timeframe
from cryptoflow.spec.money import Bytes, Limit, Money
from cryptoflow.spec.names import Secret
from cryptoflow.spec.ranges import Band, Range
from cryptoflow.spec.shares import Bps, Gain, Share
from cryptoflow.spec.symbols import Symbol
from cryptoflow.spec.written import MisreadError, Written

__all__ = [
    "Band",
    "Bps",
    "Bytes",
    "Duration",
    "Gain",
    "Limit",
    "MisreadError",
    "Money",
    "Period",
    "Range",
    "Secret",
    "Share",
    "Symbol",
    "Timeframe",
    "Written",
]
