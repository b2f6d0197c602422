"""Where a project keeps its state: `.cryptoflow/` beside its configs."""

from pathlib import Path

from cryptoflow.settings import settings

STATE, CONFIGS = ".cryptoflow", "configs"


def project_of(spec: Path) -> Path:
    """Return the folder a spec's project lives in: the one that holds its `configs/`, or its own."""
    folder = spec.resolve().parent
    for parent in (folder, *folder.parents):
        if parent.name == CONFIGS:
            return parent.parent
    return folder


def project_here() -> Path | None:
    """Return the project in which a command runs: the nearest folder upwards with configs or state, None without one.

    Where `CRYPTOFLOW_HOME` puts the state is no matter: it names no project.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / STATE).is_dir() or (folder / CONFIGS).is_dir():
            return folder
    return None


def home_of(spec: Path | None = None) -> Path:
    """Return the state folder for a spec, or the nearest one upwards from the current folder."""
    asked = settings().home
    if asked is not None:
        return asked.expanduser()
    if spec is not None:
        return project_of(spec) / STATE
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / STATE).is_dir():
            return folder / STATE
    return here / STATE
