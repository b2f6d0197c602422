"""What a probe found is found again for the same spec and code, and for no other."""

import json

import pytest

from cryptoflow.cli.app import run
from cryptoflow.domain.discipline.reach import Reach
from cryptoflow.pipelines.probing.evidence import Evidence, code_of, evidence_for, keep
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.plugins.guests import admit
from tests.cli.projects import small
from tests.pipelines.probing.projects import indicating, leaky


@pytest.fixture(autouse=True)
def nobody_stays():
    yield
    admit([])


def test_evidence_holds_for_one_spec_and_one_kind(tmp_path):
    spec = small(tmp_path)
    assert evidence_for(resolve(spec), "lookahead") is None
    assert run(["probe", "lookahead", str(spec), "--draws", "4", "--json"]) == 0
    found = evidence_for(resolve(spec), "lookahead")
    assert found is not None
    assert (found.passed, found.kind, found.draws, found.period) == (True, "lookahead", 4, "2024-01-03..2024-01-20")
    assert (found.spec_hash, found.moved) == (resolve(spec).spec_hash, None)
    assert evidence_for(resolve(spec), "warmup") is None
    assert evidence_for(resolve(spec, sets=["sizing.share=3%"]), "lookahead") is None
    assert [file.parent.name for file in (tmp_path / ".cryptoflow").rglob("lookahead-*.json")] == ["evidence"]


def test_a_failure_is_kept_as_one(tmp_path, capsys):
    spec = small(tmp_path)
    assert run(["probe", "warmup", str(spec), "--set", "warmup=2"]) == 6
    said = capsys.readouterr().out
    found = evidence_for(resolve(spec, sets=["warmup=2"]), "warmup")
    assert found is not None
    assert not found.passed
    assert str(found.moved) in said
    assert found.hint in said


def found_over(days: str, draws: int, passed: bool, resolved: Resolved) -> Evidence:
    spec_hash, code = resolved.spec_hash, code_of(resolved)
    return Evidence("warmup", passed, spec_hash, code, "", days, draws, 9, 0, Reach(days, draws), "2024-02-01", "")


def test_a_failure_stays_until_a_pass_covers_its_days_and_draws(tmp_path):
    resolved = resolve(small(tmp_path))

    def passed_after(days: str, draws: int, passed: bool) -> bool:
        keep(found_over(days, draws, passed, resolved), resolved)
        kept = evidence_for(resolved, "warmup")
        assert kept is not None
        return kept.passed

    assert not passed_after("2024-01-03..2024-01-20", 6, False)
    assert not passed_after("2024-01-04..2024-01-20", 9, True)
    assert not passed_after("2024-01-03..2024-01-20", 5, True)
    assert not passed_after("2024-01-25..2024-01-26", 1, False), "a later failure does not make the earlier one less"
    assert not passed_after("2024-01-25..2024-01-26", 1, True)
    assert not passed_after("2024-01-03..2024-01-20", 6, True)
    assert passed_after("2024-01-01..2024-01-31", 6, True)
    assert passed_after("2024-01-05..2024-01-06", 1, True)


def test_evidence_that_cannot_be_read_is_replaced(tmp_path):
    resolved = resolve(small(tmp_path))
    file = keep(found_over("2024-01-03..2024-01-20", 6, False, resolved), resolved).file
    file.write_text("{")
    assert keep(found_over("2024-01-03..2024-01-04", 1, True, resolved), resolved).standing is None
    assert evidence_for(resolved, "warmup") is not None


def test_a_pass_that_is_not_kept_says_so_and_is_still_a_pass(tmp_path, capsys):
    spec = small(tmp_path)
    keep(found_over("2024-01-03..2024-01-20", 6, False, resolve(spec)), resolve(spec))
    asked = ["probe", "warmup", str(spec), "--json"]
    assert run([*asked, "--draws", "1"]) == 0
    said = capsys.readouterr()
    assert "stays until a pass covers 2024-01-03..2024-01-20 with 6 draws" in said.err
    assert (json.loads(said.out)["passed"], json.loads(said.out)["kept"]) == (True, False)
    assert run([*asked, "--draws", "6"]) == 0
    said = capsys.readouterr()
    assert (json.loads(said.out)["kept"], said.err) == (True, "")


def test_other_code_in_a_plugin_file_or_beside_it_needs_evidence_of_its_own(tmp_path):
    spec = leaky(tmp_path, indicating())
    guest = spec.parent / "plugins" / "guest.py"
    strategy = spec.parent / "strategies" / "seer.yaml"
    strategy.write_text(strategy.read_text().replace("leak(close)", "close - sma(close, 8)"))
    assert run(["probe", "warmup", str(spec), "--draws", "1", "--json"]) == 0
    assert evidence_for(resolve(spec), "warmup") is not None
    beside = guest.with_name("beside.py")
    beside.touch()
    assert evidence_for(resolve(spec), "warmup") is None
    beside.unlink()
    assert evidence_for(resolve(spec), "warmup") is not None
    guest.write_text(guest.read_text() + "\n")
    assert evidence_for(resolve(spec), "warmup") is None
