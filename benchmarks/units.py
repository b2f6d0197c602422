"""Seconds as people say them."""

UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def spoken(seconds: float) -> str:
    """Return a time in the unit it is easiest read in.

    >>> spoken(1.25), spoken(0.25), spoken(0.5e-6), spoken(3.14e-9)
    ('1.25 s', '250 ms', '500 ns', '3.14 ns')
    """
    size, unit = next(((size, unit) for size, unit in UNITS if seconds >= size), UNITS[-1])
    return f"{seconds / size:.3g} {unit}" if seconds < 1000 else f"{seconds:.0f} s"
