"""What the expression language refuses, how it says so, and where it points."""

import pytest

from cryptoflow.errors import CryptoflowError
from cryptoflow.spec import document
from cryptoflow.spec.expression import compile_expression, compile_strategy
from cryptoflow.spec.syntax import MAX_DEPTH, MAX_LENGTH, Text
from tests.spec.expressions import SCOPE, problems_of

LOOKS_AHEAD = [
    (
        "close[-1]",
        "`close[-1]` looks into the future",
        "`close` is the bar that just closed, `close[1]` the one before",
    ),
    ("close[n]", "`close[n]` looks into the future", "`close` is the bar that just closed, `close[1]` the one before"),
    ("close[fast - slow]", "`close[fast - slow]` looks into the future", "`close[1]` the one before"),
    ("close[0.5 - 1]", "`close[0.5 - 1]` looks into the future", "`close[1]` the one before"),
    ("close[2][-1]", "`close[2][-1]` looks into the future", "`close[2]` is the bar that just closed"),
    ("close[-5:]", "`:` is not part of the expression language", "`x[1]` is one bar ago"),
    ("close[bars_since(close > open) - 3]", "how many bars ago must be the same on every bar", "a param"),
    ("highest(close, n)", "highest: period is -1, but must be at least 1", "highest(x, period)"),
    ("highest(close[n], 5)", "`close[n]` looks into the future", "`close[1]` the one before"),
    ('tf("1m", close)', "1m is lower than 5m, the timeframe it stands in", "tf() only goes up"),
    ('tf("1h", tf("15m", close))', "15m is lower than 1h, the timeframe it stands in", "tf() only goes up"),
    ('tf("1h", close[-1])', "`close[-1]` looks into the future", "`close[1]` the one before"),
    ('of("BTC/USDT", close)[-1]', "looks into the future", "the one before"),
    ("close.shift(-1)", "`close.shift` cannot be called", "`close[1]` is one bar ago"),
    ("shift(close, -1)", "no function is called `shift`", "`close[1]` is one bar ago"),
    ("next(close)", "no function is called `next`", "what comes next is not known"),
    ("(lambda i: close[i])(-1)", "`lambda` is not part of the expression language", "`let:`"),
    ("max(x for x in close)", "`for` is not part of the expression language", "there are no loops"),
    ("rank(tomorrow)", "nothing is called `tomorrow`", "known here: open, high, low, close, volume"),
    ('every("-1d")', '"-1d": a duration is expected here', "write a whole number and one of ms s m h d w"),
]


@pytest.mark.parametrize(("text", "what", "fix"), LOOKS_AHEAD)
def test_a_look_into_the_future_cannot_be_written(text: str, what: str, fix: str) -> None:
    first = problems_of(text)[0]
    assert what in first.what
    assert fix in first.fix


