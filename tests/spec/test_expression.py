"""What an expression means: its values, its graph, its warm-up, whatever text it is."""

import doctest
from collections.abc import Mapping, Sequence
from math import isnan, nan
from types import ModuleType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cryptoflow.domain import language
from cryptoflow.domain.graph import Graph, Kind, Node, Stream
from cryptoflow.domain.language import COLUMNS, WORDS, binary, compare
from cryptoflow.errors import CryptoflowError
from cryptoflow.spec import expression, nodes, scope, syntax
from cryptoflow.spec.expression import compile_expression, compile_strategy, evaluate_requirement
from cryptoflow.spec.nodes import MAX_NODES
from cryptoflow.spec.scope import Scope
from cryptoflow.spec.syntax import Text
from cryptoflow.spec.views import VIEWS
from tests.spec.expressions import FUNCTIONS, MINUTE, SCOPE, graph_of


def values_of(graph: Graph, bars: Sequence[Mapping[str, float]]) -> list[Any]:
    """The output bar by bar, as plainly as docs/strategies.md defines the nodes of one stream."""
    history: list[list[Any]] = []
    states: dict[int, Any] = {}
    for bar in bars:
        row: list[Any] = []
        for number, node in enumerate(graph.nodes):
            row.append(value_of(node, number, [row[x] for x in node.inputs], bar, history, states))
        history.append(row)
    return [row[graph.outputs["value"]] for row in history]


def value_of(
    node: Node, number: int, inputs: list[Any], bar: Mapping[str, float], history: list[Any], states: dict[int, Any]
) -> Any:
    match node.op:
        case "number":
            return bool(node.settings[0]) if node.kind is Kind.FLAG else node.settings[0]
        case "column":
            return bar[node.name]
        case "neg":
            return -inputs[0]
        case "not":
            return not inputs[0]
        case "and" | "or":
            return all(inputs) if node.op == "and" else any(inputs)
        case "add" | "sub" | "mul" | "div":
            return binary(node.op, *inputs)
        case "shift":
            ago = int(node.settings[0])
            missing = False if node.kind is Kind.FLAG else nan
            return history[-ago][node.inputs[0]] if ago <= len(history) else missing
        case "call":
            function = WORDS[node.name].function
            states[number] = function.step(states.get(number, function.state()), *map(float, inputs))
            return bool(states[number].value) if node.kind is Kind.FLAG else states[number].value
    return compare(node.op, *inputs)


def run(text: str, closes: Sequence[float]) -> list[Any]:
    return values_of(graph_of(text), [dict.fromkeys(COLUMNS, close) for close in closes])


def same(a: Sequence[Any], b: Sequence[Any]) -> bool:
    return len(a) == len(b) and all(x == y or (isnan(x) and isnan(y)) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("close[1]", [nan, 1.0, 3.0, 2.0]),
        ("close > close[1]", [False, True, False, False]),
        ("not close > close[1]", [True, False, True, True]),
        ("close != close[1]", [False, True, True, False]),
        ("(close > 2)[1]", [False, False, True, False]),
        ("1 < close <= 2", [False, False, True, True]),
        ("close / (close - 3)", [-0.5, nan, -2.0, -2.0]),
        ("-close + 2 * 3", [5.0, 3.0, 4.0, 4.0]),
        ("crosses_above(close, 2)", [False, True, False, False]),
        ("crosses_above(close, 1)", [False, True, False, False]),
        ("crosses_below(close, 2.5)", [False, False, True, False]),
        ("bars_since(close > 2)", [nan, 0.0, 1.0, 2.0]),
        ("max(close, 2, close[1])", [nan, 3.0, 3.0, 2.0]),
        ("if_else(close > 2, 10, close)", [1.0, 10.0, 2.0, 2.0]),
        ("sqrt(close - 2) > 0 or log(2 - close) <= 0", [True, True, False, False]),
        ("close > 1 or close < 9 and close > 2.5", [False, True, True, True]),
    ],
)
def test_an_expression_means_what_the_page_says(text: str, expected: list[Any]) -> None:
    assert same(run(text, [1.0, 3.0, 2.0, 2.0]), expected)


