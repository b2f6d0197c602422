"""What is installed from a wheel is all there: migrations too, which lie beside the package in a checkout."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
MIGRATIONS = sorted(file.name for file in (ROOT / "migrations" / "versions").glob("*.py"))


@pytest.mark.long
def test_databases_are_upgraded_from_an_installed_wheel(tmp_path: Path) -> None:
    place = tmp_path / "installed"
    venv.create(place, with_pip=True)
    python = str(place / "bin" / "python")
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("CRYPTOFLOW_", "PYTHON"))}

    def done(*words: str, code: int = 0) -> str:
        found = subprocess.run(words, cwd=tmp_path, env=bare, capture_output=True, text=True)
        assert found.returncode == code, found.stderr
        return found.stdout

    done(python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT))
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        inside = archive.namelist()
    assert [name for name in MIGRATIONS if f"cryptoflow/migrations/versions/{name}" not in inside] == []
    assert "cryptoflow/migrations/env.py" in inside
    done(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel))
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    beside = place / "lib" / version / "site-packages" / "dependencies.pth"
    beside.write_text(sysconfig.get_paths()["purelib"] + "\n")  # what it depends on is there already
    assert "installed" in done(python, "-c", "import cryptoflow; print(cryptoflow.__file__)")
    program = str(place / "bin" / "cryptoflow")
    assert done(program, "db", "upgrade") == "database went from nothing to 0001\n"
    assert done(program, "db", "check") == "database: as it must be\n"
