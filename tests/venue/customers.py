"""Customers of a rehearsal venue: unmodified ccxt clients with a key, on a clock that jumps."""

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from cryptoflow.clock import MachineClock
from cryptoflow.market.bars import Bars
from cryptoflow.pipelines.venue import Play, Stock, opened
from cryptoflow.venue.faults.script import Fault, Script
from cryptoflow.venue.server import RehearsalVenue
from cryptoflow.venue.trading.account import Customer
from cryptoflow.venue.trading.house import House
from tests.venue.markets import MINUTE, OPENING, in_no_time, minutes

T = TypeVar("T")
SYMBOL = "BTC/USDT"
BARS = minutes(SYMBOL, seed=0).between(OPENING, OPENING + 120 * MINUTE)
OPEN = float(BARS.open[0])
RICH = {"USDT": Decimal(100_000), "BTC": Decimal(2)}
ALICE, BOB = Customer("alice", "her secret", RICH), Customer("bob", "his secret", RICH)
HOUSE = House((ALICE, BOB))


def trading(
    *faults: Fault,
    house: House = HOUSE,
    bars: Sequence[Bars] = (),
    play: Play = Play(seed=1),  # noqa: B008  # frozen
) -> RehearsalVenue:
    """A venue with customers that opens two hours into its market."""
    stock = Stock(tuple(bars) or (minutes("BTC/USDT", seed=0), minutes("ETH/USDT", seed=1)), OPENING, "binance")
    clock = MachineClock()
    place = opened(stock, clock, play)
    return RehearsalVenue(place.market, place.dialect, clock, script=Script(faults, play.seed), house=house)


def client(url: str, customer: Customer = ALICE) -> Any:
    """A ccxt client of a customer, unmodified but for where it goes."""
    import ccxt.pro

    rest, stream = f"{url}/api/v3", url.replace("http", "ws")
    options = {"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}, "fetchCurrencies": False}
    spots = {"spot": f"{stream}/stream/ws", "margin": f"{stream}/stream/ws", "ws-api": {"spot": f"{stream}/ws-api/v3"}}
    api = {"public": rest, "private": rest, "v1": rest, "sapi": f"{url}/sapi/v1", "ws": spots}
    asked = {"apiKey": customer.key, "secret": customer.secret, "enableRateLimit": False, "urls": {"api": api}}
    found = ccxt.pro.binance(asked | {"options": options | {"fetchMargins": False}})
    found.exceptions["exact"].update(found.exceptions["spot"]["exact"])
    return found


def traded(main: Callable[[Any, RehearsalVenue], Awaitable[T]], *faults: Fault, **how: Any) -> T:
    """What Alice gets done at a venue."""

    async def run() -> T:
        async with trading(*faults, **how) as place:
            alice = client(place.url)
            try:
                await alice.load_markets()
                return await main(alice, place)
            finally:
                await alice.close()

    return in_no_time(run)


async def balances(customer: Any) -> dict[str, tuple[Decimal, Decimal]]:
    """Free and locked of each currency, to the last digit."""
    told = await customer.fetch_balance()
    return {each["asset"]: (Decimal(each["free"]), Decimal(each["locked"])) for each in told["info"]["balances"]}


async def bracket(customer: Any, below: float, above: float, quantity: str = "0.1") -> Any:
    """A stop and a target around a price, named `stop` and `target`."""
    asked = {"symbol": "BTCUSDT", "side": "SELL", "quantity": quantity, "listClientOrderId": "both"}
    target = {"aboveType": "LIMIT_MAKER", "abovePrice": f"{above:.2f}", "aboveClientOrderId": "target"}
    stop = {"belowType": "STOP_LOSS", "belowStopPrice": f"{below:.2f}", "belowClientOrderId": "stop"}
    return await customer.private_post_orderlist_oco(asked | target | stop)


async def named(customer: Any, name: str) -> Any:
    return await customer.fetch_order(None, SYMBOL, {"clientOrderId": name})


def order(
    kind: str = "limit", side: str = "buy", amount: float = 0.1, price: float | None = 30_000.0, **how: Any
) -> Any:
    """An order as ccxt's `create_order` takes it."""
    return SYMBOL, kind, side, amount, price, how
