"""The set-up that a tier's file advises: what of it is missing, and the command for that. It locks nothing."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cryptoflow.settings import settings
from cryptoflow.spec.tier_file import TierFile


class Advice(NamedTuple):
    """Something that a tier's set-up has, whether it is here, and what brings it."""

    what: str
    here: bool
    fix: str


BRINGS: Mapping[str, str] = {
    "PostgreSQL": "CRYPTOFLOW_DATABASE_URL=postgresql://USER@HOST/NAME cryptoflow db upgrade",
    "the command watchdog": "cryptoflow watchdog",
    "a standby host": "cryptoflow live --standby, on the other host",
}
"""What brings a part of a set-up; any other is there by itself."""


def advice(tier: TierFile) -> Iterator[Advice]:
    """Yield each part of the set-up that a tier's file names; of other processes and hosts this one sees nothing."""
    url = settings().database_url or ""
    for part in tier.setup:
        here = url.startswith("postgresql") if part == "PostgreSQL" else part not in BRINGS
        yield Advice(part, here, "" if here else BRINGS[part])
