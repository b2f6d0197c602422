"""Whether a strategy's stop has come nearer or gone farther, or its size has grown, told from expressions."""

import ast
from collections.abc import Mapping
from math import inf
from typing import Any, NamedTuple

from cryptoflow.pipelines.review.directions import FAR, LARGE, TAGS, Judgement, Tag
from cryptoflow.pipelines.review.magnitudes import parts

DISTANCES = ("stop_loss", "trailing_stop")
LEVELS = ("stop_at",)
SIZE = "size"


class Distance(NamedTuple):
    """A stop as a number times what changes from bar to bar; a share of the price has nothing of the latter."""

    times: float
    of: str


def distance(text: Any, params: Mapping[str, Any]) -> Distance | None:
    """A stop's distance with the parameters filled in; None for one that is no product.

    >>> distance("distance * atr(14)", {"distance": 2.5}), distance("2%", {})
    (Distance(times=2.5, of='atr(14)'), Distance(times=0.02, of='%'))
    >>> distance("atr(14) + 1", {})
    """
    if isinstance(text, str) and text.endswith("%"):
        share = parts(text)
        return None if share is None else Distance(share[0], "%")
    try:
        tree = ast.parse(str(text), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    return _product(tree, params)


def _product(tree: ast.expr, params: Mapping[str, Any]) -> Distance | None:
    match tree:
        case ast.BinOp(left, ast.Mult() | ast.Div() as op, right):
            one, other = _product(left, params), _product(right, params)
            if one is None or other is None or (isinstance(op, ast.Div) and (other.of or not other.times)):
                return None
            times = one.times / other.times if isinstance(op, ast.Div) else one.times * other.times
            return Distance(times, " * ".join(each for each in (one.of, other.of) if each))
        case ast.BinOp() | ast.UnaryOp():
            return None
        case ast.Constant(int() | float() as number):
            return Distance(float(number), "")
        case ast.Name(name) if name in params:
            value = parts(params[name])
            return None if value is None else Distance(value[0], "")
    return Distance(1.0, ast.unparse(_Filled(params).visit(tree)))


class _Filled(ast.NodeTransformer):
    def __init__(self, params: Mapping[str, Any]) -> None:
        self.params = params

    def visit_Name(self, node: ast.Name) -> ast.expr:  # ast's own way to name it
        return ast.Constant(self.params[node.id]) if node.id in self.params else node


def moved(before: Mapping[str, Any], after: Mapping[str, Any], key: str) -> Judgement | None:
    """What has become of a stop, given all values of its strategy before and after; None when nothing has."""
    one, other = before.get(key), after.get(key)
    if one is None and other is None:
        return None
    if one is None or other is None:
        said, says = (
            {each for each in (*DISTANCES, *LEVELS) if side.get(each) is not None} for side in (before, after)
        )
        stays = bool(said & says)
        if said and says and not stays:
            return Judgement(Tag.NEUTRAL, "another way to set the stop, which may be nearer or farther")
        if other is None:
            return Judgement(Tag.UP, "this stop is gone" if stays else "no stop of its own any more")
        return Judgement(Tag.DOWN, "a further stop" if stays else "a stop of its own")
    old, new = distance(one, _params(before)), distance(other, _params(after))
    if old is None or new is None or old.of != new.of:
        return None if (one, _params(before)) == (other, _params(after)) else Judgement(Tag.NEUTRAL, "logic changed")
    if old.times == new.times:
        return None
    times = new.times / old.times if old.times > 0 < new.times < inf else None
    way = 1 if new.times > old.times else -1
    return Judgement(TAGS[way], f"the stop is {FAR.said(way, times)} away")


def resized(before: Mapping[str, Any], after: Mapping[str, Any]) -> Judgement | None:
    """What has become of a strategy's own size; None when nothing has, or when it is said in one side only."""
    one, other = (distance(side.get(SIZE), _params(side)) for side in (before, after))
    if None in (before.get(SIZE), after.get(SIZE)) or one is None or other is None or one.of != other.of:
        return None
    if one.times == other.times:
        return None
    way = 1 if other.times > one.times else -1
    times = other.times / one.times if one.times > 0 < other.times < inf else None
    return Judgement(TAGS[way], f"an entry is {LARGE.said(way, times)}")


def _params(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key.removeprefix("with."): value for key, value in values.items() if key.startswith("with.")}
