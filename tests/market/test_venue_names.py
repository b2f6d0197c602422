"""Names of venues are known without ccxt, and are those that it has."""

import subprocess
import sys

CODE = """
import sys
from cryptoflow.market.venue_names import venue_names
names = venue_names()
assert not any(module.partition(".")[0] == "ccxt" for module in sys.modules)
import ccxt
assert names == set(ccxt.exchanges), names ^ set(ccxt.exchanges)
"""


def test_the_names_are_those_of_ccxt_which_is_not_imported_for_them() -> None:
    subprocess.run([sys.executable, "-c", CODE], check=True)
