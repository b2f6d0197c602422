"""The breakers of a process, with the numbers that this machine's settings give them."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from cryptoflow.clock import Clock
from cryptoflow.domain.breakers.breaker import Tell
from cryptoflow.domain.breakers.components import LIMITS, Kind
from cryptoflow.domain.breakers.limits import Limits
from cryptoflow.domain.breakers.registry import Breakers
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.settings import PREFIX, settings
from cryptoflow.spec.nearest import nearest

Told = Mapping[str, Mapping[str, int | float]]


def breakers(clock: Clock, tell: Tell) -> Breakers:
    """Return breakers that have opened nowhere yet."""
    return Breakers(clock.now, tell, limits_of(settings().breakers))


def limits_of(told: Told) -> dict[Kind, Limits]:
    """Return the numbers of every kind, some of them as they are told.

    >>> limits_of({"database": {"rest": 10_000}})[Kind.DATABASE].rest
    10000
    """
    known = {kind.value: kind for kind in Kind}
    names = [field.name for field in fields(Limits)]
    limits = dict(LIMITS)
    for kind, numbers in told.items():
        if kind not in known:
            raise _odd(_variable(kind), f"no kind of breaker is called {kind}", _offer(kind, [*known]))
        for name, number in numbers.items():
            if name not in names:
                raise _odd(_variable(kind, name), f"no number of a breaker is called {name}", _offer(name, names))
            try:
                changed: dict[str, Any] = {name: number}
                limits[known[kind]] = replace(limits[known[kind]], **changed)
            except ValueError as error:
                raise _odd(_variable(kind, name), str(error), "change it in the environment or in .env") from error
    return limits


def _offer(name: str, known: list[str]) -> str:
    near = nearest(name, known)
    return f"did you mean `{near}`?" if near else f"there are {', '.join(known)}"


def _variable(*names: str) -> str:
    return "__".join((f"{PREFIX}BREAKERS", *(name.upper() for name in names)))


def _odd(variable: str, what: str, fix: str) -> CryptoflowError:
    return CryptoflowError(f"{variable}: {what}", fix=fix, code=ExitCode.USAGE)
