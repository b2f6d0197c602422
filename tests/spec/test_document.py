"""Reading YAML: 1.2 rules, a place for everything, and nothing a file can do to bring the reader down."""

from os import mkfifo
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.errors import Place
from cryptoflow.spec.document import Document, load, parse
from cryptoflow.spec.scalars import scalar
from cryptoflow.spec.tree import Tree, merge, spot
from cryptoflow.spec.writing import to_yaml


def tree(text: str) -> Tree:
    document = parse(text.encode(), "spec.yaml")
    assert document.tree is not None, document.problems
    return document.tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("on", "on"), ("off", "off"), ("no", "no"), ("yes", "yes"), ("12:30", "12:30"), ("1_000", "1_000")),
        *(("1e-3", 0.001), ("010", 10), ("0x1F", 31), ("0o17", 15), (".5", 0.5), ("-7", -7), ("1.10", 1.1)),
        *(("true", True), ("False", False), ("null", None), ("~", None), ("", None)),
        *(("2023-01-01", "2023-01-01"), ("5m", "5m"), ("2%", "2%"), ("9" * 400, "9" * 400)),
    ],
)
def test_plain_scalars_mean_what_people_expect(text: str, value: object) -> None:
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


def test_every_value_and_key_knows_its_place() -> None:
    market = tree("name: x\nmarket: {symbols: [BTC/USDT, ETH/USDT]}\n").at(("market",))
    assert market is not None
    second = market.at(("symbols", 1))
    assert second is not None
    assert (second.place.line, second.place.column, second.place.width) == (2, 30, 8)
    assert market.key is not None
    assert (market.key.line, market.key.column) == (2, 1)


@pytest.mark.parametrize(
    "text",
    [
        "x: close > opem",
        'x: "close > opem"',
        "x: >-\n  close >\n  opem\n",
        "x: |\n  close\n\n  > opem\n",
        "x: close\n  > opem\n",
        'x: "\\"close\\" > opem"',
    ],
    ids=["plain", "quoted", "folded", "literal", "over lines", "escaped"],
)
def test_a_character_inside_a_text_has_a_place(text: str) -> None:
    leaf = tree(text).at(("x",))
    assert leaf is not None
    place = spot(leaf, str(leaf.value).index("opem"), 4)
    assert text.splitlines()[place.line - 1][place.column - 1 :].startswith("opem")


def test_merging_is_deep_for_maps_and_remembers_what_was_beaten() -> None:
    merged = merge(tree("a: {b: 1, c: 2}\nd: [1, 2]"), tree("a: {b: 3}\nd: [9]"))
    assert merged.plain() == {"a": {"b": 3, "c": 2}, "d": [9]}
    winner = merged.at(("a", "b"))
    assert winner is not None
    assert [loser.value for loser in winner.beat] == [1]


def test_an_alias_repeats_what_it_names() -> None:
    assert tree("a: &x {b: [1]}\nc: *x\n").plain() == {"a": {"b": [1]}, "c": {"b": [1]}}


def test_a_file_in_the_current_folder_is_shown_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text("a: 1\na: 2\n")
    (problem,) = load(tmp_path / "spec.yaml").problems
    assert str(problem.where) == "spec.yaml:2:1"


def test_a_file_nobody_may_read_is_a_problem() -> None:
    def locked(_file: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    (problem,) = load(Path("spec.yaml"), read=locked).problems
    assert problem.what == "spec.yaml cannot be read: Permission denied"


@pytest.mark.parametrize("kind", ["device", "pipe", "large file"])
def test_only_files_of_a_sensible_size_are_read(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "base.yaml"
    if kind == "device":
        file.symlink_to("/dev/zero")
    elif kind == "pipe":
        mkfifo(file)
    else:
        file.write_text("a: 1\n" * 300_000)
    asked = Place("spec.yaml", 3, 11, "extends: [base.yaml]")
    (problem,) = load(file, asked=asked).problems
    assert problem.where == asked
    assert ("is larger than 1000 kB" if kind == "large file" else "it is a device or a pipe") in problem.what


@pytest.mark.parametrize("text", ["[" * 900_000, "- " * 400_000, "a: " * 300_000, "? " * 400_000, "{" * 900_000])
def test_deep_nesting_is_refused_at_once(text: str) -> None:
    assert parse(text.encode(), "spec.yaml").problems


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(alphabet="abon~1.", min_size=1), VALUES, min_size=1, max_size=4))
def test_what_is_written_is_read_back_the_same(values: dict[str, object]) -> None:
    document = parse(to_yaml(values).encode(), "spec.yaml")
    assert not document.problems
    assert document.tree is not None
    assert document.tree.plain() == values


def _is_sound(document: Document) -> bool:
    return (document.tree is not None) or bool(document.problems)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_tree_or_a_problem(content: bytes) -> None:
    assert _is_sound(parse(content, "spec.yaml"))


@given(st.text(alphabet="ab:,-[]{}&*!|>'\"%@`#?\n \t1.~<=\\", max_size=60))
def test_any_yaml_like_text_gives_a_tree_or_a_problem(text: str) -> None:
    document = parse(text.encode(), "spec.yaml")
    assert _is_sound(document)
    for problem in document.problems:
        assert str(problem)
