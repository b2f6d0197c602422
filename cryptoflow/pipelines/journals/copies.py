"""A journal's file beside the copy of it that the shared database has: the file is never the shorter one."""

from cryptoflow.domain.journal.chain import Broken
from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import Target, shared
from cryptoflow.storage.shipping.comparing import beside


async def parted(file: Target, account: str) -> Broken | None:
    """Return the first event in which a journal in a file is not the one of which the shared database has a copy."""
    if not shared().exists():
        return None
    async with (
        ready(file, reads=True) as here,
        ready(shared(), reads=True) as there,
        here.reading() as ours,
        there.reading() as theirs,
    ):
        return await beside(ours.run_sync, theirs.run_sync, account)