def test_a_missing_value_compares_false_whatever_the_operator() -> None:
    for sign in ("<", "<=", ">", ">=", "==", "!="):
        assert run(f"close[5] {sign} 1", [2.0]) == [False]


ARITHMETIC = st.recursive(
    st.sampled_from(["close", "open", "0.1", "3"]),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("-{}".format, inner),
        st.builds("max({}, {})".format, inner, inner),
        st.builds("if_else({} < {}, {}, 1)".format, inner, inner, inner),
        st.builds("exp({})".format, inner),
    ),
    max_leaves=8,
)


@given(text=ARITHMETIC, close=st.floats(-1e3, 1e3), open_=st.floats(-1e3, 1e3))
def test_what_is_folded_is_what_an_engine_would_have_computed(text: str, close: float, open_: float) -> None:
    params = Scope({"a": close, "b": open_})
    try:
        folded = compile_expression(Text(text.replace("close", "a").replace("open", "b")), params).nodes
        series = compile_expression(Text(text), Scope())
    except CryptoflowError as error:
        assert any(word in str(error) for word in ("divides by 0", "has no value", "too large"))
        return
    assert [node.op for node in folded] == ["number"]
    assert values_of(series, [{"close": close, "open": open_}]) == [folded[0].settings[0]]


def test_each_distinct_sub_expression_stands_once() -> None:
    lets = {"quick": Text("sma(close, fast)"), "calm": Text("sma(close, 2 * 13)")}
    graph = compile_strategy(
        {
            "enter_long": Text("quick > calm and quick > sma(close, 12.0)"),
            "exit_long": Text("not quick > sma(x=close, period=slow)"),
            "stop_loss": Text("macd(close).signal + macd(close) + macd(close).value"),
        },
        SCOPE,
        lets,
    )
    assert len(set(graph.nodes)) == len(graph.nodes)
    assert [node.settings for node in graph.nodes if node.name == "sma"] == [(12.0,), (26.0,)]
    assert [node.op for node in graph.nodes if node.name in ("macd", "signal")] == ["call", "field"]
    assert all(x < number for number, node in enumerate(graph.nodes) for x in node.inputs)


def test_only_what_an_output_needs_is_in_the_graph() -> None:
    graph = compile_strategy({"score": Text("close")}, SCOPE, {"unused": Text("sma(close, 9)")})
    assert graph.nodes == (Node("column", Kind.SERIES, name="close"),)
    assert graph.warmup == 0


@pytest.mark.parametrize(
    ("text", "bars"),
    [
        ("close > 1", 0),
        ("close[3]", 3),
        ("sma(close, 14)", 14),
        ("sma(sma(close, 14)[2], 10) > sma(close, 20)", 26),
        ("crosses_above(sma(close, 14), 3)", 15),
        ('tf("15m", close)', 3 + 2),
        ('tf("1h", sma(close, 14))[1]', (14 + 1) * 12 + 11 + 1),
        ('tf("1h", tf("4h", close))', ((0 + 1) * 4 + 3 + 1) * 12 + 11),
        ('of("BTC/USDT", sma(close, 14))', 14),
        ("rank(sma(close, 30))", 30),
        ("macd(close).signal", 10),
    ],
)
def test_warm_ups_add_along_a_chain(text: str, bars: int) -> None:
    assert graph_of(text).warmup == bars


def test_a_higher_timeframe_is_computed_on_its_own_bars_and_lifted() -> None:
    graph = graph_of('tf("1h", sma(close, 3))')
    hour = Stream(timeframe=60 * MINUTE)
    assert graph.nodes == (
        Node("column", Kind.SERIES, name="close", stream=hour),
        Node("call", Kind.SERIES, (0,), (3.0,), "sma", hour),
        Node("lift", Kind.SERIES, (1,)),
    )


def test_a_definition_is_its_expression_in_whatever_stream_its_name_stands() -> None:
    lets = {"quick": Text("sma(close, fast)"), "twice": Text("quick * 2")}
    graph = compile_strategy({"enter_long": Text('of("ETH/USDT", tf("1h", twice)) > twice')}, SCOPE, lets)
    streams = {node.stream for node in graph.nodes if node.name == "sma"}
    assert streams == {Stream(), Stream("ETH/USDT", 60 * MINUTE)}


