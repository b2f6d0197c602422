"""`cryptoflow data listings`."""

from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson

Venue = Annotated[str | None, typer.Option(metavar="NAME", help="The venue to show.", show_default=False)]
Day = Annotated[str | None, typer.Option(metavar="DATE|last", help="The recorded day to show.", show_default=False)]
Symbol = Annotated[str | None, typer.Option(metavar="SYMBOL", help="The symbol to show.", show_default=False)]


def listings(venue: Venue = None, day: Day = None, symbol: Symbol = None, as_json: AsJson = False) -> None:
    """Show what venues allowed, charged and traded on recorded days: filters, fees, listing state, volumes.

    Without options: which days are recorded. A symbol without a day: its terms, and every change of them.

    Examples:

      cryptoflow data listings

      cryptoflow data listings --venue binance --day 2024-05-01

      cryptoflow data listings --symbol BTC/USDT --json
    """
    from cryptoflow.cli import say
    from cryptoflow.market.listings.terms import Snapshot
    from cryptoflow.pipelines import recorded_listings as recorded
    from cryptoflow.pipelines.home import home_of
    from cryptoflow.report.listings_tables import changes_table, days_line, terms_table, venues_table

    home = home_of()
    if day is None and symbol is None:
        found = recorded.overview(home, venue)
        if as_json:
            say.data([{"venue": each.venue, "days": [str(one) for one in each.days]} for each in found])
        elif found:
            say.show(venues_table({each.venue: each.days for each in found}))
        else:
            say.remark(f"no listings in {home / 'data'}; `cryptoflow data download` records them whenever it runs")
        return
    name = recorded.venue_of(home, venue)
    if day is not None:
        shown = recorded.day_shown(home, name, day, symbol)
        if as_json:
            say.data(recorded.plain_day(shown))
            return
        say.show(terms_table(shown.snapshot))
        say.text(f"day     {shown.day}")
        say.text(f"digest  {shown.digest}")
        return
    course = recorded.course_of(home, name, str(symbol))
    if as_json:
        say.data(recorded.plain_course(course))
        return
    volumes = {} if course.volume is None else {course.symbol: course.volume}
    say.show(terms_table(Snapshot({course.symbol: course.terms}, volumes)))
    say.text(f"day     {course.day}")
    say.text(days_line(name, course.days))
    if course.changes:
        say.show(changes_table(course.changes))
