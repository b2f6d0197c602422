"""An environment per peer: made once under `.peers/`, and anew when its pinned versions change."""

import subprocess
import sys
from pathlib import Path
from shutil import rmtree

from benchmarks.peers.engines import OURS

ROOT = Path(__file__).parents[2]
REQUIREMENTS = Path(__file__).with_name("requirements")


class NotInstalled(Exception):
    """A peer whose environment cannot be made here; says why."""


def python_of(name: str) -> Path:
    """Return the Python that runs an environment's engines, having made the environment if need be."""
    if name == OURS:
        return Path(sys.executable)
    wanted = REQUIREMENTS / f"{name}.txt"
    folder = ROOT / ".peers" / name
    python = folder / "bin" / "python"
    done = folder / "installed.txt"
    if not done.exists() or done.read_text() != wanted.read_text():
        print(f"installing {version_of(name)} into .peers/{name}", file=sys.stderr)
        rmtree(folder, ignore_errors=True)
        call([sys.executable, "-m", "venv", str(folder)])
        call([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(wanted)])
        done.write_text(wanted.read_text())
    return python


def call(command: list[str]) -> None:
    """Run a command to its end."""
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise NotInstalled((ended.stderr.strip().splitlines() or [f"exit code {ended.returncode}"])[-1])


def version_of(name: str) -> str:
    """Return what stands first in an environment's requirements: the peer itself."""
    return (REQUIREMENTS / f"{name}.txt").read_text().splitlines()[0].replace("==", " ")
