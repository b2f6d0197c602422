"""Whatever happens to the bytes of a file, it is refused in words, or what comes of it can be true."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.checks import check
from cryptoflow.market.importing.reading import read
from cryptoflow.market.importing.sifting import sift
from tests.market.importing.tables import HOUR, NOW, SHAPES

ODD = (b"", b"\0", b"\n\n\n", b"\r", b'"', b",", b";", b"[", b"{}", b"null", b"NaN", b"1e999", b"9" * 40, b"\xff")
THOUSANDS = 5_000


@st.composite
def bent(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file of any shape, some bytes of which gave way to others."""
    name, data = SHAPES[draw(st.sampled_from(sorted(SHAPES)))]
    start = draw(st.integers(0, len(data)))
    end = draw(st.one_of(st.integers(start, min(start + 50, len(data))), st.just(len(data))))
    return name, data[:start] + draw(st.sampled_from(ODD) | st.binary(max_size=8)) + data[end:]


def judge(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)
    try:
        bars = sift(read(folder / name), "BTC/USDT", HOUR, NOW).bars
    except CryptoflowError as error:
        assert error.code == ExitCode.INVALID
        assert name in str(error)
    else:
        if len(bars):
            check(bars)


@given(file=bent())
@settings(max_examples=150)
def test_bent_bytes_are_refused_or_do_no_harm(
    tmp_path_factory: pytest.TempPathFactory, file: tuple[str, bytes]
) -> None:
    judge(tmp_path_factory.mktemp("bent"), *file)


@pytest.mark.long
def test_thousands_of_bent_files_are_refused_or_do_no_harm(tmp_path: Path, evidence: Callable[[str], None]) -> None:
    @given(file=bent())
    @settings(max_examples=THOUSANDS)
    def all_of_them(file: tuple[str, bytes]) -> None:
        judge(tmp_path, *file)

    all_of_them()
    evidence(f"{THOUSANDS:,} files of {len(SHAPES)} shapes with bytes cut, bent or put in, none of which did harm")
