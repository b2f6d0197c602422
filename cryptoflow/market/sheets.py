"""What people call a file and its rows when they look into it."""

from typing import NamedTuple

from cryptoflow.errors import CryptoflowError


class Sheet(NamedTuple):
    """A file of rows: its name, what a row is called, and the number of the first one."""

    name: str
    word: str = "row"
    first: int = 1

    def refusal(self, index: int, what: str, fix: str = "") -> CryptoflowError:
        """Return the error that says what is wrong with the row at `index` (from 0).

        >>> str(Sheet("btc.csv", "line", first=2).refusal(0, "there is no time"))
        'btc.csv: line 2: there is no time'
        """
        return CryptoflowError(f"{self.name}: {self.word} {index + self.first}: {what}", fix=fix)
