"""Every mistake has its message: what is wrong, where, and how to mend it, reviewed like code.

One folder of `tests/golden/specs/` per case: `spec.yaml` (or a strategy or tier file alone), what it names, options
in `options.txt`, and `expected.txt`. `UPDATE_GOLDEN=1 pytest tests/spec/test_broken_specs.py` writes the latter anew;
read the difference as the person who will see it.
"""

import os
from pathlib import Path

import pytest

from cryptoflow.pipelines.resolve import read

CASES = sorted(path for path in Path(__file__).parent.parent.joinpath("golden", "specs").iterdir() if path.is_dir())
ENTRANCES = ("spec.yaml", "strategy.yaml", "tier.yaml")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_spec_says_what_where_and_how(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case)
    options = (case / "options.txt").read_text().split("\n") if (case / "options.txt").exists() else []
    main = next((name for name in ENTRANCES if (case / name).is_file()), "spec.yaml")
    env = next((option.removeprefix("--env ") for option in options if option.startswith("--env ")), None)
    sets = [option.removeprefix("--set ") for option in options if option.startswith("--set ")]
    reading = read(Path(main), env=env, sets=sets, environment={"SEED": "seven"})
    said = "\n\n".join(str(problem) for problem in reading.problems) + "\n"
    expected = case / "expected.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(said, encoding="utf-8")
    assert reading.problems
    assert reading.resolved is None
    assert said == expected.read_text(encoding="utf-8")


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(CASES) >= 60
