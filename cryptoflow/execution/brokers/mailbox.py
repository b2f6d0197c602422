"""What an account's stream has said and nobody has read yet: in order, bounded, and never with a hole."""

import asyncio
from collections import deque

from cryptoflow.domain.trading.reports import Cut, Said

MOST = 10_000
"""How much may wait to be read; whoever is that late asks for what there is instead."""


class Mailbox:
    """One connection's messages; the last one read is its `Cut`, and what is put after that is gone."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._said: deque[Said] = deque()
        self._cut: Cut | None = None
        self._news = asyncio.Event()

    def put(self, said: Said) -> None:
        """Take a message; one too many is a cut."""
        if isinstance(said, Cut):
            self.cut(said.reason)
        elif len(self._said) >= self._most:
            self.cut(f"{self._most:,} messages waited to be read")
        elif self._cut is None:
            self._said.append(said)
            self._news.set()

    def cut(self, reason: str) -> None:
        """End here: what came so far is still read, and the first reason is the one."""
        self._cut = self._cut or Cut(reason)
        self._news.set()

    async def read(self) -> Said:
        """Return the next message, once there is one."""
        while not self._said:
            if self._cut is not None:
                return self._cut
            self._news.clear()
            await self._news.wait()
        return self._said.popleft()
