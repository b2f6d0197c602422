"""Days, weeks and months of UTC as running numbers, in whole-number arithmetic that both drivers share."""

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
"""A minute, an hour and a day in milliseconds."""

LONG_AGO, NEVER = -9_000_000_000_000_000, 9_000_000_000_000_000_000
"""Moments before and after all others, for what has not happened and for what will not."""


def day_of(at: int) -> int:
    """Number the day a moment lies in; 0 is 1970-01-01.

    >>> day_of(86_399_999), day_of(86_400_000)
    (0, 1)
    """
    return at // DAY


def week_of(day: int) -> int:
    """Number the week a day lies in; weeks begin on Monday, and 1970-01-01 was a Thursday.

    >>> week_of(3), week_of(4), week_of(10), week_of(11)  # a Sunday, a Monday, a Sunday, a Monday
    (0, 1, 1, 2)
    """
    return (day + 3) // 7


def month_of(day: int) -> int:
    """Number the month a day lies in.

    Years are taken to begin in March, so that the leap day is their last: from there every five months have 153 days.

    >>> month_of(31) - month_of(30), month_of(58) - month_of(31)  # 1 February follows 31 January; 28 is in it
    (1, 0)
    """
    since = day + 719_468
    era = since // 146_097
    inside = since - era * 146_097
    year = (inside - inside // 1_460 + inside // 36_524 - inside // 146_096) // 365
    march_days = inside - (365 * year + year // 4 - year // 100)
    return (era * 400 + year) * 12 + (5 * march_days + 2) // 153


def first_of_week(week: int) -> int:
    """Number the day with which a week begins.

    >>> [week_of(first_of_week(week) - 1) for week in (0, 1, 2)]
    [-1, 0, 1]
    """
    return week * 7 - 3


def first_of_month(month: int) -> int:
    """Number the day with which a month begins.

    >>> [first_of_month(month_of(day)) for day in (0, 30, 31, 789, 790)]  # 29 February 1972 is day 789
    [0, 0, 31, 761, 790]
    """
    year = month // 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 12 * year) + 2) // 5 - 719_468
