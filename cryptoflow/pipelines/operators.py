"""Who answers for a command: a person, by a name that no process has."""

from cryptoflow.domain.discipline.folding import MACHINES
from cryptoflow.errors import CryptoflowError, ExitCode


def person(name: str, option: str = "--operator") -> str:
    """Return the name of a person as the journal keeps it; raises where it is nobody's.

    >>> person(" ada ")
    'ada'
    >>> person("live")
    Traceback (most recent call last):
    cryptoflow.errors.CryptoflowError: 'live' is nobody's name
    hint: give your own: --operator ada
    """
    found = name.strip()
    if not found or found in MACHINES:
        raise CryptoflowError(f"{name!r} is nobody's name", fix=f"give your own: {option} ada", code=ExitCode.USAGE)
    return found
