import os
import subprocess
import sys
from pathlib import Path

import pytest

import cryptoflow
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.plugins import skeleton

HOME = Path(cryptoflow.__file__).parents[1]


def run(*command, folder):
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(HOME)},
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def test_there_is_a_skeleton_for_every_kind_a_guest_can_be_today():
    assert skeleton.kinds() == ("indicator", "rule", "sizer", "slippage", "source", "strategy")


def test_what_is_written_registers_and_passes_its_own_test_unchanged(tmp_path):
    for kind in skeleton.kinds():
        files = skeleton.write(kind, f"my_{kind}", tmp_path)
        assert [file.name for file in files] == [f"my_{kind}.py", f"test_my_{kind}.py"]
    code, told = run("pytest", "-q", "-p", "no:cacheprovider", "--doctest-modules", "plugins", folder=tmp_path)
    assert code == 0, told


def test_what_is_written_is_formatted_like_the_rest(tmp_path):
    for kind in skeleton.kinds():
        skeleton.write(kind, f"my_{kind}", tmp_path)
    code, told = run("ruff", "format", "--check", "--config", str(HOME / "pyproject.toml"), "plugins", folder=tmp_path)
    assert code == 0, told


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("indikator", "mine", "did you mean `indicator`?"),
        ("broker", "mine", "there is no skeleton for 'broker'"),
        ("rule", "../mine", "cannot name a plugin"),
        ("rule", "class", "cannot name a plugin"),
        ("rule", "cash", "there is a rule cash already"),
    ],
)
def test_a_name_that_could_not_work_is_refused_before_anything_is_written(tmp_path, kind, name, told):
    with pytest.raises(CryptoflowError) as error:
        skeleton.write(kind, name, tmp_path)
    assert told in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_ones_own_is_never_overwritten(tmp_path):
    first, test = skeleton.write("rule", "mine", tmp_path)
    first.unlink()
    test.write_text("precious")
    with pytest.raises(CryptoflowError, match="exists already"):
        skeleton.write("rule", "mine", tmp_path)
    assert test.read_text() == "precious"
    assert not first.exists()


def test_an_unknown_kind_is_a_mistake_in_the_command():
    with pytest.raises(CryptoflowError) as error:
        skeleton.write("nothing", "mine", None)
    assert error.value.code == ExitCode.USAGE
