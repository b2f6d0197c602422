"""What a customer of the venue has."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from cryptoflow.venue.trading.unacceptable import Unacceptable


class Customer(NamedTuple):
    """Who may trade: the key and the secret of requests, and what there is on the account at first."""

    key: str
    secret: str
    balances: Mapping[str, Decimal]


class Funds(NamedTuple):
    """What an account has of a currency: `free` to be used, `locked` in orders."""

    free: Decimal = Decimal(0)
    locked: Decimal = Decimal(0)


class Account:
    """A customer's funds by currency; `changed_at` is when they moved last. What is written down names its number."""

    def __init__(self, number: int, customer: Customer) -> None:
        self.number, self.key, self.secret = number, customer.key, customer.secret
        self.funds = {currency: Funds(amount) for currency, amount in customer.balances.items()}
        self.changed_at = 0
        self._changed: dict[str, None] = {}

    def of(self, currency: str) -> Funds:
        """Return what there is of a currency."""
        return self.funds.get(currency, Funds())

    def move(self, currency: str, free: Decimal, locked: Decimal = Decimal(0)) -> None:
        """Add to what is free and what is locked, or refuse where too little is free for it."""
        had = self.of(currency)
        if free < 0 and had.free + free < 0:
            raise Unacceptable("funds")
        if free or locked:
            self.funds[currency] = Funds(had.free + free, had.locked + locked)
            self._changed[currency] = None

    def changes(self) -> tuple[tuple[str, Funds], ...]:
        """Return the funds that have moved since this was asked last."""
        changed, self._changed = tuple(self._changed), {}
        return tuple((currency, self.of(currency)) for currency in changed)


def opened(customers: Iterable[Customer]) -> dict[str, Account]:
    """Return an account for each customer, by key."""
    return {customer.key: Account(number, customer) for number, customer in enumerate(customers, 1)}
