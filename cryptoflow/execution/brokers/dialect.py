"""What a dialect does: it says how a venue is asked to trade, reads what it answers, and keeps nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from cryptoflow.domain.trading.intents import Bracket, Intent
from cryptoflow.domain.trading.reports import Balance, Deal, Report, Said
from cryptoflow.execution.brokers.refusals import Codes

Answer = Any
"""What ccxt made of a venue's JSON, numbers still as the venue wrote them."""

SymbolOf = Callable[[str], str]
"""Returns our name of what the venue calls its own way."""


class Request(NamedTuple):
    """A call of ccxt's client by its name, and what is sent along."""

    call: str
    params: Mapping[str, str | int]


class Dialect(Protocol):
    """A venue's way to be traded at: requests name markets as the venue does, what is read names them as we do."""

    codes: Codes

    def order(self, market: str, intent: Intent) -> Request:
        """Return what sends an order."""

    def bracket(self, market: str, bracket: Bracket) -> Request:
        """Return what sends a stop and a target of which one takes the other back."""

    def cancel(self, market: str, order: str) -> Request:
        """Return what takes an order back."""

    def look(self, market: str, order: str) -> Request:
        """Return what asks how an order stands."""

    def resting(self) -> Request:
        """Return what asks for all orders that rest."""

    def deals(self, market: str, since: int, after: str | None) -> Request:
        """Return what asks for fills from a moment on, or for those after one."""

    def orders(self, market: str, first: str) -> Request:
        """Return what asks for orders in the sequence of the venue's ids, from one on."""

    def balances(self) -> Request:
        """Return what asks for what the account has."""

    def reports_in(self, answer: Answer, symbol_of: SymbolOf) -> Sequence[Report]:
        """Return how each order in an answer stands: in that about one, about a list of two, or about many."""

    def deals_in(self, answer: Answer, symbol_of: SymbolOf) -> Sequence[Deal]:
        """Return the fills in an answer, the oldest first; their `order` is the venue's own id yet."""

    def balances_in(self, answer: Answer) -> Mapping[str, Balance]:
        """Return what the account has, in an answer."""

    def socket(self, exchange: Any) -> Any:
        """Return ccxt's client of the account's own stream, which nobody may have opened yet."""

    async def join(self, exchange: Any) -> None:
        """Open that stream, and return once the venue has said that it tells everything from now on."""

    def is_about_account(self, message: Answer) -> bool:
        """Say whether a message of the stream tells of the account, and is no answer to a request."""

    def heard(self, message: Answer, symbol_of: SymbolOf) -> Said | None:
        """Return what such a message says of orders and balances, None where it says nothing of them."""
