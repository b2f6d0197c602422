"""What the token of a new lease must rise above, though the database of leases may be new, or an older copy."""

from pathlib import Path

from cryptoflow.storage.events.asking import asked
from cryptoflow.storage.events.extent import Extent, extent_of
from cryptoflow.storage.files import existing


def floor_of(file: Path, account: str) -> int:
    """Return the highest fencing token that an account's own journal file has seen, 0 where there is no file."""
    if not file.is_file():
        return 0
    engine = existing(file)
    try:
        found: Extent = asked(engine, account, extent_of, account)
    finally:
        engine.dispose()
    return found.token
