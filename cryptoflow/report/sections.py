"""The parts of a report page: each takes the view and gives a section, or nothing when there is nothing to say."""

from collections.abc import Iterable, Sequence
from html import escape
from math import isfinite
from typing import cast

from cryptoflow.domain.metrics import monthly, over
from cryptoflow.market.times import moment, timeframe_name
from cryptoflow.report import words
from cryptoflow.report.markup import Markup, element, joined
from cryptoflow.report.tables import COSTS, DAYS, cost_cells, day_cells
from cryptoflow.report.view import RunView, TradeRow
from cryptoflow.report.words import HEADLINES, LABELS, written

HOTTEST = 0.2
"""A month this good or bad has the deepest colour."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

TRADES = (
    *("Opened", "Closed", "Symbol", "Strategy", "Side", "Quantity", "Entry", "Exit"),
    *("Profit", "Return", "Fees", "Bars", "Reason"),
)


def heading(view: RunView) -> Markup:
    """Return the name of the run and what it was."""
    first, last = (view.times[0], view.times[-1]) if len(view.times) else (view.data.start, view.data.end - 1)
    span = f"{moment(first)[:10]} to {moment(last)[:10]}"
    what = (", ".join(view.symbols), timeframe_name(view.timeframe), span, f"spec {view.spec}")
    return element("header", element("h1", view.title), element("p", " · ".join(what), class_="quiet"))


def warnings(view: RunView) -> Markup:
    """Return what a reader must not miss."""
    if not view.warnings:
        return Markup("")
    lines = (element("li", warning) for warning in view.warnings)
    return section("warnings", "Mind this", element("ul", *lines), class_="warning")


def guards(view: RunView) -> Markup:
    """Return what kept orders from being what the strategy wanted."""
    if not view.guards:
        return Markup("")
    rows = ((guard.what, guard.reason, guard.last, words.whole(guard.times)) for guard in view.guards)
    heads = ("What", "Reason", "The last time", "Times")
    return section("guards", "Guards", table("What the guards did", heads, rows, words_first=3))


def acts(view: RunView) -> Markup:
    """Return what the account's discipline did, in the order in which it did it."""
    if not view.acts:
        return Markup("")
    rows = ((moment(act.at), act.what, act.why, words.amount(act.equity), str(act.tier)) for act in view.acts)
    heads = ("When", "What", "Why", "Equity", "Tier")
    return section("acts", "Discipline", table("What the account's discipline did", heads, rows, words_first=3))


def days(view: RunView) -> Markup:
    """Return every day on which something guarded the account: what acted, and whom it kept out."""
    if not view.days:
        return Markup("")
    rows = (day_cells(day) for day in view.days)
    return section("days", "Guards, day by day", table("What guarded the account", DAYS, rows, words_first=4))


def headline(view: RunView) -> Markup:
    """Return every metric, the most important ones large."""
    pairs = [(label.text, written(view.metrics, label, view.currency)) for label in LABELS]
    large, small = pairs[:HEADLINES], pairs[HEADLINES:]
    return section("metrics", "Metrics", _pairs(large, "tiles large"), _pairs(small, "tiles"))


def price(view: RunView) -> Markup:
    """Return the frame of the price chart; the script draws into it."""
    if not view.prices:
        return Markup("")
    per_bar = max(prices.per_bar for prices in view.prices)
    options = (element("option", prices.symbol) for prices in view.prices)
    choice = element("label", "Symbol ", element("select", *options, id="symbol"), hidden=len(view.prices) == 1)
    shown = timeframe_name(view.timeframe * per_bar)
    merged = (
        f" Each bar drawn is {per_bar} bars of the run (about {shown}), so that the page stays small."
        if per_bar > 1
        else ""
    )
    note = f"▲ bought, ▼ sold. Times are UTC. Click into the chart to zoom with the wheel, or pinch.{merged}"
    return section(
        "price",
        "Price and trades",
        element("p", choice, class_="choice", hidden=len(view.prices) == 1),
        element("p", "", id="bar", class_="quiet reading"),
        element("div", id="price-chart", class_="chart tall", role="img", aria_label="Bars of the price with trades"),
        element("p", element("strong", "", id="crowd"), note, class_="quiet"),
    )


def curves(view: RunView, per_point: int) -> Markup:
    """Return the frames of equity and drawdown."""
    if not len(view.times):
        return Markup("")
    final, deepest = words.amount(view.metrics.final_equity), words.change(view.metrics.max_drawdown)
    grew = f"Equity from {words.amount(view.capital)} to {final} {view.currency}"
    merged = f" Each point is {per_point} bars: their last equity, their deepest drawdown." if per_point > 1 else ""
    return joined(
        section(
            "equity",
            "Equity",
            element("div", id="equity-chart", class_="chart", role="img", aria_label=grew),
            element("p", f"{grew}, at the close of bars.{merged}", class_="quiet"),
        ),
        section(
            "drawdown",
            "Drawdown",
            element("div", id="drawdown-chart", class_="chart low", role="img", aria_label=f"Deepest {deepest}"),
            element("p", f"Below the highest equity so far; the deepest is {deepest}.", class_="quiet"),
        ),
    )


def months(view: RunView) -> Markup:
    """Return the return of each calendar month and year as a heat map."""
    if not len(view.times):
        return Markup("")
    years: dict[int, dict[int, float]] = {}
    times, equity = cast("Sequence[int]", view.times), cast("Sequence[float]", view.equity)
    for year, month, change in monthly(times, equity, view.capital):
        years.setdefault(year, {})[month] = change
    rows = [
        element(
            "tr",
            element("th", str(year), scope="row"),
            *(_heat(by_month.get(month)) for month in range(1, 13)),
            _heat(_compounded(by_month.values())),
        )
        for year, by_month in years.items()
    ]
    head = _head("Returns by month", ("Year", *MONTHS, "Year"), words_first=1)
    return section("months", "Monthly returns", scrolling("Monthly returns", head, rows))


