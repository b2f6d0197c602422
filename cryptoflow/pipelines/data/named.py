"""The datasets that a command line names: by symbol, or by the spec that trades them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cryptoflow.clock import MachineClock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.times import timeframe_name
from cryptoflow.pipelines.documents import is_spec
from cryptoflow.pipelines.home import home_of
from cryptoflow.pipelines.listed import own_symbols
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.spec.durations import Duration, called
from cryptoflow.spec.nearest import nearest, suggestion
from cryptoflow.spec.symbols import likely_pair

if TYPE_CHECKING:
    from cryptoflow.market.store.dataset import Dataset
    from cryptoflow.market.store.key import Key
    from cryptoflow.market.store.store import Store

LIKE = 0.8
"""How like each other symbols are of which one may be meant for the other: those that share a quote are half alike."""

SHOWN = 8
"""Symbols named of those that there are."""


def store_of(spec: Path | None = None) -> "Store":
    """Return the store of a spec's project, or of the one that the current folder belongs to."""
    from cryptoflow.market.store.store import Store

    return Store(home_of(spec) / "data", MachineClock())


def named(names: Sequence[str], venue: str | None = None, timeframe: str | None = None) -> "tuple[Dataset, ...]":
    """Return every dataset that fits: of the symbols named or of the specs, of all symbols where none is named.

    A spec means its symbols on its venue, of its timeframes and of the shorter ones that these can be made of.
    A name that fits nothing is refused, and so are a venue and a timeframe that fit nothing of what there is.
    """
    length = milliseconds(timeframe)
    found: dict[Path, Dataset] = {}
    for name in names or ("",):
        fitting = list(_of_spec(Path(name)) if is_spec(name) else _of_symbol(name))
        kept = [each for each in fitting if _fits(each.key, venue, length)]
        if not kept and name:
            raise _unknown(name, fitting, venue, timeframe)
        if not kept and fitting:
            raise _unfit(fitting, venue, length)
        found.update({each.folder: each for each in kept})
    return tuple(found.values())


def one(names: Sequence[str], venue: str | None = None, timeframe: str | None = None) -> "tuple[Dataset, ...]":
    """Return the datasets named, having seen that each symbol means one only."""
    for name in names:
        fitting = named([name], venue, timeframe)
        if len(fitting) > 1 and not is_spec(name):
            raise CryptoflowError(
                f"{name} could be any of: {', '.join(str(each.key) for each in fitting)}",
                fix=f"say which, like: {fitting[0].key.line}",
                code=ExitCode.USAGE,
            )
    return named(names, venue, timeframe)


def milliseconds(timeframe: str | None) -> int | None:
    """Return a timeframe of the command line in milliseconds, having seen that it is written as everywhere else.

    >>> milliseconds("1h")
    3600000
    """
    if timeframe is None:
        return None
    try:
        length = int(Duration(called(timeframe) or timeframe))
    except ValueError as error:
        raise CryptoflowError(f"--timeframe: {error}", fix="write it like 1h", code=ExitCode.USAGE) from error
    if (name := timeframe_name(length)) != timeframe:
        what = f"--timeframe: {timeframe}: a bar of that length is called {name}"
        raise CryptoflowError(what, fix=f"write {name}", code=ExitCode.USAGE)
    return length


def none_yet() -> str:
    """Return what to say where nothing is stored: the folder, and how bars come there."""
    return (
        f"no bars in {store_of().folder} yet: `cryptoflow data download SPEC` fetches those of a spec, "
        "`cryptoflow data import FILE` takes them from files"
    )


def _of_symbol(symbol: str) -> "Iterator[Dataset]":
    return (dataset for dataset in store_of().datasets() if symbol in ("", dataset.key.symbol))


def _of_spec(file: Path) -> "Iterator[Dataset]":
    from cryptoflow.market.store.serving import makes

    resolved = resolve(file)
    market, store = resolved.pipeline.market, store_of(file)
    for symbol in own_symbols(resolved):
        for key in store.keys_of(market.venue, symbol):
            if makes(key, int(market.timeframe)):
                yield store.dataset(key)


def _fits(key: "Key", venue: str | None, timeframe: int | None) -> bool:
    return venue in (None, key.venue) and timeframe in (None, key.timeframe)


def _unknown(name: str, fitting: "Sequence[Dataset]", venue: str | None, timeframe: str | None) -> CryptoflowError:
    """What to say of a name that nothing fits: what was meant, what there is, and the command that gets it."""
    if fitting:
        return CryptoflowError(
            f"the store has no such bars of {name}", fix=f"it has {', '.join(str(each.key) for each in fitting)}"
        )
    what = f"the store has no bars of {name}"
    if is_spec(name):
        return CryptoflowError(what, fix=f"`cryptoflow data download {name}` fetches them")
    symbols = tuple(dict.fromkeys(each.key.symbol for each in store_of().datasets()))
    if near := nearest(name, symbols, LIKE):
        return CryptoflowError(what, fix=f"did you mean `{near}`?")
    more = f" and {len(symbols) - SHOWN:,} more" if len(symbols) > SHOWN else ""
    there = f"it has {', '.join(symbols[:SHOWN])}{more}; " if symbols else ""
    options = f"--timeframe {timeframe or '1h'} --venue {venue or 'binance'} --since 2024-01-01"
    fetch = f"`cryptoflow data download {likely_pair(name) or name} {options}` fetches others"
    return CryptoflowError(what, fix=f"{there}{fetch if symbols else fetch.replace('others', 'them')}")


def _unfit(there: "Sequence[Dataset]", venue: str | None, timeframe: int | None) -> CryptoflowError:
    """What to say of a venue and a timeframe that nothing in the store is of."""
    venues = dict.fromkeys(each.key.venue for each in there)
    if venue is not None and venue not in venues:
        return CryptoflowError(f"the store has no bars of {venue}", fix=suggestion(venue, venues, "it has those of"))
    frames = dict.fromkeys(timeframe_name(each.key.timeframe) for each in there if venue in (None, each.key.venue))
    what = f"the store has no bars of {timeframe_name(timeframe or 0)}{f' of {venue}' if venue else ''}"
    return CryptoflowError(what, fix=f"it has those of {', '.join(frames)}")
