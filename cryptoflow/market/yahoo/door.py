"""Where Yahoo's charts are asked for: at its own address through yfinance, or at another that this machine names."""

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException

import msgspec

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.yahoo.answer import Answer, Chart, Result
from cryptoflow.settings import settings

HOME = "https://query2.finance.yahoo.com"
TIMEOUT = 30
"""Seconds to wait for an answer."""

DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks an address that this machine names, without a proxy on the way."""

BAD, NOT_FOUND, TOO_MANY, AWAY = 400, 404, 429, 500


def ask(symbol: str, interval: str, start: int, end: int) -> Result:
    """Return Yahoo's chart of a symbol from `start` until before `end` (epoch milliseconds), as it tells it."""
    params = {
        "period1": str(start // 1000),
        "period2": str(-(-end // 1000)),
        "interval": interval,
        "includePrePost": "false",
        "events": "div,splits",
    }
    named = settings().venues.get("yahoo")
    path = f"/v8/finance/chart/{urllib.parse.quote(symbol, safe='')}"
    if named is not None and named.url:
        status, text = _plainly(f"{named.url.rstrip('/')}{path}?{urllib.parse.urlencode(params)}")
    else:
        status, text = _through_yfinance(f"{HOME}{path}", params)
    return answer(status, text, symbol)


def answer(status: int, text: str, symbol: str) -> Result:
    """Return the chart of an answer; any other is told in Yahoo's own words."""
    try:
        chart, strange = msgspec.json.decode(text, type=Answer).chart, ""
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        chart, strange = Chart(), str(error)
    if status < BAD and chart.result:
        return chart.result[0]
    if status < BAD and strange:
        raise CryptoflowError(f"Yahoo's chart of {symbol} has a shape not known here: {strange}", fix="try again later")
    why = (chart.error and chart.error.description) or f"it answered {status} without a chart"
    if status == TOO_MANY:
        raise CryptoflowError(f"Yahoo asks for a pause: {why}", fix="try again later", code=ExitCode.UNAVAILABLE)
    if status == NOT_FOUND:
        fix = "symbols are Yahoo's own, like AAPL, BRK-B or ^GSPC"
        raise CryptoflowError(f"Yahoo has no chart of {symbol}: {why}", fix=fix)
    code = ExitCode.UNAVAILABLE if status >= AWAY else ExitCode.INVALID
    raise CryptoflowError(f"Yahoo gives no chart of {symbol}: {why}", code=code)


def _plainly(url: str) -> tuple[int, str]:
    """Ask an address that speaks Yahoo's dialect and wants no manners."""
    if not url.startswith(("http://", "https://")):
        raise CryptoflowError(f"{url} is no web address", fix="CRYPTOFLOW_VENUES__YAHOO__URL=http://HOST:PORT")
    try:
        with DIRECTLY.open(url, timeout=TIMEOUT) as found:
            return int(found.status), found.read().decode(errors="replace")
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode(errors="replace")
    except (OSError, HTTPException) as error:
        raise away(error) from error


def _through_yfinance(url: str, params: Mapping[str, str]) -> tuple[int, str]:
    """Ask with the cookies and the manners that Yahoo expects, which yfinance knows."""
    try:
        from yfinance.data import YfData
        from yfinance.exceptions import YFException
    except ImportError as error:
        raise CryptoflowError(
            "the source yahoo needs the package yfinance",
            fix='pip install "cryptoflow[yahoo]"',
            code=ExitCode.UNAVAILABLE,
        ) from error
    try:
        found = YfData().get(url, params=dict(params), timeout=TIMEOUT)
    except (OSError, YFException) as error:
        raise away(error) from error
    return int(found.status_code), str(found.text)


def away(error: Exception) -> CryptoflowError:
    """Return what to say when nobody answers."""
    return CryptoflowError(
        f"Yahoo cannot be reached: {error}", fix="look at the network, or try again later", code=ExitCode.UNAVAILABLE
    )