def test_a_round_and_the_calendar_are_nodes_of_their_own() -> None:
    assert graph_of("rank(close)").nodes[-1] == Node("rank", Kind.SERIES, (0,))
    assert graph_of('every("7d")').nodes == (Node("every", Kind.FLAG, settings=(7 * 86_400_000.0,)),)


def test_a_requirement_is_asked_of_params_alone() -> None:
    assert evaluate_requirement(Text("fast < slow and max(fast, 3) < 20"), {"fast": 12, "slow": 26})
    assert not evaluate_requirement(Text("fast < slow"), {"fast": 30, "slow": 26})
    for text in ("close > fast", "sma(fast) > 1", 'every("7d")', "fast", "fast <"):
        with pytest.raises(CryptoflowError):
            evaluate_requirement(Text(text), {"fast": 30})


def test_definitions_that_multiply_stay_small_and_those_without_end_are_refused() -> None:
    doubled = {"x0": Text("close + 1")} | {f"x{i}": Text(f"x{i - 1} + x{i - 1}") for i in range(1, 500)}
    graph = compile_strategy({"enter_long": Text('tf("1h", x499) > x499')}, SCOPE, doubled)
    assert len(graph.nodes) < 1_010
    many = {f"x{i}": Text("close" + "".join(f" + {i}.{j}" for j in range(1, 50))) for i in range(30)}
    with pytest.raises(CryptoflowError, match=f"more than {MAX_NODES:,} distinct sub-expressions"):
        compile_strategy({}, SCOPE, many)


def test_what_a_spec_does_not_know_yet_is_not_checked() -> None:
    unknown = SCOPE._replace(timeframe=0, symbols=())
    graph = compile_expression(Text('of("DOGE/USDT", tf("1m", close)) > 1 and every("1s")'), unknown)
    assert Stream("DOGE/USDT", MINUTE) in {node.stream for node in graph.nodes}


NAMES = (*COLUMNS, *WORDS, *FUNCTIONS, *VIEWS, "fast", "n", "quick", "and", "or", "not", "lambda", "if", "True")
MARKS = (*"()[],.=+-*/<>!%{}:'\"\\#\n\x00~^&|@ 019", '"1h"', '"7d"', "==", "1e5", "ß", "🙂", "...")
PIECES = st.sampled_from([*NAMES, *MARKS])


@given(text=st.text() | st.lists(PIECES, max_size=30).map("".join) | st.lists(PIECES, max_size=30).map(" ".join))
@example(text="9" * 1_000)
@example(text="(" * 250)
@example(text='of("")')
def test_random_text_never_gives_a_traceback(text: str) -> None:
    try:
        graph = compile_strategy({"enter_long": Text(text)}, SCOPE, {"quick": Text(text)})
    except CryptoflowError as error:
        assert all(problem.what and problem.fix for problem in error.problems)
    else:
        assert graph.nodes[graph.outputs["enter_long"]].kind is Kind.FLAG


SERIES = st.recursive(
    st.sampled_from(["close", "volume", "fast", "2.5", "atr(14)"]),
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from("+-*"), inner),
        st.builds("abs({})[2]".format, st.just("close") | inner.map("close + {}".format)),
        st.builds("sma(close + {}, fast)".format, inner),
        st.builds('tf("1h", {})'.format, inner.filter(lambda text: "tf(" not in text)),
        st.builds('of("ETH/USDT", {})'.format, inner),
        st.builds("if_else({} > 3 and not every('7d'), {}, macd(high).signal)".format, inner, inner),
    ),
    max_leaves=6,
)


@given(text=SERIES)
def test_a_valid_expression_always_gives_the_same_graph(text: str) -> None:
    graph = graph_of(text)
    assert graph == graph_of(text)
    assert len(set(graph.nodes)) == len(graph.nodes)
    for number, node in enumerate(graph.nodes):
        inputs = [graph.nodes[x] for x in node.inputs]
        assert all(x < number for x in node.inputs)
        if node.op != "lift":
            assert {each.stream for each in inputs if each.op != "number"} <= {node.stream}


@pytest.mark.parametrize("module", [language, expression, nodes, scope, syntax])
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    outcome = doctest.testmod(module)
    assert outcome.attempted > 0
    assert outcome.failed == 0
