"""Calls that may be made twice, told by their type: whoever writes one says so where it is written, once."""

from collections.abc import Awaitable, Callable
from typing import Concatenate, Generic, ParamSpec, TypeVar, overload

P = ParamSpec("P")
Q = ParamSpec("Q")
T = TypeVar("T")
S = TypeVar("S")

SUBMITS = ("submit", "place", "create_order", "edit_order", "replace", "buy", "sell")
"""No call whose name begins like this can be one: made twice it may be two orders, whatever its author thinks."""


class Idempotent(Generic[P, T]):
    """A call that asks, or asks for what may be so already, like a cancel; a decorator of functions and methods.

    It takes only what has a name, so that no call is dressed up as one where it is made.

    >>> @Idempotent
    ... async def submit(order): ...
    Traceback (most recent call last):
    TypeError: submit is never made twice
    """

    def __init__(self, call: Callable[P, Awaitable[T]]) -> None:
        name = getattr(call, "__name__", "<partial>")
        if name.startswith("<"):
            raise TypeError(f"{call!r} has no name that says what is made twice")
        if name.lstrip("_").startswith(SUBMITS):
            raise TypeError(f"{name} is never made twice")
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
