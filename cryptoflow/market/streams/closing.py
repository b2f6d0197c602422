"""Closing built bars of which no later tick has come: when the venue has said that none is missing in them."""

import asyncio
from functools import partial

from cryptoflow.market.streams.channels import Stream
from cryptoflow.market.streams.clocks import VenueClock
from cryptoflow.market.streams.keeper import Channel, Keeper
from cryptoflow.market.times import grid_offset

GRACE = 500
"""Milliseconds after its end in which a tick of a bar may still come."""

AGAIN = 0.5
"""Seconds after which it is tried again with a bar of whose ticks some are being asked for."""


class Closing:
    """The ends of the bars that a keeper builds, as the venue's clock reaches them."""

    def __init__(self, keeper: Keeper, venue_clock: VenueClock) -> None:
        self.keeper, self.venue_clock = keeper, venue_clock
        self.open: dict[Stream, asyncio.Task[None]] = {}

    async def on_time(self, timeframe: int) -> None:
        """Close bars of a timeframe at their ends, for ever."""
        offset = grid_offset(timeframe)
        while True:
            now = self.venue_clock.now(self.keeper.clock.nanoseconds()) - GRACE
            left = timeframe - (now - offset) % timeframe
            end = now + left
            while left > 0:
                await asyncio.sleep(left / 1000)
                # The venue's own word counts, not what we take its clock for.
                left = end - (await self.keeper.past.time() - GRACE) if self.overdue(end) else 0
            for stream in self.overdue(end):
                task = self.open[stream] = self.keeper.spawn(self._close(self.keeper.channels[stream], end))
                task.add_done_callback(partial(self._done, stream))

    def overdue(self, at: int) -> list[Stream]:
        """Return the streams of ticks of which a bar has ended by the venue's moment `at`, and no later tick come."""
        channels = self.keeper.channels.items()
        return [stream for stream, channel in channels if stream not in self.open and is_overdue(channel, at)]

    async def _close(self, channel: Channel, at: int) -> None:
        """Tell the bars that have ended by `at`, which has passed, once no tick before it can be missing."""
        line, keeper = channel.line, self.keeper
        while is_overdue(channel, at):
            if not line.wants() and not line.waits():
                page = await keeper.past.page(line.stream, line.after())
                keeper.found(line.stream, page.items)
                if page.newest and not line.wants() and not line.waits():
                    for builder in channel.builders:
                        keeper.queue.put(builder.until(at, keeper.clock.nanoseconds()))
                    return
            await asyncio.sleep(AGAIN)

    def _done(self, stream: Stream, _: "asyncio.Task[None]") -> None:
        del self.open[stream]


def is_overdue(channel: Channel, at: int) -> bool:
    """Say whether a bar that is built of a channel has ended by a moment and not been told."""
    return any(builder.is_overdue(at) for builder in channel.builders)
