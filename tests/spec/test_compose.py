"""What wins when files, overlays and options say different things, and what it beat."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cryptoflow.spec.compose import Composition, compose
from cryptoflow.spec.secrets import looks_secret
from cryptoflow.spec.tree import Tree

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    monkeypatch.chdir(tmp_path)

    def files(**texts: str) -> Path:
        for name, text in texts.items():
            file = Path(name.replace("__", "/").replace("_yaml", ".yaml").replace("DOT", "."))
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        return Path("spec.yaml")

    return files


def plain(composed: Composition) -> object:
    assert not composed.problems, composed.problems
    assert composed.tree is not None
    return composed.tree.plain()


def at(composed: Composition, *path: str | int) -> Tree:
    assert composed.tree is not None
    found = composed.tree.at(path)
    assert found is not None
    return found


def test_the_file_beats_what_it_extends_and_later_bases_beat_earlier_ones(write: Write) -> None:
    spec = write(
        one_yaml="a: 1\nb: {x: 1, y: 1}\nc: [1, 2]\n",
        two_yaml="a: 2\nb: {y: 2}\n",
        spec_yaml="extends: [one.yaml, two.yaml]\na: 3\nc: [9]\n",
    )
    assert plain(compose(spec)) == {"a": 3, "b": {"x": 1, "y": 2}, "c": [9]}


def test_a_value_remembers_all_it_beat_from_the_strongest_on(write: Write) -> None:
    spec = write(
        one_yaml="a: 1\n",
        two_yaml="a: 2\n",
        spec_yaml="extends: [one.yaml, two.yaml]\na: 3\n",
        specDOTtest_yaml="a: 4\n",
    )
    winner = at(compose(spec, env="test", sets=["a=5"]), "a")
    history = [(each.value, each.place.file, each.place.line) for each in (winner, *winner.beat)]
    assert history == [
        (5, "--set", 1),
        (4, "spec.test.yaml", 1),
        (3, "spec.yaml", 2),
        (2, "two.yaml", 1),
        (1, "one.yaml", 1),
    ]


def test_extends_may_name_one_file_and_starts_at_its_own_folder(write: Write) -> None:
    spec = write(
        parts__inner_yaml="a: 1\n", parts__outer_yaml="extends: inner.yaml\n", spec_yaml="extends: parts/outer.yaml\n"
    )
    composed = compose(spec)
    assert plain(composed) == {"a": 1}
    assert [str(file) for file in composed.files] == ["spec.yaml", "parts/outer.yaml", "parts/inner.yaml"]


def test_two_ways_to_the_same_base_are_no_circle(write: Write) -> None:
    spec = write(
        base_yaml="a: 1\n",
        one_yaml="extends: base.yaml\n",
        two_yaml="extends: base.yaml\n",
        spec_yaml="extends: [one.yaml, two.yaml]\n",
    )
    assert plain(compose(spec)) == {"a": 1}


def test_extending_without_end_is_refused(write: Write) -> None:
    doubling = {f"n{n}_yaml": f"extends: [n{n + 1}.yaml, n{n + 1}.yaml]\n" for n in range(20)}
    spec = write(**doubling, n20_yaml="a: 1\n", spec_yaml="extends: n0.yaml\n")
    assert [problem.what for problem in compose(spec).problems] == ["the spec extends more than 50 files"]


def test_the_overlay_beside_the_spec_is_chosen_before_the_shared_one(write: Write) -> None:
    spec = write(spec_yaml="a: 1\n", env__test_yaml="a: 2\n", specDOTtest_yaml="a: 3\n", env__ci_yaml="a: 4\n")
    assert plain(compose(spec, env="test")) == {"a": 3}
    assert plain(compose(spec, env="ci")) == {"a": 4}


def test_an_overlay_name_cannot_leave_its_folder(write: Write) -> None:
    spec = write(spec_yaml="a: 1\n")
    (problem,) = compose(spec, env="../secret").problems
    assert problem.what == "`../secret` cannot name an overlay"


def test_set_reaches_into_lists_by_position_and_by_id(write: Write) -> None:
    spec = write(spec_yaml="s: [{id: a, n: 1}, {id: b, n: 1}]\n")
    assert plain(compose(spec, sets=["s.b.n=2", "s.0.n=3"])) == {"s": [{"id": "a", "n": 3}, {"id": "b", "n": 2}]}


def test_set_makes_the_blocks_it_needs_and_reads_values_as_yaml(write: Write) -> None:
    spec = write(spec_yaml="a: 1\n")
    composed = compose(spec, sets=["b.c.d=[1, x]", "e=2%", "f="])
    assert plain(composed) == {"a": 1, "b": {"c": {"d": [1, "x"]}}, "e": "2%", "f": None}


def test_set_finds_keys_that_have_dots(write: Write) -> None:
    spec = write(spec_yaml="params: {trend.fast: 1..2}\n")
    assert plain(compose(spec, sets=["params.trend.fast=3..4"])) == {"params": {"trend.fast": "3..4"}}


def test_the_environment_fills_in_numbers_as_numbers_and_quoted_text_as_text(write: Write) -> None:
    spec = write(spec_yaml='a: ${env:N}\nb: "${env:N}"\nc: n${env:N}-${env:M:x}\nd: ${env:M:0.5}\n')
    assert plain(compose(spec, environment={"N": "7"})) == {"a": 7, "b": "7", "c": "n7-x", "d": 0.5}


def test_a_secret_stays_a_reference(write: Write) -> None:
    spec = write(spec_yaml="hook: {secret: '${secret:hook}'}\n")
    assert plain(compose(spec, environment={"hook": "x"})) == {"hook": {"secret": "${secret:hook}"}}


SWORDFISH = "Xk27QmZp41LcVb8yWd5sT03ab9"


@pytest.mark.parametrize(
    "text",
    [
        f"a: 1\nhook: {{token: {SWORDFISH}}}\n",
        f"a: 1\nhook: {SWORDFISH}\n",
        f"a: 1\nhook: {{token: {SWORDFISH}, a: 1, a: 2}}\n",
        f"a: 1\nhook: {{token: {SWORDFISH}: }}\n",
    ],
    ids=["by key", "by look", "beside another mistake", "in broken YAML"],
)
def test_a_secret_written_out_is_refused_and_never_shown(write: Write, text: str) -> None:
    composed = compose(write(spec_yaml=text))
    assert composed.problems
    assert not any(SWORDFISH in str(problem) for problem in composed.problems)
    assert composed.tree is None or SWORDFISH not in str(composed.tree.plain())


@pytest.mark.parametrize(
    "text",
    [
        "hook: {token: '${secret:hook}', token: swordfish}\n",
        "token: ${secret:hook}\ntoken: swordfish\n",
        "token: swordfish: x\n",
        'token: "swordfish\n',
        "token: *swordfish\n",
        "token: !swordfish x\n",
        "hook: {token: f(swordfish, 2)}\n",
        "token: >-\n  swordfish\n a: [\n",
        "- token:\n  - swordfish: [\n",
        "a: {token: swordfish, b: 1, b: 2}\n",
        *(f"{key}: swordfish\n" for key in ("secretKey", "privateKey", "apiKey", "api_key", "clientSecret")),
        *(f"{key}: [swordfish\n" for key in ("secretKey", "dbPassword")),
    ],
)
def test_what_follows_the_key_of_a_secret_is_never_shown(write: Write, text: str) -> None:
    problems = compose(write(spec_yaml=text)).problems
    assert problems
    assert not any("swordfish" in str(problem) for problem in problems)


def test_a_reference_and_the_rest_of_its_line_are_shown(write: Write) -> None:
    (problem,) = compose(write(spec_yaml="hook: {token: '${secret:hook}', monkey: 1, monkey: 2}\n")).problems
    assert problem.where is not None
    assert problem.where.text == "hook: {token: '${secret:hook}', monkey: 1, monkey: 2}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A", True),
        ("9f86d081884c7d659a2feaa0c55ad015", True),
        ("mean_reversion_with_a_trend_filter_and_a_long_name_2024_01", False),
        ("crosses_above(ema(close,12),ema(close,26))", False),
        ("https://example.com/webhooks/production/btcusdt", False),
    ],
)
def test_only_random_text_looks_secret(text: str, expected: bool) -> None:
    assert looks_secret(text) is expected
