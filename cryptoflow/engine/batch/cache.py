"""Where compiled code lives: a folder named by everything that went into it, so that stale code cannot be found."""

import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": False,
    "boundscheck": False,
    "_nrt": False,
}
"""How everything is compiled. No fastmath: compiled and plain results are equal by `==`."""


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
    """Describe what compiled code depends on beside its sources: Python, numba, numpy, the processor, our options."""
    import llvmlite.binding
    import numba
    import numpy as np

    parts = (sys.version, numba.__version__, np.__version__, platform.machine())
    cpu = (llvmlite.binding.get_host_cpu_name(), llvmlite.binding.get_host_cpu_features().flatten())
    return sha256(repr((parts, cpu, sorted(OPTIONS.items()))).encode()).hexdigest()


@cache
def package_digest() -> str:
    """Digest the sources of every package of ours whose code may be compiled."""
    root = Path(__file__).parents[2]
    whole = sha256()
    for folder in ("domain", "engine"):
        for path in sorted((root / folder).rglob("*.py")):
            whole.update(path.name.encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()


def digest_of(functions: Iterable[Callable[..., Any]], text: str) -> str:
    """Digest the names of `functions` and the whole files they stand in, our own sources, and the machine."""
    listed = list(functions)
    names = [f"{function.__module__}.{function.__qualname__}" for function in listed]
    whole = sha256(f"{machine_digest()}{package_digest()}{names}{text}".encode())
    contents = {Path(function.__code__.co_filename).read_bytes() for function in listed}
    for content in sorted(sha256(content).digest() for content in contents):
        whole.update(content)
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
