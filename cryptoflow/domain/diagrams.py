"""Transition tables as people see them: a Mermaid diagram, and a table of every state and event."""

from collections.abc import Iterator, Mapping, Set
from enum import StrEnum
from typing import NamedTuple, TypeVar

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class Arrow(NamedTuple):
    """A way from one state to another, and what takes it; nothing where the state alone says it."""

    start: str
    end: str
    by: str = ""

    def __str__(self) -> str:
        return f"{self.start} --> {self.end}" + (f" : {self.by}" if self.by else "")


def arrows_of_events(table: Mapping[tuple[S, E], S]) -> tuple[Arrow, ...]:
    """Return the arrows of a table from (state, event) to state; where it stays there is none.

    Events between the same two states share an arrow.
    """
    by: dict[tuple[S, S], list[E]] = {}
    for (before, event), after in table.items():
        if after is not before:
            by.setdefault((before, after), []).append(event)
    return tuple(Arrow(start.value, end.value, ", ".join(map(worded, events))) for (start, end), events in by.items())


def arrows_of_moves(table: Mapping[S, Set[S]]) -> tuple[Arrow, ...]:
    """Return the arrows of a table from each state to those it may move to, in the order of the table."""
    return tuple(Arrow(start.value, end.value) for start in table for end in table if end in table[start])


def diagram(start: StrEnum, arrows: tuple[Arrow, ...]) -> str:
    """Return a Mermaid diagram that begins in `start` and ends in the states that no arrow leaves.

    >>> Light = StrEnum("Light", ["RED", "GREEN", "BROKEN"])
    >>> print(diagram(Light.RED, (Arrow("red", "green", "waited"), Arrow("green", "broken", "ran over"))))
    stateDiagram-v2
        [*] --> red
        red --> green : waited
        green --> broken : ran over
        broken --> [*]
    """
    leaving = {arrow.start for arrow in arrows}
    ends = dict.fromkeys(arrow.end for arrow in arrows if arrow.end not in leaving)
    lines = (f"[*] --> {start.value}", *map(str, arrows), *(f"{end} --> [*]" for end in ends))
    return "\n    ".join(("stateDiagram-v2", *lines))


def matrix(table: Mapping[tuple[S, E], S]) -> str:
    """Return a Markdown table of every state and every event; one that lacks a pair is none.

    >>> Light, Turn = StrEnum("Light", ["RED", "GREEN"]), StrEnum("Turn", ["WAITED", "CAR_CAME"])
    >>> red, green = Light
    >>> waited, came = Turn
    >>> print(matrix({(red, waited): green, (red, came): green, (green, waited): red, (green, came): green}))
    | | waited | car came |
    |---|---|---|
    | **red** | green | green |
    | **green** | red | stays |
    """
    states, events = dict.fromkeys(state for state, _ in table), dict.fromkeys(event for _, event in table)

    def rows() -> Iterator[str]:
        yield "| | " + " | ".join(map(worded, events)) + " |"
        yield "|---" * (len(events) + 1) + "|"
        for state in states:
            ends = (table[state, event] for event in events)
            yield (
                f"| **{worded(state)}** | "
                + " | ".join("stays" if end is state else worded(end) for end in ends)
                + " |"
            )

    return "\n".join(rows())


def worded(name: StrEnum) -> str:
    """Return a state or an event as words."""
    return name.value.replace("_", " ")
