"""Datasets held against their manifests, one after the other."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cryptoflow.errors import CryptoflowError, Problem

if TYPE_CHECKING:
    from cryptoflow.market.store.dataset import Dataset
    from cryptoflow.market.store.key import Key
    from cryptoflow.market.store.manifest import Manifest


class Verdict(NamedTuple):
    """What a dataset's files have shown; its manifest is None when that cannot be read itself."""

    key: "Key"
    manifest: "Manifest | None"
    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        if self.manifest is None:
            return f"{self.key}: damaged"
        state = "damaged" if self.problems else "sound"
        holes = f", {self.manifest.missing:,} missing" if self.manifest.missing else ""
        files = len(self.manifest.segments)
        return f"{self.key}: {self.manifest.rows:,} bars in {files:,} file{'s' * (files != 1)}{holes}, {state}"


def verify(datasets: "Sequence[Dataset]", progress: Callable[[int, int], None] | None = None) -> tuple[Verdict, ...]:
    """Return what every byte of some datasets says."""
    from cryptoflow.market.store import verify

    found = []
    for done, dataset in enumerate(datasets):
        if progress:
            progress(done, len(datasets))
        try:
            found.append(Verdict(dataset.key, *verify.verify(dataset)))
        except CryptoflowError as error:
            found.append(Verdict(dataset.key, None, error.problems))
    if progress and datasets:
        progress(len(datasets), len(datasets))
    return tuple(found)
