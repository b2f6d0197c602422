"""What a probe found is found again for the same spec and code, and for no other."""

import pytest

from cryptoflow.cli.app import run
from cryptoflow.pipelines.probing.evidence import evidence_for
from cryptoflow.pipelines.resolve import resolve
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
