"""Recorded market data, which is not part of the repository: where it lies, or a skipped test."""

import os
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("CRYPTOFLOW_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))


def needs(*files: str) -> Path:
    """Return the folder of recorded data when it has these files; otherwise skip the test that asks."""
    for file in files:
        if not (FOLDER / file).is_file():
            pytest.skip(f"real market data is not here: {file}; CRYPTOFLOW_TEST_DATA names its folder")
    return FOLDER
