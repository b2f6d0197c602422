"""What compiled code is made of: the functions that a function can reach, and the constants they read."""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

CONSTANTS = (bool, int, float, complex, str, bytes, Enum, np.generic, type(None))
"""What compiled code keeps the value of, as it was when it was compiled."""

MISSING = object()


def reached(functions: Iterable[Callable[..., Any]]) -> dict[FunctionType, list[str]]:
    """Return every plain function that `functions` can reach, wherever it stands, with the constants it reads."""
    found: dict[FunctionType, list[str]] = {}
    waiting = [function for function in functions if isinstance(function, FunctionType)]
    while waiting:
        function = waiting.pop()
        if function in found:
            continue
        constants = found[function] = []
        for name, value in values(function):
            if isinstance(value, FunctionType):
                waiting.append(value)
            elif isinstance(value, CONSTANTS):
                constants.append(f"{name} = {value!r}")
            elif isinstance(value, np.ndarray):
                constants.append(f"{name} = {value.dtype}{value.shape}{value.tobytes()!r}")
            elif isinstance(value, type) and hasattr(value, "_fields"):
                constants.append(f"{name}: {value._fields}")
    return found


def values(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield all that a function refers to beyond its arguments, and of modules and classes what it takes from them."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    names = list(dict.fromkeys(names_in(function.__code__)))
    known = [(name, function.__globals__[name]) for name in names if name in function.__globals__]
    known += [(name, cell.cell_contents) for name, cell in cells]
    known += [("defaults", function.__defaults__)]
    seen: set[int] = set()
    while known:
        name, value = known.pop()
        yield name, value
        if isinstance(value, tuple):
            known += [(f"{name}[{place}]", one) for place, one in enumerate(value)]
        elif isinstance(value, ModuleType | type) and id(value) not in seen:
            seen.add(id(value))
            inside = ((f"{name}.{each}", getattr(value, each, MISSING)) for each in names)
            known += [(each, one) for each, one in inside if one is not MISSING]


def names_in(code: CodeType) -> Iterator[str]:
    """Yield the names that code, and the code inside it, looks up."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from names_in(inner)


def written(code: CodeType) -> str:
    """Return code as text that changes with what it does, and not with where it stands.

    >>> written((lambda x: x + 1).__code__) == written((lambda x: x + 1).__code__)
    True
    >>> written((lambda x: x + 1).__code__) == written((lambda x: x + 2).__code__)
    False
    """
    consts = [written(each) if isinstance(each, CodeType) else repr(each) for each in code.co_consts]
    return repr((code.co_code, code.co_names, code.co_varnames, code.co_freevars, code.co_argcount, consts))


def ingredients(functions: Iterable[Callable[..., Any]]) -> Iterator[str]:
    """Yield what is compiled when `functions` are: each function's name, code and constants, in a fixed order.

    It is what runs in this process that counts, and not what stands in a file that was edited meanwhile.
    """
    found = reached(functions)
    for function in sorted(found, key=lambda one: (one.__module__, one.__qualname__, one.__code__.co_firstlineno)):
        yield f"{function.__module__}.{function.__qualname__} {written(function.__code__)} {sorted(found[function])}"


def files(functions: Iterable[Callable[..., Any]]) -> list[Path]:
    """Return the files that the functions reached stand in."""
    return sorted({Path(function.__code__.co_filename) for function in reached(functions)})
