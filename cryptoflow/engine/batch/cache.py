"""Where compiled code lives: a folder named by everything that went into it, so that stale code cannot be found."""

import hashlib
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from cryptoflow.domain.review import bound, within_means
from cryptoflow.domain.timeframes import belongs, is_full, take
from cryptoflow.engine.batch.kernel import run_rounds
from cryptoflow.engine.batch.reach import files, ingredients

OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": False,
    "boundscheck": False,
    "_nrt": False,
}
"""How everything is compiled. No fastmath: compiled and plain results are equal by `==`."""

ENVIRONMENT = (
    "OPT",
    "LOOP_VECTORIZE",
    "SLP_VECTORIZE",
    "DISABLE_INTEL_SVML",
    "BOUNDSCHECK",
    "ENABLE_AVX",
    "DISABLE_JIT",
)
"""Settings by which `NUMBA_...` variables change what the compiler makes of the same code."""

ROOT = Path(__file__).parents[2]
KERNEL = (run_rounds, bound, within_means, take, belongs, is_full)
"""Through these all of the decision, and all of what makes higher bars, can be reached."""


def cache_home() -> Path:
    """Return the user's cache folder, or a private temporary one where that cannot be written."""
    asked = os.environ.get("CRYPTOFLOW_CACHE") or os.environ.get("XDG_CACHE_HOME")
    home = Path(asked) if asked else Path(os.path.expanduser("~")) / ".cache"  # noqa: PTH111 - never raises
    try:
        folder = home / "cryptoflow"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="cryptoflow-"))


@cache
def machine_digest() -> str:
    """Describe what compiled code depends on beside its sources: Python, the compiler, the processor, all options."""
    import llvmlite
    import llvmlite.binding
    import numba
    import numpy as np
    from numba.core import config

    parts = (sys.version, numba.__version__, llvmlite.__version__, np.__version__, platform.machine())
    cpu = (llvmlite.binding.get_host_cpu_name(), llvmlite.binding.get_host_cpu_features().flatten())
    asked = [(name, str(getattr(config, name))) for name in ENVIRONMENT]
    return hashlib.sha256(repr((parts, cpu, asked, sorted(OPTIONS.items()))).encode()).hexdigest()


@cache
def package_digest(root: Path = ROOT) -> str:
    """Digest the sources of every package of ours that is compiled, or writes what is, whatever a run makes of them."""
    whole = hashlib.sha256()
    for folder in ("domain", "engine"):
        for path in sorted((root / folder).rglob("*.py")):
            whole.update(str(path.relative_to(root)).encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()


@cache
def kernel_digest() -> str:
    """Digest the decision as it was loaded, which an edit while we run does not change."""
    return hashlib.sha256("".join(ingredients(KERNEL)).encode()).hexdigest()


def digest_of(functions: Iterable[Callable[..., Any]], text: str) -> str:
    """Digest the names of `functions`, the files and the loaded code of all they reach, our sources, and the machine.

    An edit between loading and compiling gives a digest that no later process has, so it leaves nothing stale.
    """
    listed = [*functions]
    names = [f"{function.__module__}.{function.__qualname__}" for function in listed]
    whole = hashlib.sha256(f"{machine_digest()}{package_digest()}{kernel_digest()}{names}{text}".encode())
    whole.update("".join(ingredients(listed)).encode())
    for file in files(listed):
        whole.update(file.read_bytes())
    return whole.hexdigest()[:24]


@cache
def cache_folder() -> Path:
    """Return this process's folder for compiled code."""
    return cache_home() / "compiled"


def source_file(name: str, functions: Iterable[Callable[..., Any]], text: str) -> Path:
    """Write generated source where compiled code can lie beside it; the same inputs give the same file."""
    folder = cache_folder() / digest_of(functions, text)
    path = folder / f"{name}.py"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as file:
            file.write(text)
        Path(file.name).replace(path)
    return path
