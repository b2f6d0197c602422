"""What tests of several commands share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cryptoflow.clock import MachineClock
from cryptoflow.settings import settings
from tests.market.rest.stub import Stub, beside

ROOT = Path(__file__).parents[2]


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    """A venue to download from; the current folder is a project's."""
    stub = Stub(MachineClock().now)
    with beside(stub.serving()) as url:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        monkeypatch.setenv("CRYPTOFLOW_VENUES__BINANCE__URL", url)
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        settings.cache_clear()
        yield stub
