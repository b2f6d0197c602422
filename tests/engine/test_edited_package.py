"""Whoever edits the package sees it in the very next run, and finds the first compiled code again on going back."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.engine.batch.cache import ROOT
from tests.cli.projects import small

MAIN = "from cryptoflow.cli.main import main; main()"

STRATEGY = """\
cryptoflow: 1
strategy: cross
enter_long: crosses_above(macd(close, 4, 9, 3), 0)
exit_long: crosses_below(macd(close, 4, 9, 3), 0)
stop_loss: 5%
"""

RULE = """\
from cryptoflow.plugins.kinds import Rule
from cryptoflow.plugins.registry import rule


def part(equity):
    return equity * 0.03


@rule("mine")
class Mine(Rule):
    \"\"\"Three parts in a hundred at most.\"\"\"

    @staticmethod
    def headroom(order, account):
        return part(account.equity)
"""

EDITS = {
    "a step of the decision": ("cryptoflow/domain/fills.py", "paid = price * (1.0 +", "paid = price * (1.002 +"),
    "a step that another indicator calls": ("cryptoflow/plugins/indicators/ema.py", "(2 / (period", "(2 / (1 + period"),
    "a sizer's verb": ("cryptoflow/plugins/sizers/fraction.py", "return equity * share", "return equity * share / 2"),
    "a function that rules share": ("cryptoflow/plugins/limits.py", "whole * share if", "whole * share / 5 if"),
    "a helper in a guest's file": ("project/configs/plugins/mine.py", "equity * 0.03", "equity * 0.02"),
    "a compile option": ("cryptoflow/engine/batch/cache.py", '"fastmath": False', '"fastmath": True'),
}


@contextmanager
def edited(file: Path, old: str, new: str) -> Iterator[None]:
    """Edit one place of a file for as long as this lasts."""
    before = file.read_text()
    assert before.count(old) >= 1
    file.write_text(before.replace(old, new, 1))
    yield
    file.write_text(before)


def copied(folder: Path) -> Callable[[], Any]:
    """Copy the package and a small project, and return how to run the one with the other in a process of its own."""
    for name in ("cryptoflow", "configs"):
        shutil.copytree(ROOT.parent / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    spec = small(folder / "project")
    mine = "plugins: [mine.py]\nrisk: {rules: [{use: mine}]}\n"
    spec.write_text(spec.read_text().replace("share: 4%", "share: 2.5%") + "capital: 2000 USDT\n" + mine)
    (spec.parent / "strategies" / "cross.yaml").write_text(STRATEGY)
    (spec.parent / "plugins").mkdir()
    (spec.parent / "plugins" / "mine.py").write_text(RULE)
    own = {"PYTHONPATH": str(folder), "CRYPTOFLOW_CACHE": str(folder / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}

    def metrics() -> Any:
        command = [sys.executable, "-c", MAIN, "backtest", str(spec), "--json", "-q"]
        done = subprocess.run(command, cwd=folder, env={**os.environ, **own}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert found["engine"] == "batch"
        return found["metrics"]

    return metrics


def compiled(folder: Path) -> set[Path]:
    return set((folder / "cache").rglob("*.nbc"))


@pytest.mark.long
def test_an_edit_anywhere_in_what_is_compiled_changes_the_very_next_run(
    tmp_path: Path, evidence: Callable[[str], None]
) -> None:
    run = copied(tmp_path)
    first = run()
    assert first["trades"] > 5
    for what, (file, old, new) in EDITS.items():
        with edited(tmp_path / file, old, new):
            assert run() != first, what
    known = compiled(tmp_path)
    assert run() == first
    assert compiled(tmp_path) == known
    evidence(f"{', '.join(EDITS)}: each changed the next run; going back found the first code again")
