"""What puts an unpacked backup in its places, step by step; all of it is made ready beside those places."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from cryptoflow.market.store import disk
from cryptoflow.pipelines.backups.asides import aside_of, room_aside
from cryptoflow.pipelines.backups.place import DATABASE
from cryptoflow.pipelines.backups.promising import READY, Step, Steps
from cryptoflow.pipelines.backups.serving import clear, fill
from cryptoflow.pipelines.backups.sources import Source
from cryptoflow.pipelines.backups.taking import LOG

NEAR = ".restoring"
"""What a file that is ready is called beside the one whose place it takes."""

ROOM_READY = "cryptoflow_restoring"
"""What the room of a server's database is called that holds the same."""


async def planned(home: Path, wanted: Sequence[Source], stamp: str, *, fenced: bool = False) -> Steps:
    """Return what puts unpacked files in their places; a server's tables are built beside those in use on the way."""
    files, room, database, rising = [], "", "", ""
    for each in wanted:
        place, unpacked = each.target.file, home / READY / each.file
        if place is None:
            room, database = ROOM_READY, each.target.place
            await clear(each.target.url, ROOM_READY)
            await fill(each.target.url, room, unpacked)
            continue
        place = place.absolute()
        aside = aside_of(place, home, stamp)
        rising = str(near_of(place)) if fenced and each.name == DATABASE else rising
        disk.make(place.parent)
        for ending in ("", LOG):  # beside a damaged file there may be its log
            if (part := unpacked.with_name(unpacked.name + ending)).exists():
                near = near_of(place, ending)
                shutil.move(part, near)  # its place may be on another disk
                disk.sync(near)
                files.append(Step(str(near), str(place) + ending, str(aside / (place.name + ending))))
    return Steps(files, room, room_aside(stamp) if room else "", database, rising)


def near_of(place: Path, ending: str = "") -> Path:
    """Return where a file is ready that takes a place."""
    return place.with_name(place.name + ending + NEAR)
