"""A guest whose indicator computes with code and numbers from several places, each of which can be edited."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

VALUES = "APART = 2.0\nPAIR = (3.0, 1.0)\n"
ARITHMETIC = "def elsewhere(x):\n    return x * 4.0\n"
GUEST = """\
import edited_values
from edited_arithmetic import elsewhere
from edited_values import PAIR

OWN = 5.0


def times(k):
    def grown(x):
        return x * k

    return grown


made = times(6.0)


def helper(x, k=7.0):
    return x * k


def step(x):
    return helper(x) + elsewhere(x) + made(x) + OWN + edited_values.APART + PAIR[0] + 8.0
"""
FILES = {"edited_values": VALUES, "edited_arithmetic": ARITHMETIC, "edited_guest": GUEST}


def write(folder: Path, old: str = "", new: str = "") -> None:
    """Write the guest's files with one edit."""
    for name, text in FILES.items():
        (folder / f"{name}.py").write_text(text.replace(old, new) if old else text)


def load() -> ModuleType:
    """Import the guest as a new process would."""
    for name in FILES:
        sys.modules.pop(name, None)
    importlib.invalidate_caches()
    return importlib.import_module("edited_guest")
