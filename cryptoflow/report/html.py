"""A run as one HTML file: nothing is fetched, everything it needs is inside."""

from importlib.resources import files

from cryptoflow.report import sections
from cryptoflow.report.markup import Markup, element, joined
from cryptoflow.report.payload import curve_payload, embedded, prices_payload
from cryptoflow.report.thin import thin_curve
from cryptoflow.report.view import RunView

MOST_POINTS = 2_000

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
"""What the page may load: nothing. Its own scripts and styles stand inside it."""

SCRIPTS = ("lightweight-charts-5.2.1.js", "uplot-1.6.32.js", "report.js")
STYLES = ("uplot-1.6.32.css", "report.css")
CHARTS = "TradingView Lightweight Charts™, Copyright (c) 2026 TradingView, Inc."


def render(view: RunView) -> str:
    """Return the report of a run as the text of an HTML file; the same view gives the same text."""
    curve = thin_curve(view.times, view.equity, view.capital, MOST_POINTS)
    payload = {
        "currency": view.currency,
        "prices": [prices_payload(prices) for prices in view.prices],
        "curve": curve_payload(curve),
    }
    body = element(
        "main",
        sections.heading(view),
        sections.warnings(view),
        sections.guards(view),
        sections.acts(view),
        sections.headline(view),
        element("noscript", element("p", "Charts need JavaScript; tables do not.", class_="quiet")),
        sections.price(view),
        sections.curves(view, curve.per_point),
        sections.months(view),
        sections.costs(view),
        sections.days(view),
        sections.trades(view),
        sections.facts(view),
        _foot(),
    )
    scripts = (element("script", Markup(_asset(name))) for name in SCRIPTS)
    data = element("script", embedded(payload), type="application/json", id="run")
    page = element("html", _top(view), element("body", body, data, *scripts), lang="en")
    return f"<!doctype html>\n{page}\n"


def _top(view: RunView) -> Markup:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("title", f"{view.title} · CryptoFlow"),
        *(element("style", Markup(_asset(name))) for name in STYLES),
    )


def _foot() -> Markup:
    """Where the charts come from, as their licences ask."""
    link = element("a", "tradingview.com", href="https://www.tradingview.com/", rel="noreferrer")
    charts = element("p", f"{CHARTS} Licensed under the Apache License 2.0. ", link)
    licence = element("pre", _asset("uplot-LICENSE.txt"), tabindex="0")
    notices = element("details", element("summary", "Licences of the charts"), charts, element("p", "uPlot"), licence)
    return element("footer", element("p", joined("Made by CryptoFlow. Price chart: ", CHARTS)), notices)


def _asset(name: str) -> str:
    return files("cryptoflow.report").joinpath("assets", name).read_text(encoding="utf-8")
