"""What ccxt raises, in our words: whether to wait, to try again, or to give up, and what to tell."""

from enum import Enum

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.settings import unanswered_at

LENGTH = 200
"""Characters of a venue's own words that are told."""


class Turn(Enum):
    """What to do about an error of a call that changes nothing at the venue."""

    WAIT = "the venue wants to be asked less"
    AGAIN = "it may go well the next time"
    STOP = "it will not go well"


def turn(error: Exception) -> Turn:
    """Return what to do about an error of ccxt."""
    import aiohttp
    import ccxt

    if isinstance(error, ccxt.DDoSProtection | ccxt.RateLimitExceeded):
        return Turn.WAIT
    # An answer that breaks off is none, though ccxt takes it for the venue's refusal.
    if isinstance(error, ccxt.OperationFailed) or isinstance(error.__cause__, aiohttp.ClientError):
        return Turn.AGAIN
    return Turn.STOP


def told(error: Exception, venue: str, url: str | None = None) -> CryptoflowError:
    """Return an error of ccxt as people read it; `url` is where a setting sends the venue, None its own address."""
    import ccxt

    words = " ".join(str(error).removeprefix(venue).split())
    words = words if len(words) <= LENGTH else f"{words[:LENGTH]}…"
    if isinstance(error, ccxt.RequestTimeout):
        what, fix = f"{venue} did not answer in time: {words}", "try again later"
    elif turn(error) is Turn.STOP:
        what, fix = f"{venue} refuses: {words}", "its own words say what it takes amiss"
    else:
        what, fix = f"{venue} cannot be reached: {words}", "see whether it works in a browser; try again later"
    if url is not None and turn(error) is Turn.AGAIN:
        fix = unanswered_at(venue, url)
    return CryptoflowError(what, fix=fix, code=ExitCode.UNAVAILABLE)
