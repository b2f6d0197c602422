"""What requests to Binance ask for: which symbols, and what is wrong with them."""

import json
from collections.abc import Callable

from cryptoflow.venue.dialects.dialect import Moment, Query, Refusal
from cryptoflow.venue.tape import Tape


def wrong(name: str) -> Refusal:
    """Return what is said of a parameter that cannot be read."""
    return Refusal(-1100, f"Illegal characters found in parameter '{name}'.")


def tape_of(moment: Moment, query: Query) -> Tape:
    """Return the tape of the symbol that is asked for."""
    symbol = query.get("symbol", "")
    if not symbol:
        raise Refusal(-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.")
    if symbol not in moment.market.tapes:
        raise Refusal(-1121, "Invalid symbol.")
    return moment.market.tapes[symbol]


def tapes_of(moment: Moment, query: Query) -> list[Tape]:
    """Return the tape that is asked for, those of a list, or all."""
    if "symbols" in query:
        try:
            names = json.loads(query["symbols"])
        except ValueError as error:
            raise wrong("symbols") from error
        return [tape_of(moment, {"symbol": str(name)}) for name in names]
    return [tape_of(moment, query)] if "symbol" in query else list(moment.market.tapes.values())


def each(moment: Moment, query: Query, told: Callable[[Tape, int], str]) -> str:
    """Return one object for one symbol, else a list of them."""
    texts = [told(tape, moment.now) for tape in tapes_of(moment, query)]
    return texts[0] if "symbol" in query and "symbols" not in query else f"[{','.join(texts)}]"
