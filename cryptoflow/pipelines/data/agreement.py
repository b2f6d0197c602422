"""Whether bars that are about to be stored agree with each other, and with those that are there."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cryptoflow.errors import CryptoflowError

if TYPE_CHECKING:
    from cryptoflow.market.bars import Bars
    from cryptoflow.market.store.key import Key
    from cryptoflow.market.store.store import Store


def agree(imports: Iterable[tuple[str, "Key", "Bars"]], store: "Store | None") -> None:
    """Refuse files whose bars are in the store, or in a file before them, with other numbers.

    Each file is its name, the key of its bars, and the bars. Nothing is stored before all of them agree. Without a
    store they may say otherwise than it does, but not than each other.
    """
    from cryptoflow.market.store.merging import merged

    before: dict[Key, list[tuple[str, Bars]]] = {}
    for name, key, bars in imports:
        first, last = bars.ends()
        if store and (dataset := store.dataset(key)).manifest():
            merged(dataset.part(first, last + 1), bars, key, replace=False)
        for other, known in before.setdefault(key, []):
            try:
                merged(known.between(first, last + 1), bars, key, replace=False)
            except CryptoflowError as error:
                what = f"{other} and {name} contradict each other: {error.problems[0].what}"
                raise CryptoflowError(what, fix="import the one that is true") from error
        before[key].append((name, bars))
