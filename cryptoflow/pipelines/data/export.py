"""Bars of the store as files that other programs read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.placeholders import filled, known_placeholders
from cryptoflow.market.store.disk import replaced
from cryptoflow.market.times import FIRST, LAST, moment
from cryptoflow.pipelines.data.facts import key_facts
from cryptoflow.report.summary import iso
from cryptoflow.spec.nearest import suggestion

if TYPE_CHECKING:
    from cryptoflow.market.bars import Bars
    from cryptoflow.market.store.dataset import Dataset
    from cryptoflow.market.store.key import Key


class Exported(NamedTuple):
    """A file that was written: whose bars are in it, when the first opens and the last closes, and how many."""

    key: "Key"
    file: Path
    start: int
    end: int
    bars: int

    def plain(self) -> dict[str, Any]:
        """Return it as programs read it."""
        span = {"start": iso(self.start), "end": iso(self.end)}
        return {"file": str(self.file), **key_facts(self.key), **span, "bars": self.bars}


def export(datasets: "Sequence[Dataset]", to: str, span: tuple[int, int], *, replace: bool = False) -> list[Exported]:
    """Write the bars of each dataset that open within a span to a file whose ending says what kind it is.

    `to` may hold the placeholders that the sources `csv` and `parquet` know; with several datasets it has to.
    """
    write = _writer(to)
    files = [Path(_filled(to, dataset.key)) for dataset in datasets]
    if len(set(files)) < len(files):
        fix = f'give each a file of its own: --to "{_apart(to, [dataset.key for dataset in datasets])}"'
        raise _usage(f"{len(files)} datasets would be written to {to}", fix)
    for file in files:
        with _written(file):
            if file.is_dir():
                raise _usage(f"{file} is a folder", "name a file in it")
            if file.exists() and not replace:
                raise _usage(f"{file} is there already", "name another file, or add --replace")
    done = []
    for dataset, file in zip(datasets, files, strict=True):
        bars = dataset.part(*span)
        if not len(bars):
            raise _none_within(dataset, *span)
        with _written(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            with replaced(file) as unfinished:
                write(_table(bars), unfinished)
        first, last = bars.ends()
        done.append(Exported(dataset.key, file, first, last + bars.timeframe, len(bars)))
    return done


@contextmanager
def _written(file: Path) -> Iterator[None]:
    """Say in our words why a file cannot be written."""
    try:
        yield
    except OSError as error:
        what = f"{file} cannot be written: {error.strerror or error}"
        raise CryptoflowError(what, fix="name another file with --to", code=ExitCode.UNAVAILABLE) from error


def _writer(to: str) -> "Callable[[Any, Path], None]":
    writers: Mapping[str, Callable[[Any, Path], None]] = {".csv": _csv, ".parquet": _parquet, ".feather": _feather}
    kind = Path(to).suffix
    if kind not in writers:
        raise _usage(f"{to} ends like no file that can be written", suggestion(kind, writers, "endings are"))
    return writers[kind]


def _filled(to: str, key: "Key") -> str:
    try:
        return filled(known_placeholders(to), key.symbol, key.timeframe, key.venue)
    except ValueError as error:
        raise _usage(f"--to: {error}", "write it like bars/{symbol}-{timeframe}.csv") from error


def _apart(to: str, keys: "Sequence[Key]") -> str:
    """A file's name with a placeholder for whatever is not the same for all datasets."""
    several = (part for part in ("symbol", "timeframe", "venue") if len({getattr(key, part) for key in keys}) > 1)
    lacking = [f"{{{part}}}" for part in several if f"{{{part}}}" not in to]
    file = Path(to)
    return str(file.with_stem("-".join([file.stem, *lacking])))


def _none_within(dataset: "Dataset", start: int, end: int) -> CryptoflowError:
    """What to say where none of a dataset's bars open within a span."""
    known = dataset.manifest()
    since = f" from {moment(start)} on" if start > FIRST else ""
    until = f" before {moment(end)}" if end < LAST else ""
    there = f"it has them from {moment(known.ends[0])} to {moment(known.ends[1])}; " if known and known.ends else ""
    return CryptoflowError(
        f"the store has no bars of {dataset.key}{since}{until}",
        fix=f"{there}`cryptoflow data show {dataset.key.line}` says what is missing in them",
    )


def _usage(what: str, fix: str) -> CryptoflowError:
    return CryptoflowError(what, fix=fix, code=ExitCode.USAGE)


def _table(bars: "Bars") -> Any:
    from cryptoflow.market.store.segments import table

    return table(bars)


def _csv(table: Any, file: Path) -> None:
    from pyarrow import csv

    with file.open("wb") as out:
        out.write(f"{','.join(table.column_names)}\n".encode())  # pyarrow would put the names in quotes
        csv.write_csv(table, out, csv.WriteOptions(include_header=False))


def _parquet(table: Any, file: Path) -> None:
    from pyarrow import parquet

    parquet.write_table(table, file, compression="zstd")


def _feather(table: Any, file: Path) -> None:
    from pyarrow import feather

    feather.write_feather(table, file, compression="zstd")
