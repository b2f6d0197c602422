"""What has changed between two specs, one line per value, each with what it does to risk."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cryptoflow.pipelines.explaining.in_force import DEFAULT, Offer, Value
from cryptoflow.pipelines.limits import SHARED
from cryptoflow.pipelines.review.directions import NEUTRAL, TAGS, Judgement, Tag, judged
from cryptoflow.pipelines.review.stops import DISTANCES, LEVELS, SIZE, moved, resized

MISSING = "—"
LOGIC = (
    *("enter_long", "exit_long", "enter_short", "exit_short", "score", "size", "stop_at", "take_at", "add_when"),
    *("require", "let", "stop_loss", "take_profit", "trailing_stop"),
)
"""Keys of a strategy that hold expressions."""
EXITS = (".exit_long", ".exit_short")

TOLD_ELSEWHERE = {"risk.stop_loss.max_distance"}
"""What a spec says of a rule outside of `rules`, and what is told under the rule."""


class Side(NamedTuple):
    """A value as one side has it: none when that side has none."""

    value: Any
    source: str


class Change(NamedTuple):
    """One value that is not what it was."""

    key: str
    before: Side
    after: Side
    tag: Tag
    why: str


def changes(
    before: Sequence[Value],
    after: Sequence[Value],
    capital: float = float("inf"),
    known: Mapping[str, Judgement] | None = None,
) -> tuple[Change, ...]:
    """Every difference between two specs, in the order of the later one; `known` judges what values alone cannot."""
    one, other = collapsed(before, after), collapsed(after, before)
    stops = dict(_stops(one, other))
    found: list[Change] = []
    for key in dict.fromkeys((*other, *one)):
        old, new = one.get(key), other.get(key)
        if old is not None and new is not None and old.value == new.value:
            found.extend(_overruled(old, new, capital) if old.shown == new.shown else [_moved_out(old, new)])
            continue
        judgement = (known or {}).get(key) or stops.get(key) or _judged(key, old, new, capital)
        found.append(Change(key, _side(old), _side(new), *judgement))
    return tuple(found)


def _side(value: Value | None) -> Side:
    return Side(MISSING, "") if value is None else Side(value.shown, value.source)


def _moved_out(old: Value, new: Value) -> Change:
    """A value that is the same and is written in another way: it has to do with the environment."""
    said = "the environment decides from now on" if new.reference is not None else "the environment decides no more"
    return Change(new.key, _side(old), _side(new), Tag.NEUTRAL, f"the same here and now, but {said}")


ONE_MORE = (
    (r"strategies\.[^.]+", "strategy", 1),
    (r"risk\.rules\.[^.]+", "rule", -1),
    (r"(promotion|demotion)\.[^.]+", "condition", -1),
)
"""Blocks that come and go as a whole, and which way risk goes with one more."""


def _judged(key: str, old: Value | None, new: Value | None, capital: float) -> Judgement:
    for pattern, noun, way in ONE_MORE if old is None or new is None else ():
        if re.fullmatch(pattern, key):
            return Judgement(TAGS[way if old is None else -way], f"one {noun} {'more' if old is None else 'less'}")
    if key == "execution.costs":
        if new is not None and new.value == "none":
            return Judgement(Tag.UP, "trading costs nothing in the simulation")
        if old is not None and old.value == "none":
            return Judgement(Tag.DOWN, "trading costs something in the simulation")
    verdict = judged(key, _judgeable(old), _judgeable(new), capital)
    if verdict == NEUTRAL and _logic(key):
        return Judgement(Tag.NEUTRAL, _of_logic(key, old, new))
    return verdict


def _judgeable(value: Value | None) -> Any:
    """What a value is judged by; of a list the names are told, so it is taken as it was written."""
    return value and (value.shown if isinstance(value.value, list) else value.value)


def _of_logic(key: str, old: Value | None, new: Value | None) -> str:
    """Why nobody can say which way risk goes with a piece of logic."""
    if not key.endswith(EXITS) or (old is not None and new is not None):
        return "logic changed"
    return "one exit less: positions may stay longer" if new is None else "one exit more: positions may end sooner"


def _logic(key: str) -> bool:
    own = re.sub(r"^strategies\.[^.]+\.", "", key).split(".")[0]
    return key.startswith("strategies.") and own in LOGIC


def collapsed(values: Sequence[Value], others: Sequence[Value]) -> dict[str, Value]:
    """Values by key; a block that is another one, or missing, on the other side is one value."""
    mine, theirs = _by_key(values), _by_key(others)
    heads = {*_other_plugins(mine, theirs), *_alone(mine, theirs), *_alone(theirs, mine)}
    found: dict[str, Value] = {}
    for key, value in mine.items():
        head = next((each for each in heads if key == each or key.startswith(f"{each}.")), None)
        if head is None:
            found[key] = value
        elif head not in found:
            inside = {key: each for key, each in mine.items() if key == head or key.startswith(f"{head}.")}
            short, shown = (_summary(head, each) for each in (inside, _as_written(inside)))
            found[head] = value._replace(key=head, value=short, reference=None if short == shown else shown)
    return found


def _by_key(values: Sequence[Value]) -> dict[str, Value]:
    found = {value.key: value for value in values if value.key not in TOLD_ELSEWHERE}
    for (name, setting), (first, other) in SHARED.items():
        key, whole = f"risk.rules.{name}.{setting}", f"risk.rules.{first}.{other}"
        if key in found and whole in found:
            told = {offer.source for offer in found[whole].offers}
            own = [offer for offer in found[key].offers if offer.source not in told]
            if _asked(own) is None:  # a limit that another rule's change moves is told with that one
                del found[key]
    return found


def _other_plugins(mine: Mapping[str, Value], theirs: Mapping[str, Value]) -> Iterator[str]:
    for key, value in mine.items():
        if key.endswith(".use") and key in theirs and theirs[key].value != value.value and key.count(".") < 4:
            yield key.removesuffix(".use")


def _alone(mine: Mapping[str, Value], theirs: Mapping[str, Value]) -> Iterator[str]:
    """Blocks that only one side has: a strategy, a rule, a notifier, or what is one word on the other side."""
    blocks = {".".join(key.split(".")[:length]) for key in theirs for length in range(1, key.count(".") + 1)}
    for key in mine:
        named = re.match(r"(strategies|risk\.rules|notify|promotion|demotion)\.[^.]+", key)
        if named and named[0] not in blocks and named[0] not in theirs:
            yield named[0]
        if key in blocks and key not in theirs:
            yield key


def _as_written(values: Mapping[str, Value]) -> dict[str, Value]:
    return {key: value.as_written() for key, value in values.items()}


def _summary(head: str, inside: Mapping[str, Value]) -> Any:
    """A block in a few words: its plugin or strategy first, then what was said about it."""
    if head in inside:
        return inside[head].value
    names = {f"{head}.{name}" for name in ("use", "file")}
    first = [str(value.value) for key, value in inside.items() if key in names]
    said = [
        f"{key.removeprefix(f'{head}.')} {value.value}"
        for key, value in inside.items()
        if key not in names
        and not isinstance(value.value, list | dict | None)
        and not _logic(key)
        and not key.endswith(".strategy")
    ]
    settings = ", ".join(said)
    return " ".join([*first, f"({settings})"]) if first and said else settings or " ".join(first)


def _stops(one: Mapping[str, Value], other: Mapping[str, Value]) -> Iterator[tuple[str, Judgement]]:
    """What happened to stops and sizes of strategies that both sides have, under the keys that made it happen."""
    inner = [key.split(".") for key in other if key.startswith("strategies.")]
    for name in dict.fromkeys(key[1] for key in inner if len(key) > 2):
        own = f"strategies.{name}."
        before, after = (
            {key.removeprefix(own): value.value for key, value in side.items() if key.startswith(own)}
            for side in (one, other)
        )
        for key in (*DISTANCES, *LEVELS, SIZE) if before and after else ():
            judgement = resized(before, after) if key == SIZE else moved(before, after, key)
            if judgement is None:
                continue
            yield f"{own}{key}", judgement
            params = re.findall(r"[a-z_][a-z0-9_]*", str(after.get(key)))
            if before.get(key) == after.get(key):
                yield from ((f"{own}with.{param}", judgement) for param in params)


def _overruled(old: Value, new: Value, capital: float) -> Iterator[Change]:
    """A limit that the spec has changed although a stricter one holds, before and after."""
    if not new.key.startswith("risk.rules."):
        return
    one, other = _asked(old.offers), _asked(new.offers)
    if one is None or other is None or one.value == other.value:
        return
    tag, why = judged(new.key, one.value, other.value, capital)
    held = f"without effect while {new.shown} holds ({new.source})"
    why = f"{why}; {held}" if why else held
    yield Change(new.key, Side(one.shown, one.source), Side(other.shown, other.source), tag, why)


def _asked(offers: Iterable[Offer]) -> Offer | None:
    """What the spec itself says, next to defaults, presets and tiers."""
    own = [offer for offer in offers if not offer.source.startswith((DEFAULT, "preset ", "tier "))]
    return own[-1] if own else None
