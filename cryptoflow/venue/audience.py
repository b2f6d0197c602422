"""Who listens to what."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from cryptoflow.venue.frames import frame
from cryptoflow.venue.pace import Alarm
from cryptoflow.venue.topic import Channel, Topic


class Listener(Protocol):
    """Whoever takes what is said on topics."""

    wrapped: bool

    def hear(self, topic: Topic, number: int, text: str, framed: bytes) -> None:
        """Take the message `number` of a topic, as text and as the frame to send."""

    def flush(self) -> None:
        """Send what was heard."""

    def behind(self) -> bool:
        """Say whether more waits to be sent than should."""


class Audience:
    """The topics that somebody listens to, and their listeners in the order in which they came."""

    def __init__(self) -> None:
        self.topics: dict[str, Topic] = {}
        self._listeners: dict[str, dict[Listener, None]] = {}
        self._wanted: dict[str, dict[Channel, list[Topic]]] = {}
        self.alarm = Alarm()
        self.told = 0
        """The moment of the market up to which everything has been said."""

    def join(self, listener: Listener, topic: Topic, now: int) -> None:
        """Let a listener hear a topic from where the market has been told; that is now where nobody listened."""
        if not self.topics:
            self.told = max(self.told, now)
        if topic.name not in self.topics:
            self.topics[topic.name] = topic
            self._wanted.setdefault(topic.symbol, {}).setdefault(topic.channel, []).append(topic)
        self._listeners.setdefault(topic.name, {})[listener] = None
        self.alarm.ring()

    def leave(self, listener: Listener, names: Iterable[str]) -> None:
        """Let a listener hear topics no more."""
        for name in names:
            listeners = self._listeners.get(name, {})
            listeners.pop(listener, None)
            if not listeners and name in self.topics:
                del self._listeners[name]
                self._forget(self.topics.pop(name))

    def wanted(self, symbol: str) -> dict[Channel, list[Topic]]:
        """Return the topics of a symbol that somebody listens to, by channel."""
        return self._wanted.get(symbol, {})

    def _forget(self, topic: Topic) -> None:
        channels = self._wanted[topic.symbol]
        channels[topic.channel].remove(topic)
        if not channels[topic.channel]:
            del channels[topic.channel]
        if not channels:
            del self._wanted[topic.symbol]

    def symbols(self) -> tuple[str, ...]:
        """Return the symbols that somebody listens to."""
        return tuple(self._wanted)

    def say(self, topic: Topic, number: int, text: str) -> None:
        """Let everyone who listens to a topic hear its message `number`."""
        plain = frame(text.encode())
        for listener in tuple(self._listeners.get(topic.name, ())):
            if listener.wrapped:
                whole = f'{{"stream":"{topic.name}","data":{text}}}'
                listener.hear(topic, number, whole, frame(whole.encode()))
            else:
                listener.hear(topic, number, text, plain)

    def flush(self) -> None:
        """Send what has been said."""
        for listener in self._everyone():
            listener.flush()

    def behind(self) -> bool:
        """Say whether anyone has not taken yet what was said."""
        return any(listener.behind() for listener in self._everyone())

    def _everyone(self) -> Iterator[Listener]:
        yield from {listener: None for listeners in self._listeners.values() for listener in listeners}
