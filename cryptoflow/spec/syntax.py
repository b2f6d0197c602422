"""From the text of an expression to its tree: read by Python's `ast`, never run by it.

Before Python sees the text, every token is looked at: there the habits of other languages show (`&&`, `2%`, `=`),
and there it shows when a list or map of YAML has cut an expression in two.
"""

import ast
import re
from collections.abc import Callable
from itertools import pairwise
from keyword import iskeyword
from typing import NamedTuple

from cryptoflow.errors import Place, Problem
from cryptoflow.spec.durations import UNITS
from cryptoflow.spec.tree import Tree, spot

MAX_LENGTH = 2_000
MAX_DEPTH = 60

QUOTE_IT = 'inside { } or [ ] of YAML put the whole expression in quotes, like {a: "sma(close, n)"}'
TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<string>"[^"]*"|'[^']*')
    | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+(?![0-9A-Za-z_.]))?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<operator>===|!==|\*\*|//|&&|\|\||<=|>=|==|!=|=<|=>|<>|<<|>>|:=|->|[-+*/<>=(),.\[\]])
    | (?P<other>[^\x00-\x7f]+|.)""",
    re.VERBOSE | re.DOTALL,
)
SPELLED = {
    "&&": "and", "&": "and", "||": "or", "|": "or", "!": "not", "~": "not",
    "===": "==", "!==": "!=", "=<": "<=", "=>": ">=", "<>": "!=",
    "≤": "<=", "≥": ">=", "≠": "!=", "−": "-", "–": "-", "×": "*", "·": "*", "÷": "/",
    "“": '"', "”": '"', "„": '"', "‘": '"', "’": '"',
}  # fmt: skip
"""What this language writes where others, and word processors, write something else."""
REFUSED = {
    "**": "there is no power operator: write `x * x`, `sqrt(x)` or `exp(n * log(x))`",
    "^": "there is no power operator: write `x * x`, `sqrt(x)` or `exp(n * log(x))`",
    "//": "divide with `/`; the language has no whole-number division",
    ":=": "names are defined under `let:`",
    ":": "`x[1]` is one bar ago; a range of bars is what indicators are for, like `highest(x, 20)`",
    "?": "write if_else(flag, a, b)",
    "#": "an expression holds no comment: in YAML put it after the expression, or on a line of its own",
    "if": "write if_else(flag, a, b)",
    "else": "write if_else(flag, a, b)",
    "is": "compare with `==`",
    "in": "compare with `==` and join with `or`",
    "lambda": "name what you need under `let:`; an indicator of your own is a plugin",
    "for": "there are no loops: the expression is asked anew on every bar, `x[1]` is one bar ago",
    "True": "a flag that is always true is `close > 0`; leave a key out instead of setting it to false",
    "False": "a flag that is always true is `close > 0`; leave a key out instead of setting it to false",
    "None": "leave the key out instead",
}
PAIRS = {")": "(", "]": "["}


class Text(NamedTuple):
    """An expression as the spec has it; `where` finds the place of so many characters from an offset on."""

    text: str
    where: Callable[[int, int], Place] | None = None

    @classmethod
    def of(cls, tree: Tree) -> "Text":
        """The expression that a scalar of a spec holds, or is, as a number is one too."""
        text = tree.value if isinstance(tree.value, str) else tree.raw or str(tree.value)
        return cls(text, lambda offset, width: spot(tree, offset, width))

    @classmethod
    def at(cls, text: str, place: Place) -> "Text":
        """A text that stands at a place on one line, character by character."""
        return cls(text, lambda offset, width: place._replace(column=place.column + offset, width=width))

    def problem(self, what: str, start: int, end: int, fix: str = "") -> Problem:
        """A mistake in the characters from `start` to `end`."""
        return Problem(what, self.where(start, max(1, end - start)) if self.where else None, fix)


def shorten(text: str, length: int = 40) -> str:
    """Return the text on one line, cut when it is long.

    >>> shorten("close >  open", 8)
    'close >…'
    """
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"


class Token(NamedTuple):
    """A word, number, string or operator of an expression, and the character at which it starts."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The character after it."""
        return self.start + len(self.text)


def parse(text: Text, problems: list[Problem]) -> ast.expr | None:
    """Return the tree of an expression, its columns those of the text, or None and what is wrong."""
    if len(text.text) > MAX_LENGTH:
        what = f"the expression has {len(text.text):,} characters, at most {MAX_LENGTH:,} are read"
        problems.append(text.problem(what, 0, 1, "name its parts under `let:`"))
        return None
    found = [
        Token(match.lastgroup or "", match[0], match.start())
        for match in TOKEN.finditer(text.text)
        if match.lastgroup != "space"
    ]
    if not found:
        problems.append(text.problem("the expression is empty", 0, 1, "write one, or leave the key out"))
        return None
    mistakes = _odd_tokens(text, found) or _brackets(text, found) or _neighbours(text, found)
    if not mistakes:
        tree = _tree(text, found, mistakes)
        if tree is not None and _depth(tree) <= MAX_DEPTH:
            return tree
        if tree is not None:
            what = f"the expression is nested more than {MAX_DEPTH} deep"
            mistakes.append(text.problem(what, found[0].start, found[-1].end, "name its parts under `let:`"))
    problems.extend(mistakes)
    return None


