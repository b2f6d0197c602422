"""What guests open while they are imported and run: files, databases, sockets, other programs."""

import os
import sys
import sysconfig
from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any

from cryptoflow.plugins.guests import GROUP

UNSEEN = (
    *("pyarrow.csv", "pyarrow.dataset", "pyarrow.feather", "pyarrow.fs", "pyarrow.json", "pyarrow.orc"),
    *("pyarrow.parquet", "cryptoflow.market.synthetic"),
)
"""Modules that have bars without telling Python: readers of files in C++, and our own made-up prices."""

STARTS = ("subprocess.Popen", "os.system", "os.posix_spawn", "os.exec", "os.fork")


class Watch:
    """Writes down what guests open: plugin files below `plugins`, and installed packages.

    It can be begun, but never ended: an audit hook stays for as long as its process.
    """

    def __init__(self, plugins: Path, named_from: Path) -> None:
        self.plugins, self.named_from = f"{plugins}{os.sep}", named_from
        self.guests = (self.plugins, *packages())
        self.reads: dict[str, None] = {}
        self.libraries = tuple(libraries())

    def begin(self) -> None:
        """Listen from now on, until the process ends."""
        sys.addaudithook(self.hear)

    def hear(self, event: str, given: tuple[Any, ...]) -> None:
        """Take one event of the interpreter; only those that a guest's code leads to count."""
        told = self.told(event, given)
        if told and self.is_guest(sys._getframe()):  # noqa: SLF001 - the documented way to the stack of a hook
            self.reads[told] = None

    def told(self, event: str, given: tuple[Any, ...]) -> str:
        """Return what an event opens, in words, or nothing when it opens nothing that matters."""
        if event in ("open", "sqlite3.connect"):
            return self.file(given[0])
        if event == "socket.connect":
            return f"the network ({given[1]})"
        if event in STARTS:
            return f"another program ({given[0]})"
        if event == "import" and given[0].startswith(UNSEEN):
            return f"data through {next(name for name in UNSEEN if given[0].startswith(name))}"
        return ""

    def file(self, opened: Any) -> str:
        """Return a file that is neither of a library nor code of the plugins, as people name it."""
        if not isinstance(opened, str | bytes | os.PathLike):
            return ""
        path = os.path.abspath(os.fsdecode(opened))  # noqa: PTH100 - links stay as they are named
        if path.startswith(self.libraries) or (path.startswith(self.plugins) and path.endswith((".py", ".pyc"))):
            return ""
        inside = path.startswith(f"{self.named_from}{os.sep}")
        return os.path.relpath(path, self.named_from) if inside else path

    def is_guest(self, frame: FrameType | None) -> bool:
        """Say whether a guest's code is what led to a frame."""
        while frame is not None:
            if self.is_theirs(frame.f_code.co_filename):
                return True
            frame = frame.f_back
        return False

    def is_theirs(self, file: str) -> bool:
        """Say whether a file holds a guest's code."""
        return file.startswith(self.guests)


def packages() -> Iterator[str]:
    """Return where installed packages lie that announce plugins."""
    for point in entry_points(group=GROUP):
        found = find_spec(point.module)
        if found is not None and found.origin:
            file = Path(found.origin)
            yield f"{file.parent}{os.sep}" if file.name == "__init__.py" else str(file)


def libraries() -> Iterator[str]:
    """Return the folders of Python, of what is installed, and of what the system tells about itself."""
    yield from (f"{os.path.abspath(path)}{os.sep}" for path in {*sysconfig.get_paths().values(), *sys.path} if path)  # noqa: PTH100
    yield f"{Path(__file__).parents[2]}{os.sep}"
    yield from ("/etc/", "/proc/", "/sys/", "/dev/null", "/dev/urandom", "/usr/share/zoneinfo/")
