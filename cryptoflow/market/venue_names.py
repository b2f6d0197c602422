"""What the venues are called that ccxt has."""

from importlib.util import find_spec
from pkgutil import iter_modules


def venue_names() -> frozenset[str]:
    """Return the names of all venues that ccxt has: those of its modules, for importing it takes seconds.

    >>> {"binance", "binanceus"} <= venue_names(), "binanse" in venue_names()
    (True, False)
    """
    package = find_spec("ccxt")
    folders = (package and package.submodule_search_locations) or ()
    return frozenset(module.name for module in iter_modules(folders) if not module.ispkg)
