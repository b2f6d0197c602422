"""The examples in the docstrings of `spec` hold."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import cryptoflow.spec

MODULES = sorted(file.stem for file in Path(cryptoflow.spec.__file__).parent.glob("[a-z]*.py"))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name: str) -> None:
    assert doctest.testmod(import_module(f"cryptoflow.spec.{name}")).failed == 0
