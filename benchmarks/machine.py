"""The machine that something was measured on, and how busy it was."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

QUIET = 1.0
"""Load of the last minute from which on seconds are not to be trusted, and ratios are."""


def machine() -> dict[str, object]:
    """Return when and on what this is measured."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": processor_name(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numba": version("numba"),
        "numpy": version("numpy"),
    }


def processor_name() -> str:
    """Return what the processor calls itself, as far as the system tells."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def load() -> list[float]:
    """Return the load of the last one, five and fifteen minutes."""
    return [round(one, 1) for one in os.getloadavg()]


def described() -> str:
    """Return the machine in a line."""
    told = machine()
    return (
        f"{told['date']}, {told['cores']} × {told['processor']}, {told['machine']}, "
        f"Python {told['python']}, numba {told['numba']}, numpy {told['numpy']}"
    )
