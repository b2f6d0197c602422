"""A server that answers as Yahoo's chart does, with bars that a test gives it."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import sin
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptoflow.market.new_york import sessions

HALF_HOUR = 1_800_000
Row = tuple[int, float, float, float, float, float]
"""When a bar opens (epoch milliseconds), its four prices and its volume."""

Asked = Mapping[str, str]
Answer = tuple[int, Mapping[str, Any] | str]


def chart(symbol: str, rows: list[Row], *, adjusted: list[float] | None = None, **meta: Any) -> dict[str, Any]:
    """An answer of the chart with these bars; `meta` says more of the symbol, or something else."""
    known = {
        "symbol": symbol,
        "instrumentType": "EQUITY",
        "exchangeTimezoneName": "America/New_York",
        **told_at(4_102_444_800_000, 4_102_444_800_000),
    }
    names = ("open", "high", "low", "close", "volume")
    quote = {name: [row[place] for row in rows] for place, name in enumerate(names, start=1)}
    indicators = {"quote": [quote], **({"adjclose": [{"adjclose": adjusted}]} if adjusted else {})}
    result = {"meta": {**known, **meta}, "timestamp": [row[0] // 1000 for row in rows], "indicators": indicators}
    return {"chart": {"result": [result], "error": None}}


def told_at(now: int, opened: int) -> dict[str, Any]:
    """What an answer says of the moment it was given, and of the session of six and a half hours that counts then."""
    period = {"regular": {"start": opened // 1000, "end": opened // 1000 + 23_400}}
    return {"regularMarketTime": now // 1000, "currentTradingPeriod": period}


def refusal(code: str, description: str) -> dict[str, Any]:
    """An answer of the chart without one."""
    return {"chart": {"result": None, "error": {"code": code, "description": description}}}


def days(symbol: str, start: int, end: int) -> list[Row]:
    """A bar for every session in New York of a span, whose prices go up and down."""
    first, last = (datetime.fromtimestamp(at / 1000, UTC).date() for at in (start, end - 1))
    return [row(session.open_at, len(symbol)) for session in sessions(first, last)]


def every_session(symbol: str, asked: Asked) -> Answer:
    """All days of the span that was asked for."""
    return 200, chart(symbol, days(symbol, *asked_span(asked)))


def row(at: int, level: int = 0) -> Row:
    """A bar, the same for the same moment."""
    day = at // 86_400_000
    before, now = (150 + level + 25 * sin(each / 9) + 8 * sin(each / 2.3) for each in (day - 1, day))
    return at, before, max(before, now) + 1, min(before, now) - 1, now, 4e7


@contextmanager
def serving(answer: Callable[[str, Asked], Answer]) -> Iterator[str]:
    """Serve what `answer` says of a symbol and the parameters it was asked with, and yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            status, body = answer(unquote(url.path.rpartition("/")[2]), asked)
            self.send_response(status)
            self.end_headers()
            self.wfile.write((body if isinstance(body, str) else json.dumps(body)).encode())

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def asked_span(asked: Asked) -> tuple[int, int]:
    """The span of a question, in epoch milliseconds."""
    return int(asked["period1"]) * 1000, int(asked["period2"]) * 1000
