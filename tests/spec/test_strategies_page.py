"""The page for traders says what the code does: its strategy compiles, its mistakes give the messages it quotes."""

import re
from pathlib import Path

import pytest

from cryptoflow.domain.codes import SELL, Topic
from cryptoflow.domain.language import WORDS
from cryptoflow.domain.records import Bar, Held, Signal
from cryptoflow.domain.steps import Function
from cryptoflow.engine.plan import Outcome
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.backtest import WHOLE, decide
from cryptoflow.pipelines.history import load_history
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.plugins import registry
from cryptoflow.spec.document import parse
from cryptoflow.spec.expression import FLAGS, QUANTITIES, compile_expression, compile_strategy
from cryptoflow.spec.scope import Scope
from cryptoflow.spec.strategy_file import StrategyFile
from cryptoflow.spec.syntax import Text
from cryptoflow.spec.views import VIEWS
from tests.cli.projects import small

PAGE = (Path(__file__).parents[2] / "docs" / "strategies.md").read_text(encoding="utf-8")


def functions(name: str) -> Function | None:
    return registry.find("indicator", name).function() if name in registry.names("indicator") else None


SCOPE = Scope(
    {"fast": 12, "slow": 26}, functions, lambda: registry.names("indicator"), 60_000, ("BTC/USDT", "ETH/USDT")
)


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    table = PAGE.split(f" {heading}\n")[1].split("\n#")[0]
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def codes(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@pytest.mark.parametrize("row", rows("Common mistakes"), ids=lambda row: row[0])
def test_a_mistake_on_the_page_gives_the_message_on_the_page(row: list[str]) -> None:
    written, message, cure = row
    text = codes(written)[0]
    if text.startswith("{"):
        text = text[1:].split(": ")[1].split(",")[0]
    with pytest.raises(CryptoflowError) as caught:
        compile_expression(Text(text), SCOPE)
    assert caught.value.problems[0].what.startswith(message)
    mended = codes(cure)[-1]
    if ":" not in mended:
        compile_expression(Text(mended.removeprefix("stop_loss: ")), SCOPE)


def test_the_strategy_on_the_page_is_one() -> None:
    tree = parse(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0].encode(), "ema_cross.yaml").tree
    assert tree is not None
    lets = {name: Text.of(let) for name, let in tree.value["let"].children()}
    outputs = {key: Text.of(tree.value[key]) for key in ("enter_long", "exit_long", "stop_loss")}
    graph = compile_strategy(outputs, SCOPE, lets)
    assert set(graph.outputs) == {"enter_long", "exit_long", "stop_loss"}
    assert graph.warmup > 26


def test_every_key_and_function_is_on_the_page_and_every_example_compiles() -> None:
    table = {codes(row[0])[0]: codes(row[3]) for row in rows("Keys")}
    assert set(table) == set(StrategyFile.model_fields) - {"cryptoflow", "strategy"}
    assert {*FLAGS, *QUANTITIES} < set(table)
    for key in (*FLAGS, *QUANTITIES):
        for text in table[key]:
            if not text.endswith("%"):
                compile_strategy({key: Text(text)}, SCOPE)
    listed = {code.partition("(")[0] for row in rows("Functions of the language") for code in codes(row[0])}
    assert listed == {*WORDS, *VIEWS, "highest", "lowest"}


def python() -> str:
    """The strategy in Python on the page, as the file it lies in."""
    return re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]


def used(folder: Path, code: str) -> Path:
    """A small project that uses a strategy in Python."""
    spec = small(folder)
    text = spec.read_text().replace("{id: cross, file: strategies/cross.yaml}", "{id: dips, use: pullback}")
    spec.write_text(
        text.replace("strategies:", "plugins: [pullback.py]\ncapital: 2500 USDT\nstrategies:").replace(
            "warmup: 20\n", ""
        )
    )
    (spec.parent / "plugins").mkdir()
    (spec.parent / "plugins" / "pullback.py").write_text(code)
    return spec


def decided(spec: Path) -> Outcome:
    """What the event driver makes of a project."""
    resolved = resolve(spec, sets=["strategies.dips.with.slow=40", "sizing.share=4%"])
    history = load_history(resolved, WHOLE)
    return decide(plan_of(resolved, history.first_decisions), history, "event")


def test_the_strategy_in_python_on_the_page_trades_and_sells_in_parts(tmp_path: Path) -> None:
    tape = decided(used(tmp_path, python())).tape
    sold = tape[(tape["topic"] == Topic.FILL) & (tape["side"] == SELL)]
    assert len(sold) > (tape["topic"] == Topic.TRADE).sum() > 0


def test_every_field_it_is_given_is_on_the_page() -> None:
    for name, record in (("bar", Bar), ("held", Held), ("signal", Signal)):
        table = re.split(rf"\n\| {name} \|", PAGE)[1].split("\n\n")[0]
        listed = [code for line in table.splitlines()[2:] for code in codes(line.split("|")[1])]
        assert sorted(listed) == sorted(record.__slots__)


@pytest.mark.parametrize("row", rows("Mistakes in Python"), ids=lambda row: row[1])
def test_a_mistake_in_python_gives_the_message_on_the_page_with_its_line(row: list[str], tmp_path: Path) -> None:
    old, new = (re.sub(r", (?=\w+: )", ",\n        ", codes(cell)[0].strip()) for cell in row[:2])
    assert old in python()
    spec = used(tmp_path, python().replace(old, new, 1))
    with pytest.raises(CryptoflowError) as caught:
        decided(spec)
    (problem,) = caught.value.problems
    said = row[2].replace("`", "")
    assert problem.what.replace("`", "") in (f"strategy pullback: {said}", f"strategy pullback {said}")
    assert problem.where is not None
    assert problem.where.file.endswith("plugins/pullback.py")
    assert problem.where.line > 1
    assert problem.fix
