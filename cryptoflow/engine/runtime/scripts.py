"""A strategy in Python asked as plain Python: what it may answer, and what is told where it goes wrong."""

from collections.abc import Callable
from linecache import getline
from numbers import Integral, Real
from pathlib import Path
from traceback import extract_tb
from typing import Any

from cryptoflow.domain.steps import Script
from cryptoflow.errors import CryptoflowError, Place
from cryptoflow.spec.document import display

RAISED = (ArithmeticError, AssertionError, AttributeError, LookupError, NameError, RuntimeError, TypeError, ValueError)
"""What a guest's verb may raise where compiled code goes on with a number that is none."""

TAKEN: dict[type[Any], type[Any]] = {float: Real, int: Integral, bool: Real}
"""What a field of a state takes in compiled code, by what it is said to be; anything else stays what it is."""


def asking(script: Script) -> Callable[..., Any]:
    """Let a strategy in Python that raises, or answers what is no state, end the run with its line."""
    decide, state, kinds = script.decide, script.state, script.kinds

    def ask(*given: Any) -> Any:
        try:
            answer = decide(*given)
        except RAISED as error:
            what = f"strategy {script.name} raised {type(error).__name__}: {error}"
            fix = "mend it, or let it say nothing where it cannot know"
            raise CryptoflowError(what, where=where(decide, error), fix=fix) from error
        if type(answer) is not state:
            what = f"strategy {script.name}: decide returned {said(answer)}, but is to return its State"
            raise CryptoflowError(what, where=where(decide), fix="`return state` where nothing is to be remembered")
        for value, kind in zip(answer, kinds, strict=True):
            if type(value) is not kind:
                return state(*(settled(script, *each) for each in zip(state._fields, answer, kinds, strict=True)))
        return answer

    return ask


def settled(script: Script, field: str, value: object, kind: type[Any]) -> object:
    """Return a field of a state as compiled code keeps it, where the whole state is numbers; a fraction is no count."""
    if kind not in TAKEN:
        return value
    if not isinstance(value, TAKEN[kind]):
        what = f"strategy {script.name}: {field} of its State is {kind.__name__}, but decide returned {said(value)}"
        fix = "let the field be a float" if isinstance(value, Real) else "return what its State says"
        raise CryptoflowError(what, where=where(script.decide), fix=fix)
    return value != 0 if kind is bool else kind(value)


def said(value: object) -> str:
    """Return a value with what it is.

    >>> said(None), said(0.5)
    ('nothing', '0.5, a float')
    """
    if value is None:
        return "nothing"
    kind = type(value).__name__
    return f"{value!r}, {'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def where(decide: Callable[..., Any], error: BaseException | None = None) -> Place:
    """Return the line of a strategy's file that raised, or on which it begins."""
    code = decide.__code__
    frames = extract_tb(error.__traceback__) if error is not None else []
    lines = [frame.lineno for frame in frames if frame.filename == code.co_filename and frame.lineno]
    line = lines[-1] if lines else code.co_firstlineno
    text = getline(code.co_filename, line).rstrip("\n")
    indent = len(text) - len(text.lstrip())
    return Place(display(Path(code.co_filename)), line, indent + 1, text, max(1, len(text) - indent))
