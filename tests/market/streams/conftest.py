"""Requests of these tests are counted in a folder of their own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def budgets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where requests are counted."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "cryptoflow" / "budgets"
