"""Calls that may be made twice, told by their type: whoever writes one says so where it is written, once."""

import re
from collections.abc import Awaitable, Callable
from typing import Concatenate, Generic, ParamSpec, TypeVar, overload

P = ParamSpec("P")
Q = ParamSpec("Q")
T = TypeVar("T")
S = TypeVar("S")

ASKS = ("fetch", "cancel", "load", "watch")
"""How the name of a call begins that can be one: any other made twice may be two orders, whatever its author thinks."""

SUBMITS = frozenset({"submit", "place", "create", "edit", "amend", "replace"})
"""Words that no such name has in it either: `cancel_replace` takes an order back, and places another."""

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def may_be_made_twice(name: str) -> bool:
    """Say whether a call of this name can be one.

    >>> [may_be_made_twice(name) for name in ("fetch_balance", "cancelOrder", "createOrder", "cancelReplaceOrder")]
    [True, True, False, False]
    """
    words = [word.lower() for word in WORD.findall(name)]
    return bool(words) and words[0] in ASKS and SUBMITS.isdisjoint(words)


class Idempotent(Generic[P, T]):
    """A call that asks, or asks for what may be so already, like a cancel; a decorator of functions and methods.

    It takes only what has a name, so that no call is dressed up as one where it is made.

    >>> @Idempotent
    ... async def submit(order): ...
    Traceback (most recent call last):
    TypeError: submit is never made twice; only fetch…, cancel…, load…, watch… are
    """

    def __init__(self, call: Callable[P, Awaitable[T]]) -> None:
        name = getattr(call, "__name__", "<partial>")
        if name.startswith("<"):
            raise TypeError(f"{call!r} has no name that says what is made twice")
        if not may_be_made_twice(name):
            raise TypeError(f"{name} is never made twice; only {', '.join(f'{each}…' for each in ASKS)} are")
        self.call = call

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> Awaitable[T]:
        """Make the call once."""
        return self.call(*arguments, **named)

    @overload
    def __get__(self, owner: None, kind: type) -> "Idempotent[P, T]": ...
    @overload
    def __get__(self: "Idempotent[Concatenate[S, Q], T]", owner: S, kind: type) -> "Idempotent[Q, T]": ...
    def __get__(self, owner: object, kind: type) -> object:
        """Return the call of an object's own."""
        return self if owner is None else Idempotent(self.call.__get__(owner, kind))
