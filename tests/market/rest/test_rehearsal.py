"""The two venues that can be sent elsewhere are, with ccxt as it is: what the rehearsal venue plays arrives."""

import asyncio
from pathlib import Path

import pytest

from cryptoflow.clock import MachineClock
from cryptoflow.market.bars import COLUMNS
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.store import Store
from cryptoflow.pipelines.data.download import downloaded
from cryptoflow.pipelines.data.wanted import Wanted
from cryptoflow.pipelines.venue import Play, made_up, opened
from cryptoflow.settings import settings
from tests.market.rest.scene import Told
from tests.market.rest.stub import DAY, MINUTE

FIRST_OF_MARCH = 1_709_251_200_000


@pytest.mark.parametrize("dialect", ["binance", "bybit"])
def test_what_arrives_is_what_is_played(dialect: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, begin = MachineClock(), FIRST_OF_MARCH
    stock = made_up("synthetic", begin, ["BTC/USDT"], 0, dialect)._replace(start=begin + MINUTE // 2)
    wanted = Wanted(dialect, (("BTC/USDT", MINUTE),), begin - DAY, None, tmp_path)

    async def play() -> None:
        async with opened(stock, clock, Play(dialect=dialect)) as venue:
            monkeypatch.setenv(f"CRYPTOFLOW_VENUES__{dialect.upper()}__URL", venue.url)
            monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
            settings.cache_clear()
            await downloaded(wanted, Told(), clock)

    asyncio.run(play())
    came = Store(tmp_path / "data", clock).dataset(Key(dialect, "BTC/USDT", MINUTE)).load()
    played = stock.bars[0].between(begin - DAY, begin)
    assert len(came) == len(played) == 1440 - played.gaps()
    for name in COLUMNS:
        assert getattr(came, name) == pytest.approx(getattr(played, name), rel=1e-4), name
