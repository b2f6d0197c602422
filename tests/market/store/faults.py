"""A disk that fails at a step of a test's choice, and a power cut that takes what was not made sure of."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

STEPS = ("open", "write", "fsync", "rename", "unlink", "mkdir")
"""Everything through which a store changes a disk."""


class Disk:
    """Counts the steps, fails the one numbered `fails` and all after it, and remembers what a power cut would take."""

    def __init__(self, folder: Path, fails: int | None = None, error: int = 0) -> None:
        self.folder, self.fails, self.error = folder, fails, error
        self.steps: list[str] = []
        self.unsure: dict[str, None] = {}
        self.moved: list[tuple[str, str, bytes | None]] = []
        self.made: list[str] = []
        self._real: dict[str, Callable[..., Any]] = {name: getattr(os, name) for name in STEPS}
        self._paths: dict[int, str] = {}

    @contextmanager
    def watched(self, monkeypatch: pytest.MonkeyPatch) -> Iterator["Disk"]:
        with monkeypatch.context() as patch:
            for name in STEPS:
                patch.setattr(os, name, getattr(self, f"_{name}"))
            yield self

    def cut_power(self, *, keeps_last: bool) -> None:
        """Undo what no fsync has made sure of: names that files have taken, and what is in files.

        A disk is free to keep the name that was taken last and to lose those before it.
        """
        for before, after, there in reversed(self.moved[:-1] if keeps_last else self.moved):
            Path(after).rename(before)
            if there is not None:
                Path(after).write_bytes(there)
        for folder in self.made:
            shutil.rmtree(folder, ignore_errors=True)
        for path in self.unsure:
            if Path(path).is_file():
                Path(path).write_bytes(Path(path).read_bytes()[:7])

    def _step(self, name: str, path: object) -> None:
        if str(self.folder) not in str(path):
            return
        self.steps.append(name)
        if self.fails is not None and len(self.steps) > self.fails:
            raise OSError(self.error, os.strerror(self.error), str(path))

    def _open(self, path: Any, flags: int, *rest: Any, **more: Any) -> int:
        if flags & os.O_CREAT:
            self._step("open", path)
        file: int = self._real["open"](path, flags, *rest, **more)
        self._paths[file] = str(path)
        return file

    def _write(self, file: int, content: Any) -> int:
        path = self._paths.get(file, "")
        self.unsure[path] = None
        try:
            self._step("write", path)
        except OSError:
            self._real["write"](file, bytes(content)[: len(content) // 2])
            raise
        return int(self._real["write"](file, content))

    def _fsync(self, file: int) -> None:
        path = self._paths.get(file, "")
        self._step("fsync", path)
        self._real["fsync"](file)
        self.unsure.pop(path, None)
        self.moved = [move for move in self.moved if str(Path(move[1]).parent) != path]
        self.made = [folder for folder in self.made if str(Path(folder).parent) != path]

    def _rename(self, before: Any, after: Any, **more: Any) -> None:
        self._step("rename", after)
        there = Path(after).read_bytes() if Path(after).exists() else None
        self._real["rename"](before, after, **more)
        if str(before) in self.unsure:
            del self.unsure[str(before)]
            self.unsure[str(after)] = None
        self.moved.append((str(before), str(after), there))

    def _unlink(self, path: Any, **more: Any) -> None:
        self._step("unlink", path)
        self._real["unlink"](path, **more)

    def _mkdir(self, path: Any, *rest: Any, **more: Any) -> None:
        self._step("mkdir", path)
        self._real["mkdir"](path, *rest, **more)
        self.made.append(str(path))