def _odd_tokens(text: Text, tokens: list[Token]) -> list[Problem]:
    problems = []
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else Token("", "", 0)
        if before.kind == "number" and token.kind == "name" and before.end == token.start:
            both = before.text + token.text
            what = f"`{both}` is neither a number nor a name"
            fix = "a number is written in digits, like 1000 or 0.02, and a product with `*`"
            if token.text in UNITS:
                fix = f'a duration stands in quotes, inside tf() or every(): "{both}"'
            problems.append(text.problem(what, before.start, token.end, fix))
        elif complaint := _complaint(tokens, index):
            problems.append(text.problem(complaint[0], token.start, token.end, complaint[1]))
    return problems


def _complaint(tokens: list[Token], index: int) -> tuple[str, str] | None:
    """What is wrong with a token, and what to write."""
    token, before = tokens[index], tokens[index - 1] if index else None
    word = token.text
    refused = f"`{word}` is not part of the expression language"
    if word in SPELLED:
        return refused, f"write `{SPELLED[word]}`"
    if word == "%":
        share = before.text if before is not None and before.kind == "number" else "2"
        return (
            "`%` does not stand inside an expression: it could mean a share or a remainder",
            f"write {float(share) / 100:.10g} for {share}%, as in `close * {float(share) / 100:.10g}`",
        )
    if word == "=":
        return None if _names_argument(tokens, index) else ("`=` sets nothing here", "compare with `==`")
    if token.kind == "name" and word not in ("and", "or", "not"):
        if word.lower() in ("and", "or", "not"):
            return refused, f"write `{word.lower()}`"
        if iskeyword(word):
            return refused, REFUSED.get(word, "use another name")
    if token.kind == "string" and before is not None and before.kind == "name" and before.end == token.start:
        return f"`{before.text}{shorten(word)}` is no plain text", "remove the letters before the quote"
    if token.kind == "other" or word in REFUSED or word in ("<<", ">>", "->"):
        if word in "\"'":
            return "this quote is never closed", "close it on the same line"
        shown = shorten(word) if word.isprintable() else ascii(word)[1:-1]
        return f"`{shown}` is not part of the expression language", REFUSED.get(word, "remove it")
    if token.kind == "string" and not word.isprintable():
        return "this text holds a character that cannot be printed", "remove it"
    return None


def _names_argument(tokens: list[Token], index: int) -> bool:
    """Whether the `=` at `index` follows the name of an argument of a call."""
    if index < 3 or tokens[index - 1].kind != "name" or tokens[index - 2].text not in ("(", ","):
        return False
    depth = 0
    for at in range(index - 1, 0, -1):
        depth += (tokens[at].text in (")", "]")) - (tokens[at].text in ("(", "["))
        if depth < 0:
            return tokens[at].text == "(" and tokens[at - 1].kind == "name"
    return False


def _brackets(text: Text, tokens: list[Token]) -> list[Problem]:
    opened: list[Token] = []
    for token in tokens:
        if token.kind != "operator":
            continue
        if token.text in PAIRS.values():
            opened.append(token)
        elif token.text in PAIRS:
            if not opened or opened[-1].text != PAIRS[token.text]:
                what = f"this `{token.text}` closes no `{PAIRS[token.text]}`"
                return [text.problem(what, token.start, token.end, f"remove it, or open it; {QUOTE_IT}")]
            opened.pop()
    if opened:
        what = f"this `{opened[-1].text}` is never closed"
        return [text.problem(what, opened[-1].start, opened[-1].end, f"close it; {QUOTE_IT}")]
    return []


def _neighbours(text: Text, tokens: list[Token]) -> list[Problem]:
    """Two operands with nothing between them."""
    problems = []
    for left, right in pairwise(tokens):
        ends = left.kind in ("number", "string") or left.text in (")", "]") or _is_name(left)
        starts = right.kind in ("number", "string") or _is_name(right)
        if (ends and starts) or (left.kind == "number" and right.text in ("(", "[")):
            what = f"something is missing between `{shorten(left.text)}` and `{shorten(right.text)}`"
            problems.append(text.problem(what, right.start, right.end, "an operator or a comma"))
    return problems


def _is_name(token: Token) -> bool:
    return token.kind == "name" and token.text not in ("and", "or", "not")


def _tree(text: Text, tokens: list[Token], problems: list[Problem]) -> ast.expr | None:
    """What Python makes of it; line breaks count as blanks, so that all columns lie on one line."""
    indent = tokens[0].start
    line = re.sub(r"\s", " ", text.text[indent:])
    try:
        tree = ast.parse(line, mode="eval").body
    except SyntaxError as error:
        at = indent + (error.offset or 0) - 1
        token = next((token for token in tokens if token.start <= at < token.end), None)
        if token is None:
            what, fix = "the expression ends too early", f"something must follow `{tokens[-1].text}`"
            problems.append(text.problem(what, tokens[-1].start, tokens[-1].end, fix))
        else:
            what = f"`{shorten(token.text)}` cannot stand here"
            fix = "something is missing before it, or it is too much"
            problems.append(text.problem(what, token.start, token.end, fix))
        return None
    except (RecursionError, MemoryError, ValueError):
        what, fix = "the expression is nested too deep", "name its parts under `let:`"
        problems.append(text.problem(what, tokens[0].start, tokens[-1].end, fix))
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.keyword):
            node.col_offset += indent
            node.end_col_offset = (node.end_col_offset or 0) + indent
    return tree


def _depth(tree: ast.expr) -> int:
    depth, level = 0, list[ast.AST]([tree])
    while level:
        depth += 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return depth
