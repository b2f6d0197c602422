import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.cli.app import run
from tests.cli.projects import SPEC, small

ROOT = Path(__file__).parents[2]
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "configs"


def said(capsys: Capsys) -> dict[str, dict[str, object]]:
    return {file["file"]: file for file in json.loads(capsys.readouterr().out)["files"]}


def test_everything_that_ships_is_valid(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert run(["validate", "configs", "--json"]) == 0
    found = said(capsys)
    assert set(found) == {str(file.relative_to(ROOT)) for file in (ROOT / "configs").rglob("*.yaml")}
    assert {file["kind"] for file in found.values()} == {"pipeline", "strategy", "tier", "overlay"}


def test_a_spec_is_told_which_tier_it_needs_and_which_line_asks_for_it(project: Path, capsys: Capsys) -> None:
    spec = project / "small.yaml"
    spec.write_text(SPEC.replace("[BTC/USDT]", "[BTC/USDT, ETH/USDT]") + "execution: {entry: {order: stop_limit}}\n")
    assert run(["validate", "configs/small.yaml"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "configs/small.yaml: ok, needs tier 3",
        "  tier 3 for stop-limit orders (configs/small.yaml:9:28)",
        "  tier 2 for 2 symbols (configs/small.yaml:3:46)",
    ]


def test_all_mistakes_of_all_files_are_reported_at_once(project: Path, capsys: Capsys) -> None:
    (project / "one.yaml").write_text(SPEC.replace("4%", "140%"))
    (project / "two.yaml").write_text(SPEC.replace("sizing", "sizeing").replace("name: small", "name: a b"))
    assert run(["validate", "configs/one.yaml", "configs/small.yaml", "configs/two.yaml"]) == 3
    told = capsys.readouterr()
    assert told.out.splitlines()[::2] == ["configs/one.yaml: 1 mistake", "  tier 1 for market orders"]
    assert "share is 140%" in told.err
    assert "did you mean `sizing`?" in told.err
    assert "configs/two.yaml:2:7" in told.err


def test_programs_get_the_mistakes_of_each_file(project: Path, capsys: Capsys) -> None:
    (project / "one.yaml").write_text(SPEC.replace("4%", "140%"))
    assert run(["validate", "configs/one.yaml", "configs/small.yaml", "--json"]) == 3
    found = said(capsys)
    (error,) = found["configs/one.yaml"]["errors"]  # type: ignore[misc]
    assert (error["line"], error["column"]) == (8, 32)
    assert found["configs/small.yaml"]["ok"] is True


@pytest.mark.parametrize("file", ["small.yaml", "strategies/cross.yaml"])
def test_standard_input_is_a_file_of_any_kind(
    file: str, project: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (project / file).read_bytes()
    monkeypatch.chdir(project)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert run(["validate", "-"]) == 0
    assert capsys.readouterr().out.startswith("-: ok")


def test_a_part_of_other_specs_need_not_be_whole(project: Path, capsys: Capsys) -> None:
    (project / "base.yaml").write_text("capital: 700 USDT\n")
    (project / "market.yaml").write_text("market: {venue: binance}\n")
    (project / "small.yaml").write_text(SPEC + "extends: [base.yaml, market.yaml]\n")
    assert run(["validate", "configs"]) == 0
    told = capsys.readouterr().out
    assert "configs/base.yaml: ok, a part of configs/small.yaml" in told
    assert "configs/market.yaml: ok, a part of configs/small.yaml" in told
    assert run(["validate", "configs/base.yaml"]) == 0
    assert capsys.readouterr().out == "configs/base.yaml: ok, a part of a spec\n"


def test_an_overlay_is_checked_over_the_specs_it_belongs_to(project: Path, capsys: Capsys) -> None:
    (project / "env").mkdir()
    (project / "env" / "wild.yaml").write_text("sizing: {share: 140%}\n")
    (project / "small.calm.yaml").write_text("sizing: {share: 1%}\n")
    assert run(["validate", "configs"]) == 3
    told = capsys.readouterr()
    assert "configs/small.calm.yaml: ok, an overlay of configs/small.yaml" in told.out
    assert "configs/env/wild.yaml: 1 mistake" in told.out
    assert "configs/env/wild.yaml:1:17: share is 140%" in told.err


def test_a_folder_without_specs_is_a_wrong_call(tmp_path: Path, capsys: Capsys) -> None:
    assert run(["validate", str(tmp_path)]) == 2
    assert "there is no YAML file" in capsys.readouterr().err


@given(content=st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_random_bytes_are_well_or_have_mistakes_and_never_a_traceback(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("random") / "spec.yaml"
    file.write_bytes(content)
    assert run(["validate", str(file)]) in (0, 3)


@given(
    at=st.integers(0, len(SPEC)),
    cut=st.integers(0, 12),
    put=st.text("{}[]:,\"'#&*!|>%@`\t\n ~0a-?$€\x00\u2028", max_size=6),
)
@settings(max_examples=120, deadline=None)
def test_a_damaged_spec_is_well_or_has_mistakes_and_never_a_traceback(
    at: int, cut: int, put: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = small(tmp_path_factory.mktemp("damaged"))
    file.write_text(SPEC[:at] + put + SPEC[at + cut :], encoding="utf-8")
    assert run(["validate", str(file)]) in (0, 3)
