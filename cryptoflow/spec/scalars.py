"""What a plain scalar means in YAML 1.2: null, a switch, a number, or text."""

import re

from cryptoflow.spec.tree import Scalar

WORDS: dict[str, Scalar] = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"]),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
}
INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
FRACTION = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
LONGEST_NUMBER = 300


def scalar(text: str) -> Scalar:
    """The value of a plain scalar; numbers that are not finite come back as floats that are not finite.

    >>> scalar("on"), scalar("1e-3"), scalar("12:30"), scalar("010"), scalar("~")
    ('on', 0.001, '12:30', 10, None)
    """
    if text in WORDS:
        return WORDS[text]
    if len(text) > LONGEST_NUMBER:
        return text
    if INTEGER.fullmatch(text):
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    if FRACTION.fullmatch(text):
        return float(text)
    if NO_NUMBER.fullmatch(text):
        return float(text.lower().replace(".", ""))
    return text
