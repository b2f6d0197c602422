import json
import re
from html.parser import HTMLParser

import pytest

from cryptoflow.report.html import render
from cryptoflow.report.view import Guard, Prices
from tests.report.views import trade, view

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


def test_many_bars_are_drawn_as_fewer_that_keep_every_high_and_low() -> None:
    bars = 25_000
    times = list(range(0, bars * 60_000, 60_000))
    up = [100 + row / 1000 for row in range(bars)]
    spike = [200.0 if row == 12_345 else price for row, price in enumerate(up)]
    page = render(view(prices=(Prices("BTC/USDT", times, up, spike, up, up),), timeframe=60_000))
    drawn = payload(page)["prices"][0]
    assert len(drawn["close"]) == 25_000 // 6 + 1
    assert max(drawn["high"]) == 200
    assert (drawn["open"][0], drawn["close"][-1]) == (up[0], up[-1])
    assert "Each bar drawn is 6 bars of the run (about 6m)" in page


def test_twenty_symbols_share_the_room() -> None:
    one = view(bars=5_000).prices[0]
    page = render(view(prices=tuple(one._replace(symbol=f"S{n}/USDT") for n in range(20))))
    assert len(page) < 2_000_000
    assert Outline(page).count("option") == 20


def test_fills_are_put_on_the_bar_they_fell_into() -> None:
    page = render(view(trades=[trade(10), trade(20, symbol="ETH/USDT")]))
    assert payload(page)["prices"][0]["fills"] == [[10, 1], [13, -1]]


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
