"""Compiled code is found again for the same sources and options, and for no others."""

import json
import shutil
from pathlib import Path

import numba
import pytest

from cryptoflow.cli.app import run
from cryptoflow.engine.batch import cache
from cryptoflow.engine.batch.cache import OPTIONS, ROOT, digest_of, package_digest
from cryptoflow.engine.batch.reach import files
from cryptoflow.plugins import steps
from cryptoflow.plugins.guests import admit
from cryptoflow.plugins.registry import DOORS, built_in, find
from tests.cli.projects import small
from tests.engine.guests import load, write

VERBS = [(kind, name) for kind in steps.KINDS for name in sorted(built_in(kind))]

WAVE = """\
from math import nan
from typing import NamedTuple

from cryptoflow.plugins.kinds import Indicator
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    value: float = nan


def bent(x):
    return x - 40_000.0


@indicator("wave")
class Wave(Indicator):
    \"\"\"How far the price is from where it swings around.\"\"\"

    inputs = ("x",)
    State = State

    @staticmethod
    def step(state: State, x: float) -> State:
        return State(bent(x))
"""


@pytest.fixture(autouse=True)
def nobody_stays():
    yield
    admit([])


@pytest.fixture
def guest(tmp_path, monkeypatch):
    """A folder with a guest's files, from which it can be imported."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("sys.dont_write_bytecode", True)  # Python itself would miss an edit within a second
    write(tmp_path)
    return tmp_path


@pytest.fixture
def other_options():
    """Let a test change what the machine's digest is made of."""
    cache.machine_digest.cache_clear()
    yield
    cache.machine_digest.cache_clear()


@pytest.mark.parametrize(("kind", "name"), VERBS, ids=lambda one: one)
def test_every_file_that_a_built_in_reaches_counts(kind, name):
    verb = getattr(find(kind, name), DOORS[kind].verb)
    own = {Path(function.__code__.co_filename) for function in steps.functions(verb)}
    assert own <= set(files([verb]))


def test_every_file_of_the_decision_and_of_the_engine_counts(tmp_path):
    for folder in ("domain", "engine"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    digest = package_digest.__wrapped__
    before = digest(tmp_path)
    assert before == package_digest()
    for file in tmp_path.rglob("*.py"):
        source = file.read_bytes()
        file.write_bytes(source + b"# edited")
        assert digest(tmp_path) != before, file
        file.write_bytes(source)
    assert digest(tmp_path) == before


@pytest.mark.parametrize("number", ["2.0", "3.0", "4.0", "5.0", "6.0", "7.0", "8.0"])
def test_an_edit_of_anything_a_step_computes_with_counts_and_an_edit_back_does_too(guest, number):
    before = digest_of([load().step], "")
    write(guest, number, "9.0")
    assert digest_of([load().step], "") != before
    write(guest)
    assert digest_of([load().step], "") == before


def test_code_that_was_loaded_before_an_edit_is_kept_from_those_who_come_after(guest):
    old = load().step
    before = digest_of([old], "")
    write(guest, "8.0", "9.0")
    between = digest_of([old], "")
    after = digest_of([load().step], "")
    assert len({before, between, after}) == 3


@pytest.mark.parametrize(("option", "value"), [("fastmath", True), ("error_model", "python"), ("inline", "always")])
def test_a_compile_option_counts(other_options, monkeypatch, option, value):
    before = digest_of([], "")
    cache.machine_digest.cache_clear()
    monkeypatch.setitem(OPTIONS, option, value)
    assert digest_of([], "") != before


@pytest.mark.parametrize("name", cache.ENVIRONMENT)
def test_an_option_of_the_compiler_s_own_counts(other_options, monkeypatch, name):
    before = digest_of([], "")
    cache.machine_digest.cache_clear()
    monkeypatch.setattr(numba.core.config, name, "another")
    assert digest_of([], "") != before


def test_an_edited_helper_of_a_guest_s_indicator_changes_the_very_next_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    spec = small(tmp_path)
    spec.write_text(spec.read_text() + "plugins: [wave.py]\ncapital: 2500 USDT\n")
    file = spec.parent / "plugins" / "wave.py"
    file.parent.mkdir()
    rules = "enter_long: crosses_above(wave(close), 0)\nexit_long: crosses_below(wave(close), 0)\n"
    (spec.parent / "strategies" / "cross.yaml").write_text(f"cryptoflow: 1\nstrategy: cross\n{rules}")

    def metrics(text: str) -> object:
        file.write_text(text)
        assert run(["backtest", str(spec), "--json", "-q"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["engine"] == "batch"
        return found["metrics"]

    first, edited = metrics(WAVE), metrics(WAVE.replace("40_000.0", "40_300.0"))
    assert first != edited
    assert metrics(WAVE) == first
