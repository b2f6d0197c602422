"""What is quick to start stays so: nothing heavy is imported to say how one is used, or whether a spec is well."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("numpy", "pandas", "numba", "pyarrow", "ccxt", "sqlmodel", "sqlalchemy", "redis", "rich")
ASK = """
import sys
from cryptoflow.cli.app import run
code = run(sys.argv[1:])
print("imported:", *sorted(name for name in {heavy} if name in sys.modules), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize("line", ["--help", "validate configs/btc_trend.yaml", "validate configs"])
def test_help_and_validate_import_nothing_heavy(line: str) -> None:
    command = [sys.executable, "-c", ASK.format(heavy=HEAVY), *line.split()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "imported:"
    assert done.stdout
