import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cryptoflow.market.bars import Bars
from cryptoflow.market.shelf import Series, Shelf

MINUTE = 60_000


def made(symbol: str = "BTC/USDT", count: int = 1_000) -> Bars:
    """Minutes without every tenth, every number another one."""
    open_at = MINUTE * np.array([row for row in range(count) if row % 10 != 5])
    numbers = np.random.default_rng(len(symbol)).random((5, len(open_at)))
    return Bars(symbol, MINUTE, open_at, *numbers, notes=("made up",))


def same(one: Series, other: Series) -> bool:
    return one.cut(0, len(one)).fingerprint() == other.cut(0, len(other)).fingerprint()


def files_open() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def test_what_is_put_on_a_shelf_can_be_asked_like_bars_in_memory(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    first, second = made("BTC/USDT"), made("DOGE/USDT", 77)
    for bars, shelved in [(each, shelf.put(each)) for each in (first, second)]:
        assert same(bars, shelved)
        assert (len(bars), bars.gaps(), bars.ends()) == (len(shelved), shelved.gaps(), shelved.ends())
        assert (bars.symbol, bars.timeframe, bars.notes) == (shelved.symbol, shelved.timeframe, shelved.notes)
        assert shelved.open_at.tolist() == bars.open_at.tolist()


@pytest.mark.parametrize(("first", "last"), [(0, 10), (3, 4), (60, 70), (65, 1_000), (69, 69), (500, 600)])
def test_a_cut_ends_where_the_bars_end(tmp_path: Path, first: int, last: int) -> None:
    bars = made(count=77)
    assert same(Shelf(tmp_path).put(bars).cut(first, last), bars.cut(first, last))


def test_a_span_of_a_span_is_the_same_as_in_memory(tmp_path: Path) -> None:
    bars = made()
    shelved = Shelf(tmp_path).put(bars)
    for start, end in ((100, 700), (0, 5_000), (155, 156), (350, 350)):
        outer, inner = (MINUTE * 100, MINUTE * 900), (MINUTE * start, MINUTE * end)
        assert same(shelved.between(*outer).between(*inner), bars.between(*outer).between(*inner))
    assert shelved.between(*outer).gaps() == bars.between(*outer).gaps() == 80


def test_the_file_has_no_name_and_is_gone_even_after_a_kill(tmp_path: Path) -> None:
    script = (
        "import os, sys, signal\n"
        "from pathlib import Path\n"
        "from cryptoflow.market.shelf import Shelf\n"
        "from tests.market.test_shelf import made\n"
        "shelf = Shelf(Path(sys.argv[1]))\n"
        "shelved = shelf.put(made())\n"
        "print(os.listdir(sys.argv[1]), len(shelved.cut(0, 10)), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=root, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (-9, "[] 10\n")
    assert not any(tmp_path.iterdir())


def test_a_shelf_gives_its_file_back(tmp_path: Path) -> None:
    opened = files_open()
    shelved = Shelf(tmp_path).put(made())
    assert files_open() == opened + 1
    del shelved
    assert files_open() == opened
