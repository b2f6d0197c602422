"""What code a run ran on, as a hash."""

import hashlib
from functools import cache
from pathlib import Path


@cache
def code_digest() -> str:
    """Return a digest of the package's own sources."""
    root = Path(__file__).parents[1]
    whole = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        whole.update(str(path.relative_to(root)).encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()


def versions() -> dict[str, str]:
    """Return the versions that a run's numbers can depend on."""
    import platform
    from importlib.metadata import version

    from cryptoflow import __version__

    names = ("numba", "numpy", "pyarrow")
    return {
        "cryptoflow": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in names},
        "machine": platform.machine(),
    }
