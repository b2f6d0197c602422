"""What tests of downloads share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.market.rest.scene import Scene


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A venue that behaves until a test says otherwise."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    yield Scene(tmp_path / "home", monkeypatch.setenv)
