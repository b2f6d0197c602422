"""What to say of events that were asked for and are not there, or that nobody can read any more."""

from collections.abc import Sequence

from cryptoflow.domain.events.known import KNOWN
from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.errors import CryptoflowError, ExitCode, Problem
from cryptoflow.pipelines.journals.listing import Asked
from cryptoflow.pipelines.journals.place import source
from cryptoflow.spec.nearest import nearest


def nothing(asked: Asked) -> Problem:
    """Return what was looked for and where, where nothing of that kind is."""
    account = asked.whose
    place = source(account)
    looked = [
        f"named {' or '.join(asked.names)}" if asked.names else "",
        f"about {asked.stream}" if asked.stream else "",
        f"from {asked.days.since} on" if asked.days.since else "",
        f"to {asked.days.until}" if asked.days.until else "",
    ]
    kind = ", ".join(filter(None, looked))
    return Problem(f"{place.name} has no event{f' {kind}' if kind else ''} (looked in {place.place})", fix=meant(asked))


def meant(asked: Asked) -> str:
    """Return the names that were most likely meant where no event is called so, or how to see what there is."""
    known = [*KNOWN, *sorted({f"{name.partition('.')[0]}.*" for name in KNOWN})]
    near = [nearest(name, known) for name in asked.names if name not in known]
    if any(near):
        return f"did you mean {' or '.join(f'`{each}`' for each in near if each)}?"
    if asked.names or asked.stream or any(asked.days):
        return f"`cryptoflow journal {asked.whose} --all` lists all that there are"
    return f"`cryptoflow audit verify {asked.whose}` says whether there should be some"


def unreadable(events: Sequence[Recorded]) -> CryptoflowError:
    """Return what to say of events that were listed as they are, because they say nothing that can be read."""
    first, account = events[0], events[0].account
    more = f", and neither can {len(events) - 1:,} more" if len(events) > 1 else ""
    return CryptoflowError(
        f"event {first.seq} of {account} cannot be read{more}: somebody altered what it says",
        fix=f"cryptoflow audit verify {account}",
        code=ExitCode.PROOF_FAILED,
    )
