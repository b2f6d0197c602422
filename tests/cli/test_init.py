"""`cryptoflow init`: what it writes works as it is, and what is there stays."""

import json
from pathlib import Path

import pytest

from cryptoflow.cli.app import run

Capsys = pytest.CaptureFixture[str]
FILES = {
    "configs/my_coins.yaml",
    "configs/strategies/ema_cross.yaml",
    "configs/tiers/1-sniper.yaml",
    ".cryptoflow/schema.json",
    ".cryptoflow/strategy.schema.json",
    ".cryptoflow/tier.schema.json",
    ".gitignore",
    "README.md",
}


def written(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_what_it_writes_is_valid_and_can_be_backtested(
    tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "My Coins!"
    assert run(["init", str(project)]) == 0
    told = capsys.readouterr()
    assert written(project) == FILES
    assert all(str(project / file) in told.out for file in FILES)
    assert "cryptoflow backtest configs/my_coins.yaml" in told.err
    monkeypatch.chdir(project)
    assert run(["validate", "configs"]) == 0
    capsys.readouterr()
    assert run(["backtest", "configs/my_coins.yaml", "--from", "2024-06-01", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["metrics"]["trades"] > 0


def test_every_file_an_editor_should_check_names_a_schema_that_is_there(tmp_path: Path) -> None:
    assert run(["init", str(tmp_path), "--name", "my-coins"]) == 0
    specs = sorted(tmp_path.glob("configs/**/*.yaml"))
    assert len(specs) == 3
    for spec in specs:
        key, _, path = spec.read_text().splitlines()[0].partition("$schema=")
        assert key == "# yaml-language-server: "
        assert "properties" in json.loads((spec.parent / path).read_text())


def test_every_block_of_the_first_spec_is_explained_above_it(tmp_path: Path) -> None:
    assert run(["init", str(tmp_path), "--name", "my-coins"]) == 0
    parts = (tmp_path / "configs" / "my_coins.yaml").read_text().strip().split("\n\n")
    assert len(parts) >= 9
    assert all(part.startswith("#") for part in parts)


def test_nothing_of_ones_own_is_overwritten(tmp_path: Path, capsys: Capsys) -> None:
    strategy = tmp_path / "configs" / "strategies" / "ema_cross.yaml"
    strategy.parent.mkdir(parents=True)
    strategy.write_text("mine")
    assert run(["init", str(tmp_path)]) == 2
    assert str(strategy) in capsys.readouterr().err
    assert written(tmp_path) == {"configs/strategies/ema_cross.yaml"}
    assert strategy.read_text() == "mine"


def test_a_repository_keeps_its_readme_and_its_gitignore_gains_what_it_lacks(tmp_path: Path, capsys: Capsys) -> None:
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / ".gitignore").write_text("*.log\n.env")
    assert run(["init", str(tmp_path), "--name", "my-coins", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["extended"], told["kept"]) == ([".gitignore"], ["README.md"])
    assert (tmp_path / "README.md").read_text() == "mine"
    assert (tmp_path / ".gitignore").read_text() == "*.log\n.env\n.cryptoflow/\n"


@pytest.mark.parametrize("name", ["../up", "1st", "", "a b"])
def test_a_name_that_cannot_be_one_is_refused_before_anything_is_written(
    tmp_path: Path, capsys: Capsys, name: str
) -> None:
    assert run(["init", str(tmp_path), "--name", name]) == 2
    assert "name" in capsys.readouterr().err
    assert written(tmp_path) == set()


def test_a_folder_with_a_name_of_other_letters_gets_a_plain_spec(tmp_path: Path) -> None:
    assert run(["init", str(tmp_path / "Криптовалюта")]) == 0
    assert (tmp_path / "Криптовалюта" / "configs" / "first.yaml").is_file()
