"""The examples in the docstrings of steps and words are true."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import cryptoflow

ROOT = Path(cryptoflow.__file__).parent
MODULES = sorted(
    ".".join(file.relative_to(ROOT.parent).with_suffix("").parts)
    for package in ("domain", "plugins")
    for file in (ROOT / package).rglob("*.py")
    if ">>> " in file.read_text()
)


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_are_true(module):
    done = doctest.testmod(import_module(module), report=True)
    assert done.attempted > 0
    assert done.failed == 0