def costs(view: RunView) -> Markup:
    """Return the run at no, its own and twice its costs."""
    if not view.costs:
        return Markup("")
    body = table("The same run at other costs", COSTS, map(cost_cells, view.costs))
    note = "An edge that is gone at twice the costs is not one to rely on."
    return section("costs", "What costs do", body, element("p", note, class_="quiet"))


def trades(view: RunView) -> Markup:
    """Return the trades, sortable by any column."""
    if not view.trades:
        return section("trades", "Trades", element("p", "There were none."))
    listed, every = len(view.trades), view.metrics.trades
    said = f"The first {listed:,} of {every:,}; the others are in trades.parquet." if listed < every else ""
    rows = (_trade_cells(trade) for trade in view.trades)
    body = table("Trades", TRADES, rows, words_first=5, words_last=1, class_="sortable")
    note = f"{said} Profit is after fees and slippage, in {view.currency}; times are UTC.".strip()
    return section("trades", "Trades", body, element("p", note, class_="quiet"))


def facts(view: RunView) -> Markup:
    """Return where the numbers come from and how to get them again."""
    data = view.data
    pairs = [
        ("Run", view.run_id),
        ("Spec", view.spec_hash),
        ("Data", data.fingerprint),
        ("Bars", f"{data.rows:,} from {moment(data.start)} until {moment(data.end)}, {data.gaps:,} missing"),
        ("Seed", str(view.seed)),
        ("Engine", view.engine),
        ("Versions", ", ".join(f"{name} {version}" for name, version in view.versions.items())),
        ("Read as", "; ".join(view.notes)),
    ]
    again = (element("p", "To run it again:"), element("pre", element("code", view.reproduce), tabindex="0"))
    body = _pairs([pair for pair in pairs if pair[1]], "facts")
    return section("facts", "Data and how to reproduce", body, *(again if view.reproduce else ()))


def section(name: str, title: str, *body: str, class_: str = "") -> Markup:
    """Return a titled part of the page."""
    head = element("h2", title, id=f"{name}-title")
    return element("section", head, *body, id=name, aria_labelledby=f"{name}-title", class_=class_ or False)


def table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    words_first: int = 1,
    words_last: int = 0,
    class_: str = "",
) -> Markup:
    """Return a table in a box that scrolls by itself; all columns but some at either end hold numbers."""
    texts = {*range(words_first), *range(len(heads) - words_last, len(heads))}
    body = (
        element("tr", *(_cell(cell, _tone(cell, place in texts)) for place, cell in enumerate(row))) for row in rows
    )
    return scrolling(caption, _head(caption, heads, words_first, words_last), body, class_)


def scrolling(caption: str, head: Markup, rows: Iterable[Markup], class_: str = "") -> Markup:
    """Return a table that, being wider than the screen, scrolls alone; the keyboard can do it too."""
    body = element("table", head, element("tbody", *rows), class_=class_ or False)
    return element("div", body, class_="scroll", tabindex="0", role="region", aria_label=caption)


def _head(caption: str, heads: Sequence[str], words_first: int, words_last: int = 0) -> Markup:
    texts = {*range(words_first), *range(len(heads) - words_last, len(heads))}
    cells = (
        element("th", head, scope="col", class_=False if place in texts else "number")
        for place, head in enumerate(heads)
    )
    return joined(element("caption", caption, class_="unseen"), element("thead", element("tr", *cells)))


def _cell(text: str, tone: str) -> Markup:
    """A cell as `element` would write it; a page has thousands, so this is worth its own line."""
    return Markup(f'<td class="{tone}">{escape(text)}</td>' if tone else f"<td>{escape(text)}</td>")


def _tone(cell: str, is_text: bool) -> str:
    if is_text:
        return ""
    return {"+": "number gain", "−": "number loss"}.get(cell[:1], "number")


def _pairs(pairs: Iterable[tuple[str, str]], class_: str) -> Markup:
    return element(
        "dl",
        *(element("div", element("dt", name), element("dd", text, class_=_tone(text, False))) for name, text in pairs),
        class_=class_,
    )


def _trade_cells(trade: TradeRow) -> tuple[str, ...]:
    return (
        moment(trade.opened_at).removesuffix(" UTC"),
        moment(trade.closed_at).removesuffix(" UTC"),
        trade.symbol,
        trade.strategy,
        "long" if trade.side > 0 else "short",
        words.plain(trade.quantity),
        words.plain(trade.entry_price),
        words.plain(trade.exit_price),
        words.gain(trade.profit),
        words.change(trade.share),
        words.amount(trade.fees),
        words.whole(trade.bars),
        trade.reason.replace("_", " "),
    )


def _heat(change: float | None) -> Markup:
    """A cell as deep in colour as the month was good or bad; its sign says so too."""
    if change is None or not isfinite(change):
        return element("td", "", class_="number")
    depth = min(abs(change) / HOTTEST, 1.0) * 50
    tone = "up" if change > 0 else "down" if change < 0 else ""
    text = words.signed(change, lambda value: f"{value * 100:.1f}")
    return element("td", text, class_=f"number heat {tone}".strip(), style=f"--depth:{depth:.0f}%")


def _compounded(changes: Iterable[float]) -> float:
    worth = 1.0
    for change in changes:
        worth *= 1 + change
    return over(worth - 1, 1.0)
