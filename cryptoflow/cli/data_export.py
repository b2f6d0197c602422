"""`cryptoflow data export`."""

from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson, Datasets, OfTimeframe, OfVenue

To = Annotated[
    str, typer.Option("--to", metavar="FILE", help="File to write: .csv, .parquet or .feather.", show_default=False)
]
Since = Annotated[str | None, typer.Option("--since", metavar="DATE", help="First day.", show_default=False)]
Until = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="Last day, which counts whole.", show_default=False)
]
Replace = Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")]


def export(
    names: Datasets,
    to: To,
    timeframe: OfTimeframe = None,
    venue: OfVenue = None,
    since: Since = None,
    until: Until = None,
    replace: Replace = False,
    as_json: AsJson = False,
) -> None:
    """Write bars to FILE, for other programs or the sources `csv` and `parquet`.

    Times are in UTC and the opens of bars. With several datasets FILE has placeholders: {symbol} {base} {quote}
    {timeframe} {venue}. In Python, `cryptoflow.pipelines.data.frame.frame` gives a pandas frame.

    Examples:

      cryptoflow data export BTC/USDT --timeframe 1h --to btc.csv

      cryptoflow data export configs/majors_trend.yaml --to "bars/{symbol}-{timeframe}.parquet" --since 2024-01-01
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.data.days import Days
    from cryptoflow.pipelines.data.export import export
    from cryptoflow.pipelines.data.named import named

    span = Days(since, until).span()
    done = export(named(names or (), venue, timeframe), to, span, replace=replace)
    if as_json:
        say.data({"files": [each.plain() for each in done]})
        return
    for each in done:
        say.text(f"{each.file}: {each.bars:,} bars of {each.key}")
