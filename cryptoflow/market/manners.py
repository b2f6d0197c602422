"""What a venue's refusals mean for whoever asks it, by REST or on the way to a stream: until when to leave it alone.

Binance: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/limits (429, 418 and Retry-After).
Bybit: https://bybit-exchange.github.io/docs/v5/rate-limit (403, and 10006 with the moment of its reset).
"""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

TOO_MANY, BANNED, FORBIDDEN = 429, 418, 403

UNTIL = re.compile(r"until (\d{13})")
"""How binance says up to which moment an address is banned."""

TOO_FREQUENT = re.compile(r'"retCode"\s*:\s*10006\b|access too frequent', re.IGNORECASE)
"""How bybit says that it is asked too often, in a response that may be a success."""

RESET = "x-bapi-limit-reset-timestamp"
"""Where bybit says when its count begins anew, by its clock."""

SHOWN = re.compile(r'"time"\s*:\s*(\d{13})')
"""What that clock shows meanwhile."""

BAN, LONG_BAN = 120_000, 600_000
"""Milliseconds of silence after a ban that names none: 418, and a 403 of bybit, which lifts it after ten minutes."""

WORDS = 400
"""Characters of a body in which a refusal is looked for: an answer with bars is not read to its end for that."""


def refuses(status: int, body: str) -> bool:
    """Say whether a response wants us to ask less.

    >>> refuses(429, ""), refuses(200, '{"retCode":10006,"retMsg":"Too many visits."}'), refuses(200, "[]")
    (True, True, False)
    """
    return status in (TOO_MANY, BANNED) or TOO_FREQUENT.search(body[:WORDS]) is not None


def quiet_until(status: int, headers: Mapping[str, str], body: str, now: int) -> int | None:
    """Return the moment before which a response wants no further request, None where it wants or names none.

    The names of `headers` are in small letters. Who is refused and hears no moment waits as long as the venue counts.

    >>> quiet_until(429, {"retry-after": "7"}, "", 1_000)
    8000
    >>> quiet_until(418, {}, '{"msg": "Way too much; IP banned until 1700000000000."}', 1_000)
    1700000000000
    >>> quiet_until(403, {}, "access too frequent", 1_000), quiet_until(403, {}, "not in your country", 1_000)
    (601000, None)
    >>> quiet_until(200, {"x-bapi-limit-reset-timestamp": "5000"}, '{"retCode":10006}', 1_000)
    5000
    """
    named = _named(status, headers, body, now)
    if status == FORBIDDEN and refuses(status, body):
        return max(now + LONG_BAN, named or 0)
    return now + BAN if status == BANNED and named is None else named


def _named(status: int, headers: Mapping[str, str], body: str, now: int) -> int | None:
    """The moment that a response names."""
    after = headers.get("retry-after", "").strip()
    if status >= 400 and after.isdigit():
        return now + int(after) * 1000
    if status >= 400 and (ban := UNTIL.search(body[:WORDS])):
        return int(ban[1])
    if refuses(status, body) and (reset := headers.get(RESET, "").strip()).isdigit():
        shown = SHOWN.search(body[:WORDS])
        return int(reset) - (int(shown[1]) if shown else now) + now
    try:
        return int(parsedate_to_datetime(after).timestamp() * 1000) if status >= 400 else None
    except ValueError:
        return None
