"""Compile ahead of the first run everything that runs compiled: the kernel, and a scan for each function."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from cryptoflow.domain.calendar import HOUR
from cryptoflow.domain.graph import Kind
from cryptoflow.domain.language import WORDS
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.plugins import registry
from cryptoflow.spec.shipped import configs

if TYPE_CHECKING:
    from cryptoflow.domain.steps import Function
    from cryptoflow.engine.plan import Columns, Plan

SAMPLE = "btc_trend.yaml"
"""The shipped spec whose plan the kernel is compiled with; any other would do as well."""

KERNEL = 60
"""How many scans are compiled in the time that the kernel takes."""


class Part(NamedTuple):
    """Something that is compiled once: its name, whether that is still to be done, and the doing.

    `weight` is how long it takes, compared with a scan.
    """

    name: str
    is_cold: Callable[[], bool]
    warm: Callable[[], object]
    weight: int = 1


class Warmth(NamedTuple):
    """What a warm-up found and did."""

    folder: Path
    compiled: tuple[str, ...]
    ready: tuple[str, ...]
    seconds: float


def warmup(*, tell: Callable[[str], None] | None = None, progress: Callable[[int, int], None] | None = None) -> Warmth:
    """Compile what is not compiled yet and return what that was."""
    folder, began = compiled_folder(), perf_counter()
    everything = tuple(parts())
    cold = [part for part in everything if part.is_cold()]
    done, total = 0, sum(part.weight for part in cold)
    if cold and tell is not None:
        tell(f"compiling {len(cold)} of {len(everything)} parts, once: half a minute for all")
    for part in cold:
        part.warm()
        done += part.weight
        if progress is not None:
            progress(done, total)
    names = tuple(part.name for part in cold)
    ready = tuple(part.name for part in everything if part.name not in names)
    return Warmth(folder, names, ready, perf_counter() - began)


def compiled_folder() -> Path:
    """Return where compiled code is kept; when nothing can be kept, say so."""
    from cryptoflow.engine.batch.cache import cache_folder

    folder = cache_folder()
    if folder.parent.name != "cryptoflow":
        raise CryptoflowError(
            "the cache folder cannot be written, so compiled code is lost after each run",
            fix="set CRYPTOFLOW_CACHE to a folder that can",
            code=ExitCode.UNAVAILABLE,
        )
    return folder


def parts() -> Iterator[Part]:
    """Return all that a backtest of any spec without guests needs compiled."""
    from cryptoflow.engine.batch.run import is_cold

    plan = _plan()
    yield Part("kernel", lambda: is_cold(plan), lambda: _run(plan), KERNEL)
    for name in sorted(registry.built_in("indicator")):
        yield _scan(registry.find("indicator", name).function())  # type: ignore[attr-defined] # what indicators have
    for word in WORDS.values():
        yield _scan(word.function, word.yields)
    yield Part("higher timeframes", _resampling_is_cold, _resample)


def _scan(function: "Function", kind: Kind = Kind.SERIES) -> Part:
    return Part(function.name, partial(_scan_is_cold, function), partial(_move, function, kind))


def _plan() -> "Plan":
    from cryptoflow.pipelines.assemble import plan_of

    return plan_of(resolve(configs() / SAMPLE, environment={}), [HOUR])


def _bars() -> "Columns":
    """Return two bars on which nothing happens."""
    import numpy as np

    from cryptoflow.engine.plan import Columns

    return Columns(np.array([0, HOUR], dtype=np.int64), *(np.ones(2) for _ in range(5)))


def _run(plan: "Plan") -> None:
    from cryptoflow.engine.batch.run import run

    run(plan, [_bars()])


def _move(function: "Function", kind: Kind) -> None:
    import numpy as np

    from cryptoflow.domain.graph import Node
    from cryptoflow.engine.batch.scans import Scan

    node = Node("call", kind, settings=function.bind({}).settings, name=function.name)
    inputs = [np.ones(2) for _ in (*function.inputs, *function.columns)]
    Scan(function, node, 2).over(2, inputs)


def _resample() -> None:
    from cryptoflow.engine.batch.resample import Resampler

    Resampler(HOUR, 2 * HOUR).over(_bars())


def _scan_is_cold(function: "Function") -> bool:
    from cryptoflow.engine.batch.cache import source_file
    from cryptoflow.engine.batch.scans import scan_source

    return _is_missing(source_file("scan", [function.step], scan_source(function)))


def _resampling_is_cold() -> bool:
    from cryptoflow.engine.batch.cache import source_file
    from cryptoflow.engine.batch.resample import SOURCE

    return _is_missing(source_file("resample", [], SOURCE))


def _is_missing(source: Path) -> bool:
    """Say whether nothing compiled lies beside a source yet."""
    return not any((source.parent / "__pycache__").glob(f"{source.stem}.*.nbi"))
