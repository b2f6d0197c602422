"""The report as a browser shows it; without Chromium these tests say so and are skipped."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cryptoflow.pipelines.backtest import backtest
from cryptoflow.pipelines.history import Window
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.report.html import render
from cryptoflow.report.view import Guard
from tests.report.views import view

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium; `apt-get install chromium` brings it"),
]

INK = """(box) => [...box.querySelectorAll('canvas')].reduce((sum, canvas) => {
  if (!canvas.width || !canvas.height) return sum;
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  for (let i = 3; i < data.length; i += 4) if (data[i]) sum += 1;
  return sum;
}, 0)"""
"""How many pixels of the canvases in a box are drawn."""


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def opened(browser, tmp_path):
    """Open a view, or a report that is there, at a width; hand over the page, with what it said and asked for."""

    def open_(told, width=1280, scheme="light"):
        file = told
        if not isinstance(told, Path):
            file = tmp_path / "report.html"
            file.write_text(render(told), encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(file.as_uri())
        page.wait_for_function("document.querySelectorAll('#price-chart canvas, .uplot canvas').length >= 3")
        page.wait_for_function(f"({INK})(document.getElementById('price-chart')) > 0")
        return page

    return open_


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_is_drawn_without_a_complaint_a_request_or_a_sideways_scroll(opened, width, scheme):
    told = view(trips=40, guards=(Guard("refused", "cooldown", 4),), warnings=("Costs are off.",), title="x" * 300)
    page = opened(told, width, scheme)
    assert page.said == []
    assert len(page.asked) == 1, "the file itself"
    for chart in ("price-chart", "equity-chart", "drawdown-chart"):
        assert page.eval_on_selector(f"#{chart}", INK) > 1000, f"{chart} is empty"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_symbol_can_be_chosen(opened):
    one = view().prices[0]
    page = opened(view(prices=(one, one._replace(symbol="ETH/USDT", close=[row / 1e4 + 1 for row in range(2_000)]))))
    page.select_option("#symbol", "ETH/USDT")
    assert page.eval_on_selector("#symbol", "box => box.value") == "ETH/USDT"
    assert page.said == []


def test_trades_sort_by_number_and_back(opened):
    page = opened(view(trips=40))
    column = "[...document.querySelectorAll('.sortable tbody td:nth-child(9)')].map(cell => cell.textContent)"
    page.click(".sortable thead th:nth-child(9) button")
    assert page.evaluate(column)[0] == "−8.00"
    page.click(".sortable thead th:nth-child(9) button")
    assert page.evaluate(column)[0] == "+12.50"
    assert page.get_attribute(".sortable thead th:nth-child(9)", "aria-sort") == "descending"


def test_a_crowd_of_fills_is_counted_until_one_zooms_in(opened):
    page = opened(view(trips=450))
    page.wait_for_function("document.getElementById('crowd').textContent.startsWith('900 fills')")
    page.hover("#price-chart")
    page.mouse.wheel(0, -2000)
    assert page.inner_text("#crowd").startswith("900 fills"), "the wheel scrolls the page"
    page.click("#price-chart", position={"x": 300, "y": 100})
    for _ in range(20):
        page.mouse.wheel(0, -400)
    page.wait_for_function("document.getElementById('crowd').textContent === ''")


def test_the_text_can_be_read_in_light_and_dark(opened):
    contrast = """() => {
      const light = (rgb) => rgb.map((c) => c / 255).map((c) => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
      const parse = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim()
        .match(/[0-9a-f]{2}/gi).map((hex) => parseInt(hex, 16));
      const ratio = (a, b) => { const [x, y] = [light(parse(a)), light(parse(b))].sort((m, n) => n - m);
        return (x + .05) / (y + .05); };
      return [['text', 'paper'], ['quiet', 'paper'], ['quiet', 'panel'], ['gain', 'paper'], ['loss', 'panel'],
        ['warn', 'warn-panel']].map(([a, b]) => ratio(a, b));
    }"""
    for scheme in ("light", "dark"):
        assert min(opened(view(), scheme=scheme).evaluate(contrast)) >= 4.5, scheme


@pytest.mark.parametrize("width", [1280, 390])
def test_the_report_of_a_backtest_opens_without_a_complaint(opened, tmp_path, width):
    spec = Path(__file__).parents[2] / "configs" / "btc_trend.yaml"
    run = backtest(resolve(spec), window=Window("2024-01-01", "2024-03-31"), home=tmp_path)
    page = opened(run.folder / "report.html", width)
    assert page.said == []
    assert len(page.asked) == 1, "the file itself"
    assert page.inner_text("h1") == "Backtest of btc-trend"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
