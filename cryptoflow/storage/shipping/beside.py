"""A shipper at work beside a process that trades: in a thread with a loop of its own, so that neither waits."""

import asyncio
from contextlib import suppress
from threading import Event, Thread

from cryptoflow.storage.shipping.shipper import Figures, Lag, Shipper


class Beside:
    """Runs a shipper until it is closed, and closes the shipper and its database then.

    Where the shipper ends by itself (a journal that differs, another holder of the account, or our bug), `error`
    says why; nothing else of the process is touched. A journal that the shipper knows must be a threaded one: it hears
    of outages, and its commits are shipped at once.
    """

    def __init__(self, shipper: Shipper) -> None:
        self.shipper = shipper
        self._begun = Event()
        self._thread = Thread(target=self._work, name=f"shipper of {shipper.account}", daemon=True)
        self._thread.start()
        self._begun.wait()
        if shipper.journal is not None:
            shipper.journal.committed = self.nudge

    @property
    def figures(self) -> Figures:
        """Return what it has done and how it stands."""
        return self.shipper.figures

    @property
    def error(self) -> BaseException | None:
        """Return what has ended it, None while it works or once it was closed."""
        return self._task.exception() if self._task.done() and not self._task.cancelled() else None

    async def lag(self) -> Lag:
        """Return how far the database is behind."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self.shipper.lag(), self._loop))

    def nudge(self) -> None:
        """Let it look at the journal now, because something was committed."""
        with suppress(RuntimeError):  # it was closed: the next one ships it
            self._loop.call_soon_threadsafe(self.shipper.nudge)

    async def close(self) -> None:
        """End it after the batch that is on its way; what is not shipped yet is shipped by the next one."""
        with suppress(RuntimeError):  # it was closed before
            self._loop.call_soon_threadsafe(self._closing)
        await asyncio.to_thread(self._thread.join)

    def _closing(self) -> None:
        self.shipper.end()
        self._stopped.set()

    def _work(self) -> None:
        asyncio.run(self._ship())

    async def _ship(self) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        self._task = asyncio.create_task(self.shipper.run())
        self._begun.set()
        await self._stopped.wait()
        await asyncio.wait([self._task])
        await self.shipper.close()
        await self.shipper.target.close()
