"""The venue has manners: limits, bans, errors, and rules for those who listen."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as draw

from cryptoflow.pipelines.venue import Play
from cryptoflow.venue.limits import Limits, Spent, charged
from cryptoflow.venue.server import RehearsalVenue
from tests.venue.markets import MINUTE, OPENING, heard, in_no_time, venue, visited

T = TypeVar("T")
Client = Callable[[RehearsalVenue, aiohttp.ClientSession], Awaitable[T]]
SMALL = Limits(weight=10, span=MINUTE, patience=2, ban=2 * MINUTE)


def visit(main: Client[T], **how: Any) -> T:
    """Run a client of a calm venue."""

    async def run() -> T:
        place = venue(**how)
        async with visited(place) as session:
            return await main(place, session)

    return in_no_time(run)


@given(weights=draw.lists(draw.tuples(draw.integers(1, 12), draw.integers(0, 40_000)), min_size=1))
def test_no_span_of_time_takes_more_than_its_weight(weights: list[tuple[int, int]]) -> None:
    spent, now, taken = Spent(), 0, dict[int, int]()
    for weight, pause in weights:
        now += pause
        spent, verdict = charged(spent, weight, now, SMALL)
        if verdict.kind == "taken":
            taken[now // MINUTE] = taken.get(now // MINUTE, 0) + weight
    assert all(weight <= SMALL.weight for weight in taken.values())


def test_who_asks_too_much_waits_and_who_does_not_wait_is_banned() -> None:
    async def main(_: RehearsalVenue, session: aiohttp.ClientSession) -> list[tuple[int, str, str]]:
        found = []
        for _number in range(9):
            async with session.get("/api/v3/klines?symbol=BTCUSDT&interval=1m") as answer:
                headers = answer.headers
                used, wait = headers.get("X-MBX-USED-WEIGHT-1M", ""), headers.get("Retry-After", "")
                found.append((answer.status, used, wait))
        await asyncio.sleep(int(found[-1][2]))
        async with session.get("/api/v3/ping") as answer:
            return [*found, (answer.status, answer.headers["X-MBX-USED-WEIGHT-1M"], "")]

    found = visit(main, limits=SMALL)
    assert found[:5] == [(200, str(used), "") for used in (2, 4, 6, 8, 10)]
    assert found[5:7] == [(429, "", "60")] * 2
    assert found[7:9] == [(418, "", "120")] * 2
    assert found[9] == (200, "1", "")


def test_a_second_ban_is_longer() -> None:
    spent, now, waits = Spent(), 0, []
    while len(waits) < 3:
        spent, verdict = charged(spent, 6, now, SMALL)
        if verdict.kind == "banned":
            waits.append(verdict.wait)
            now += verdict.wait
    assert waits == [120_000, 240_000, 480_000]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v3/klines?symbol=NOPE&interval=1m", 400, -1121),
        ("/api/v3/klines?interval=1m", 400, -1102),
        ("/api/v3/klines?symbol=BTCUSDT&interval=7m", 400, -1120),
        ("/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=many", 400, -1100),
        ("/api/v3/aggTrades?symbol=BTCUSDT&fromId=3&startTime=5", 400, -1128),
        ("/api/v3/ticker/price?symbols=nonsense", 400, -1100),
        ("/v5/market/kline?category=spot&symbol=NOPE&interval=1", 200, 10_001),
        ("/v5/market/kline?category=linear&symbol=BTCUSDT&interval=1", 200, 10_001),
        ("/v5/market/kline?category=spot&symbol=BTCUSDT&interval=7", 200, 10_001),
    ],
)
def test_a_wrong_question_is_answered_as_the_venue_does(path: str, status: int, code: int) -> None:
    async def main(_: RehearsalVenue, session: aiohttp.ClientSession) -> tuple[int, int]:
        async with session.get(path) as answer:
            told = await answer.json()
            return answer.status, told["retCode"] if "retCode" in told else told["code"]

    dialect = "bybit" if path.startswith("/v5") else "binance"
    assert visit(main, play=Play(dialect=dialect)) == (status, code)


def test_what_the_venue_does_not_have_is_not_found() -> None:
    async def main(_: RehearsalVenue, session: aiohttp.ClientSession) -> set[int]:
        gone = await session.get("/api/v3/nothing")
        posted = await session.post("/api/v3/klines")
        return {gone.status, posted.status}

    assert visit(main) == {404}


def test_ticks_can_be_told_again_by_number_and_by_time() -> None:
    async def main(_: RehearsalVenue, session: aiohttp.ClientSession) -> list[list[Any]]:
        whole = "/api/v3/aggTrades?symbol=BTCUSDT&limit=1000"
        asked = (whole, f"{whole}&fromId=100", f"{whole}&startTime={OPENING - 5 * MINUTE}&endTime={OPENING - 1}")
        return [await (await session.get(path)).json() for path in asked]

    newest, numbered, timed = visit(main)
    assert [tick["a"] for tick in numbered] == list(range(100, 1_100))
    assert {tick["a"]: tick for tick in newest}.items() >= {tick["a"]: tick for tick in timed}.items()
    assert all(OPENING - 5 * MINUTE <= tick["T"] < OPENING for tick in timed)


def test_one_may_subscribe_list_and_unsubscribe() -> None:
    async def main(_: RehearsalVenue, session: aiohttp.ClientSession) -> list[Any]:
        found = []
        async with session.ws_connect("/ws") as socket:
            for number, (method, names) in enumerate(
                (
                    ("SUBSCRIBE", ["btcusdt@aggTrade", "ethusdt@trade", "nope@trade"]),
                    ("LIST_SUBSCRIPTIONS", []),
                    ("UNSUBSCRIBE", ["btcusdt@aggTrade"]),
                    ("NONSENSE", []),
                )
            ):
                await socket.send_json({"method": method, "params": names, "id": number})
                found.append(next(each for each in await heard(socket, 3) if "id" in each))
            found.append({message["e"] for message in await heard(socket, 10)})
        return found

    told = visit(main)
    assert told[:3] == [
        {"result": None, "id": 0},
        {"result": ["btcusdt@aggTrade", "ethusdt@trade"], "id": 1},
        {"result": None, "id": 2},
    ]
    assert told[3]["error"]["code"] == 2
    assert told[4] == {"trade"}


def test_too_many_messages_in_a_second_end_the_connection() -> None:
    async def main(_: RehearsalVenue, session: aiohttp.ClientSession) -> int | None:
        async with session.ws_connect("/ws") as socket:
            for number in range(8):
                await socket.send_json({"method": "LIST_SUBSCRIPTIONS", "id": number})
            async for _message in socket:
                pass
            return socket.close_code

    assert visit(main) == aiohttp.WSCloseCode.POLICY_VIOLATION


def test_a_connection_has_only_so_many_topics() -> None:
    async def main(place: RehearsalVenue, session: aiohttp.ClientSession) -> Any:
        place.dialect.topics_per_connection = 2
        async with session.ws_connect("/ws") as socket:
            names = ["btcusdt@trade", "btcusdt@aggTrade", "btcusdt@bookTicker"]
            await socket.send_json({"method": "SUBSCRIBE", "params": names, "id": 1})
            return await socket.receive_json()

    assert visit(main)["error"]["code"] == 2


def test_who_does_not_answer_pings_is_cut_and_who_does_stays_for_a_day() -> None:
    async def main(place: RehearsalVenue, session: aiohttp.ClientSession) -> tuple[int, int, int | None]:
        loop = asyncio.get_running_loop()

        async def stay(socket: aiohttp.ClientWebSocketResponse) -> int:
            async for _ in socket:
                pass
            return round(loop.time())

        async with (
            session.ws_connect("/ws", autoping=False) as mute,
            session.ws_connect("/ws") as polite,
        ):
            cut, old = await asyncio.gather(stay(mute), stay(polite))
            return cut, old, polite.close_code

    cut, old, code = visit(main)
    assert cut == 80
    assert old == 86_400
    assert code == aiohttp.WSCloseCode.GOING_AWAY


@pytest.mark.parametrize(("speed", "lasts"), [(1.0, 601.0), (60.0, 10.1)])
def test_market_time_runs_as_fast_as_it_is_told(speed: float, lasts: float) -> None:
    async def main(place: RehearsalVenue, session: aiohttp.ClientSession) -> tuple[list[Any], int]:
        async with session.ws_connect("/ws/btcusdt@kline_1m") as socket:
            found = [message["k"] for message in await heard(socket, lasts)]
        return [bar["t"] for bar in found if bar["x"]], place.market.now()

    closed, now = visit(main, play=Play(speed=speed))
    assert closed == [OPENING + minute * MINUTE for minute in range(10)]
    assert now == pytest.approx(OPENING + lasts * speed * 1_000, abs=2_000)


def test_as_fast_as_one_listens_the_whole_market_is_heard_and_nobody_makes_time_pass() -> None:
    async def main(place: RehearsalVenue, session: aiohttp.ClientSession) -> tuple[int, list[int], int]:
        await asyncio.sleep(3_600)
        before = place.market.now()
        async with session.ws_connect("/ws/btcusdt@aggTrade") as socket:
            told = [message["a"] for message in await heard(socket, 30)]
        tape = place.market.tapes["BTCUSDT"]
        assert told[-1] == int(tape.last[-1])
        return before, told, tape.played(OPENING)

    before, told, played = visit(main, play=Play(speed=None))
    assert before == OPENING
    assert told == list(range(played + 1, told[-1] + 1))


def test_the_venue_can_be_left_while_it_waits_for_a_listener_to_agree_that_a_day_is_over() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        async with aiohttp.ClientSession() as session:
            async with venue() as place:
                socket = await session.ws_connect(f"{place.url}/ws")
                await heard(socket, 86_399.9)
                await asyncio.sleep(0.5)
            await socket.close()
        return loop.time()

    assert in_no_time(main) == pytest.approx(86_401, abs=2)
