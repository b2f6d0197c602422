"""The valid name somebody most likely meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """The name among `known` that is closest to `name`, empty when none is as like it as `likeness` (1: the same).

    >>> nearest("stratgies", ["sizing", "strategies"]), nearest("x", ["sizing"])
    ('strategies', '')
    """
    names = {each.lower(): each for each in known}
    close = get_close_matches(name.lower(), names, n=1, cutoff=likeness)
    return names[close[0]] if close else ""


def suggestion(name: str, known: Iterable[str], noun: str = "") -> str:
    """The hint for an unknown name: the nearest, or all that there are.

    >>> suggestion("marke", ["market", "name"]), suggestion("x", ["market", "name"], "keys here")
    ('did you mean `market`?', 'keys here: market, name')
    """
    names = tuple(known)
    near = nearest(name, names)
    if near:
        return f"did you mean `{near}`?"
    return f"{noun or 'known names'}: {', '.join(names)}" if names else ""