REFUSED = [
    ("close and 3", "`and` joins flags, but `close` is a series", "compare it with something, like `close > 0`", 1),
    ("sma(close > 3, 9)", "`x` of sma(x, period) is a series, but `close > 3` is a flag", "if_else(close > 3,", 5),
    ("1 + (close > 1)", "`+` takes numbers and series, but `close > 1` is a flag", "if_else(close > 1, 1, 0)", 6),
    ("if_else(close, 1, 2)", "`flag` of if_else(flag, a, b) is a flag, but `close` is a series", "close > 0", 9),
    ("sma(14)", "`x` of sma(x, period) is a series, but `14` is a number", "like `sma(close, 14)`", 5),
    ("sma(close, close)", "`period` of sma must be the same on every bar, but `close` is a series", "a param", 12),
    ("sma(close, 2.5)", "`period` of sma is a whole number, not 2.5", "count in bars", 12),
    ("sma(close, 3, 4)", "`4` is one argument too many", "it is sma(x, period)", 15),
    ("sma(close, perod=3)", "there is no argument `perod`", "did you mean `period`? it is sma(x, period)", 12),
    ("sma(close, x=close)", "`x` is given twice", "it is sma(x, period)", 12),
    ("sma()", "`sma` lacks `x`", "it is sma(x, period)", 1),
    ("smaa(close)", "no function is called `smaa`", "did you mean `sma`?", 1),
    ("Close > 1", "nothing is called `Close`", "did you mean `close`?", 1),
    ("sma > 1", "`sma` is a function", "call it: `sma(x, period)`", 1),
    ("macd(close).sginal", "`macd` has no output `sginal`", "did you mean `signal`?", 13),
    ("close.high", "`close` is no indicator with outputs", "like `macd(close).signal`", 1),
    ('tf("1h", macd(close)).signal', "is no indicator with outputs", '`tf("1h", macd(close).signal)`', 1),
    ('tf("5m", close)', "5m is the timeframe it stands in", "leave tf() out", 4),
    ('tf("1h", rank(close))', "rank() compares the symbols of a round", '`rank(tf("1d", x))`', 10),
    ('of("BTC/USD", close)', '"BTC/USD" is no symbol of this spec', 'did you mean "BTC/USDT"?', 4),
    ("tf(1h, close)", "`1h` is neither a number nor a name", '"1h"', 4),
    ('every("1m")', '"1m" is shorter than a bar', "true on every bar", 7),
    ('close > "3"', 'the text "3" has no value', "text stands only in tf", 9),
    ("close > 2%", "`%` does not stand inside an expression", "write 0.02 for 2%, as in `close * 0.02`", 10),
    ("close % 3 > 1", "`%` does not stand inside an expression", "0.02", 7),
    ("close = 3", "`=` sets nothing here", "compare with `==`", 7),
    ("close && open", "`&&` is not part of the expression language", "write `and`", 7),
    ("!close", "`!` is not part of the expression language", "write `not`", 1),
    ("close > 1 AND open > 1", "`AND` is not part of the expression language", "write `and`", 11),
    ("close ** 2", "`**` is not part of the expression language", "there is no power operator", 7),
    ("close // 2", "`//` is not part of the expression language", "divide with `/`", 7),
    ("close is 3", "`is` is not part of the expression language", "compare with `==`", 7),
    ("1 if close > 2 else 3", "`if` is not part of the expression language", "if_else(flag, a, b)", 3),
    ("(a := 3)", "`:=` is not part of the expression language", "`let:`", 4),
    ("close ≥ 3", "`≥` is not part of the expression language", "write `>=`", 7),
    ("close, open", "`close, open` is a list", "an expression is one value", 1),
    ("f'{close}'", "is no plain text", "remove the letters", 2),
    ("sma(*close)", "`*close` is no argument", "write them one by one", 5),
    ("close 3", "something is missing between `close` and `3`", "an operator or a comma", 7),
    ("close >", "the expression ends too early", "something must follow `>`", 7),
    ("close > * 3", "`*` cannot stand here", "something is missing before it", 9),
    ("sma(close", "this `(` is never closed", "put the whole expression in quotes", 4),
    ("14)", "this `)` closes no `(`", "put the whole expression in quotes", 3),
    ("1 / (fast - 12)", "`1 / (fast - 12)` divides by 0", "0 on every bar", 6),
    ("1e999", "`1e999` is too large", "", 1),
    ("close[10001]", "10,001 bars ago is more than 10,000", "a higher timeframe", 7),
    ("fast[1]", "`fast` is the same on every bar", "write `fast` alone", 1),
    ("crosses_above(1, 2)", "nothing in `crosses_above(1, 2)` changes from bar to bar", "crosses_above(a, b)", 1),
    ("sma(close, 9999999)", "looks back on more than 1,000,000 bars", "a higher timeframe", 1),
    ("true", "`true` is not part of the expression language", "`close > 0`", 1),
    ("close > 1 # up", "`#` is not part of the expression language", "no comment", 11),
    ("   ", "the expression is empty", "leave the key out", 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "what", "fix", "column"), REFUSED)
def test_a_mistake_says_what_where_and_how_to_mend_it(text: str, what: str, fix: str, column: int) -> None:
    first = problems_of(text)[0]
    assert what in first.what
    assert fix in first.fix
    assert first.where is not None
    assert str(first.where) == f"strategies/x.yaml:9:{14 + column}"


