import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from cryptoflow.market.bars import Bars
from cryptoflow.market.shelf import Shelf
from cryptoflow.report.html import render
from cryptoflow.report.thin import drawn
from cryptoflow.report.view import Guard, Prices
from tests.report.views import HOUR, START, trade, view

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> & \"quotes\" 'too'"
VOID = {"meta", "link", "br"}


class Outline(HTMLParser):
    """What a browser would make of a page: its elements, whether they close, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.text.append(data)

    def ids(self) -> list[str | None]:
        return [attributes["id"] for tag, attributes in self.seen if tag == "section"]

    def count(self, tag: str) -> int:
        return sum(each == tag for each, _ in self.seen)


def payload(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="run">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_a_page_has_its_parts_in_the_order_in_which_they_matter() -> None:
    told = view(guards=(Guard("refused", "cooldown", 4),), warnings=("Costs are off.",))
    outline = Outline(render(told))
    assert outline.ids() == [
        *("warnings", "guards", "metrics", "price", "equity", "drawdown", "months", "costs", "trades", "facts"),
    ]
    assert outline.open == []


def test_guards_and_warnings_are_silent_when_nothing_happened() -> None:
    assert {"warnings", "guards"}.isdisjoint(Outline(render(view())).ids())


def test_the_same_run_gives_the_same_page() -> None:
    assert render(view()) == render(view())


def test_names_cannot_become_markup() -> None:
    hostile = view(
        title=HOSTILE,
        spec=HOSTILE,
        symbols=(HOSTILE,),
        currency=HOSTILE,
        prices=(view().prices[0]._replace(symbol=HOSTILE),),
        trades=[trade()._replace(symbol=HOSTILE, strategy=HOSTILE, reason=HOSTILE)],
        guards=(Guard(HOSTILE, HOSTILE, 1),),
        warnings=(HOSTILE,),
        notes=(HOSTILE,),
        reproduce=HOSTILE,
        versions={HOSTILE: HOSTILE},
    )
    page = render(hostile)
    tame, outline = Outline(render(view(warnings=("w",), guards=(Guard("g", "g", 1),)))), Outline(page)
    assert outline.count("script") == tame.count("script")
    assert outline.count("img") == 0
    assert not any(name.startswith("on") for _, attributes in outline.seen for name in attributes)
    assert HOSTILE in "".join(outline.text)
    assert payload(page)["prices"][0]["symbol"] == HOSTILE


def test_nothing_is_fetched_from_anywhere() -> None:
    outline = Outline(render(view()))
    assert all("src" not in attributes for _, attributes in outline.seen)
    assert [attributes["href"] for tag, attributes in outline.seen if "href" in attributes] == [
        "https://www.tradingview.com/"
    ]


def test_the_charts_carry_their_notices() -> None:
    page = render(view())
    assert "TradingView Lightweight Charts™, Copyright (c) 2026 TradingView, Inc." in page
    assert "attributionLogo: true" in page
    assert "Copyright (c) 2022 Leon Sorokin" in page


def rising(count: int) -> Bars:
    """Minutes whose price goes up by a thousandth each."""
    up = 100 + np.arange(count) / 1000
    return Bars("BTC/USDT", 60_000, 60_000 * np.arange(count), up, up.copy(), up, up, up)


def test_many_bars_are_drawn_as_fewer_that_keep_every_high_and_low() -> None:
    minutes = rising(25_000)
    minutes.high[12_345] = 200
    page = render(view(prices=(drawn(minutes, symbols=1),), timeframe=60_000))
    seen = payload(page)["prices"][0]
    assert len(seen["close"]) == 25_000 // 6 + 1
    assert max(seen["high"]) == 200
    assert (seen["open"][0], seen["close"][-1]) == (minutes.open[0], minutes.close[-1])
    assert "Each bar drawn is 6 bars of the run (about 6m)" in page


def test_bars_on_a_shelf_are_drawn_as_those_in_memory(tmp_path: Path) -> None:
    minutes = rising(600_000)
    inside, outside = drawn(minutes, symbols=20), drawn(Shelf(tmp_path).put(minutes), symbols=20)
    assert inside.per_bar == outside.per_bar == 720
    assert len(inside.times) == len(outside.times) == 834
    for one, other in zip(inside[1:6], outside[1:6], strict=True):
        assert one.tolist() == other.tolist()


def test_twenty_symbols_share_the_room() -> None:
    one = drawn(rising(50_000), symbols=20)
    page = render(view(prices=tuple(one._replace(symbol=f"S{n}/USDT") for n in range(20))))
    assert sum(len(each["close"]) for each in payload(page)["prices"]) <= 20_000
    assert len(page) < 2_000_000
    assert Outline(page).count("option") == 20


def test_fills_are_put_on_the_bar_they_fell_into() -> None:
    trips = [trade(10), trade(12)]
    prices = (
        view()
        .prices[0]
        ._replace(bought=[trip.opened_at for trip in trips], sold=[trip.closed_at + 1 for trip in trips])
    )
    assert payload(render(view(prices=(prices,))))["prices"][0]["fills"] == [
        *([10, 1, 1], [12, 1, 1]),
        *([13, -1, 1], [15, -1, 1]),
    ]


def test_fills_that_fall_into_the_same_bar_are_counted() -> None:
    times, close = [START, START + 2 * HOUR], [1.0, 2.0]
    prices = Prices(
        "BTC/USDT", times, close, close, close, close, per_bar=2, bought=[START, START + HOUR], sold=[times[1]]
    )
    assert payload(render(view(prices=(prices,))))["prices"][0]["fills"] == [[0, 1, 2], [1, -1, 1]]


def test_a_thousand_trades_are_listed_and_the_cut_is_stated() -> None:
    page = render(view(trips=1_001))
    assert "The first 1,000 of 1,001; the others are in trades.parquet." in page
    assert page.count("<td>take profit</td>") == 1_000
    assert "are in trades.parquet" not in render(view(trips=1_000))


@pytest.mark.parametrize("empty", [{"bars": 0, "trips": 0}, {"bars": 1, "trips": 0}])
def test_a_run_with_next_to_nothing_still_has_a_page(empty: dict[str, int]) -> None:
    outline = Outline(render(view(**empty)))
    assert "There were none." in outline.text
    assert "–" in outline.text, "undefined metrics are a dash"


def test_a_typical_report_is_small() -> None:
    assert len(render(view(bars=17_520, trips=200)).encode()) < 700_000
