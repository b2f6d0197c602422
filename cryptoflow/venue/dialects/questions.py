"""What requests ask for, read from their parameters."""

from collections.abc import Callable, Mapping

from cryptoflow.venue.tape import Tape

Query = Mapping[str, str]


def whole(query: Query, name: str, otherwise: int, wrong: Callable[[str], Exception]) -> int:
    """Return a parameter that is a whole number, or what holds where it is not given."""
    text = query.get(name, "")
    if not text:
        return otherwise
    if not text.lstrip("-").isdecimal():
        raise wrong(name)
    return int(text)


def frames(intervals: Mapping[str, int], tape: Tape) -> dict[str, int]:
    """Return the intervals that a tape's bars make up."""
    return {name: length for name, length in intervals.items() if length % tape.frame == 0}
