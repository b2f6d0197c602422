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
from cryptoflow.spec.durations import Duration
from cryptoflow.spec.nearest import suggestion

if TYPE_CHECKING:
    from cryptoflow.market.store.dataset import Dataset
    from cryptoflow.market.store.key import Key
    from cryptoflow.market.store.store import Store


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
            raise _unknown(name, fitting)
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
                fix="say which with --timeframe and --venue",
                code=ExitCode.USAGE,
            )
    return named(names, venue, timeframe)


def milliseconds(timeframe: str | None) -> int | None:
    """Return a timeframe of the command line in milliseconds.

    >>> milliseconds("1h")
    3600000
    """
    try:
        return None if timeframe is None else int(Duration(timeframe))
    except ValueError as error:
        raise CryptoflowError(f"--timeframe: {error}", fix="write it like 1h", code=ExitCode.USAGE) from error


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


def _unknown(name: str, fitting: "Sequence[Dataset]") -> CryptoflowError:
    """What to say of a name that nothing fits."""
    if fitting:
        return CryptoflowError(
            f"the store has no such bars of {name}", fix=f"it has {', '.join(str(each.key) for each in fitting)}"
        )
    symbols = dict.fromkeys(each.key.symbol for each in store_of().datasets())
    near = "" if is_spec(name) else suggestion(name, symbols, "it has")
    return CryptoflowError(
        f"the store has no bars of {name}", fix=near or f"`cryptoflow data download {name}` fetches them"
    )


def _unfit(there: "Sequence[Dataset]", venue: str | None, timeframe: int | None) -> CryptoflowError:
    """What to say of a venue and a timeframe that nothing in the store is of."""
    venues = dict.fromkeys(each.key.venue for each in there)
    if venue is not None and venue not in venues:
        return CryptoflowError(f"the store has no bars of {venue}", fix=suggestion(venue, venues, "it has those of"))
    frames = dict.fromkeys(timeframe_name(each.key.timeframe) for each in there if venue in (None, each.key.venue))
    what = f"the store has no bars of {timeframe_name(timeframe or 0)}{f' of {venue}' if venue else ''}"
    return CryptoflowError(what, fix=f"it has those of {', '.join(frames)}")