def test_a_mistake_is_shown_with_a_caret_under_it() -> None:
    assert str(problems_of("close > clsoe + 1")[0]).splitlines() == [
        "strategies/x.yaml:9:23: nothing is called `clsoe`",
        "    9 |   enter_long: close > clsoe + 1",
        "      |                       ^^^^^",
        "hint: did you mean `close`?",
    ]


@pytest.mark.parametrize(
    ("yaml", "place"),
    [
        ('enter_long: "close > clsoe"', "x.yaml:1:22"),
        ("enter_long: >\n  close >\n  clsoe\n", "x.yaml:3:3"),
        ("{enter_long: 'rank(clsoe)'}", "x.yaml:1:20"),
    ],
)
def test_a_mistake_in_a_quoted_or_folded_text_is_found_in_the_file(yaml: str, place: str) -> None:
    tree = document.parse(yaml.encode(), "x.yaml").tree
    assert tree is not None
    written = tree.get("enter_long")
    assert written is not None
    with pytest.raises(CryptoflowError) as caught:
        compile_expression(Text.of(written), SCOPE)
    assert str(caught.value.problems[0].where) == place


def test_all_mistakes_of_all_expressions_are_told_at_once() -> None:
    with pytest.raises(CryptoflowError) as caught:
        compile_strategy(
            {"enter_long": Text("close"), "stop_loss": Text("2 * art(14)"), "exit_long": Text("quick > lowest(1)")},
            SCOPE,
            {"quick": Text("sma(clsoe, 14)"), "close": Text("3")},
        )
    assert [problem.what for problem in caught.value.problems] == [
        "nothing is called `clsoe`",
        "`close` is a column of every bar",
        "enter_long is a flag, but `close` is a series",
        "no function is called `art`",
        "no function is called `lowest`",
    ]


@pytest.mark.parametrize(
    ("lets", "what"),
    [
        ({"a": "a[1] + close"}, "`a` is defined by itself"),
        ({"a": "b + 1", "b": "a + 1"}, "`a` and `b` need each other"),
        ({"a": "b + 1", "b": "close"}, "`b` is defined further down"),
        ({"a": "close + c"}, "nothing is called `c`"),
        ({"fast": "close"}, "`fast` is a param too"),
        ({"a b": "close"}, "`a b` is no name: letters, digits and underscores, a letter first"),
        ({"a": "rank(close)", "b": 'tf("1h", a)'}, "`a` cannot be read here: rank() compares the symbols of a round"),
    ],
)
def test_a_definition_rests_on_earlier_ones_only(lets: dict[str, str], what: str) -> None:
    with pytest.raises(CryptoflowError) as caught:
        compile_strategy({}, SCOPE, {name: Text(text) for name, text in lets.items()})
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].what.startswith(what)


@pytest.mark.parametrize(
    ("key", "text", "fix"),
    [
        ("stop_loss", "0.02", "write 2% for a share of the price"),
        ("take_profit", "fast - slow", "leave the key out"),
        ("size", "500", "1 is all of it"),
        ("stop_at", "close > 1", "if_else"),
        ("add_when", "close", "compare it with something"),
    ],
)
def test_an_output_has_the_kind_and_the_sense_of_its_key(key: str, text: str, fix: str) -> None:
    with pytest.raises(CryptoflowError) as caught:
        compile_strategy({key: Text(text)}, SCOPE)
    assert key in caught.value.problems[0].what
    assert fix in caught.value.problems[0].fix


def test_a_text_of_any_size_ends_in_a_sentence() -> None:
    assert f"at most {MAX_LENGTH:,} are read" in problems_of("1+" * MAX_LENGTH)[0].what
    for text in ("-" * 1_900 + "1", "(" * 900 + "1" + ")" * 900, "abs(" * 400 + "1" + ")" * 400, "[" * 400):
        assert len(problems_of(text)) == 1
    assert f"more than {MAX_DEPTH} deep" in problems_of("+1" * 900)[0].what
