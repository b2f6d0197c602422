"""What may be asked of the kill switch, and what is written when it is granted; a refusal says what is missing."""

from datetime import UTC, datetime

from cryptoflow.domain.codes import Cause
from cryptoflow.domain.discipline.alarms import manual
from cryptoflow.domain.discipline.trips import Trip
from cryptoflow.domain.events.discipline import KillReleased, KillTripped
from cryptoflow.domain.events.recovery import KillReported, RecoveryConfirmed
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.domain.kept.command import Command
from cryptoflow.domain.recovery.states import KillState
from cryptoflow.domain.recovery.switch import Switch
from cryptoflow.errors import CryptoflowError, ExitCode

KILL, RESUME = "kill", "resume"
"""Commands of the inbox that are about the switch."""

LASTS = 300_000
"""Milliseconds for which a release that was asked for may be granted: later nobody knows what it was asked for."""

TRIPPED, TRIPPED_ALREADY = "the kill switch has tripped", "the kill switch has tripped already"
RELEASED, NOT_TRIPPED = "released: a quarter of size today, and a quarter more each day", "nothing has tripped"


def tripping(switch: Switch, found: Trip, at: int, by: str, reason: str = "") -> tuple[Draft, ...]:
    """Return the events of a trip, which are written before anything is done; none where it has tripped already.

    >>> [draft.event.name for draft in tripping(Switch(), Trip(Cause.MANUAL.value, 1.0, 1.0), 0, "anna", "odd fills")]
    ['kill.reported', 'kill.tripped']
    >>> tripping(Switch(KillState.WAITING), Trip(Cause.MANUAL.value, 1.0, 1.0), 0, "anna", "odd fills")
    ()
    """
    if switch.bars:
        return ()
    cause = Cause(found.cause).name.lower()
    told = (KillReported(cause, reason),) if reason else ()
    return tuple(Draft(event, at, by) for event in (*told, KillTripped(cause, found.value, found.limit)))


def phrase_of(account: str, switch: Switch) -> str:
    """Return what an operator has to type to release this trip and no other.

    >>> phrase_of("main", Switch(KillState.WAITING, "day_loss", tripped_at=1_700_000_000_000))
    'resume main after day loss of 2023-11-14 22:13'
    """
    when = datetime.fromtimestamp(switch.tripped_at / 1000, UTC)
    return f"resume {account} after {switch.cause.replace('_', ' ')} of {when:%Y-%m-%d %H:%M}"


def releasing(account: str, switch: Switch, at: int, operator: str, phrase: str, root_cause: str) -> tuple[Draft, ...]:
    """Return the events of a release; none where nothing has tripped, and an error where it is not to be.

    >>> main = Switch(KillState.WAITING, "manual", tripped_at=0)
    >>> drafts = releasing("main", main, 1, "anna", "resume main after manual of 1970-01-01 00:00", "a wrong fee table")
    >>> [draft.event.name for draft in drafts]
    ['recovery.confirmed', 'kill.released']
    >>> releasing("main", main, 1, "anna", "please", "a wrong fee table")
    Traceback (most recent call last):
    cryptoflow.errors.CryptoflowError: main is not released: the phrase is not the one that belongs to this trip
    hint: type it as it stands here: --phrase "resume main after manual of 1970-01-01 00:00"
    """
    if not switch.bars:
        return ()
    if switch.state is not KillState.WAITING:
        step = switch.progress.now
        now = f"it is at {step}" if step is not None else "nobody has begun it"
        raise _refused(
            f"{account} is not released: its recovery plan has not finished, {now}",
            "the process that trades the account carries it out; `cryptoflow status` shows how far it has come",
        )
    missing = [what for what, said in (("operator", operator), ("root cause", root_cause)) if not said.strip()]
    if missing:
        raise _refused(
            f"{account} is not released: its {' and its '.join(missing)} is missing",
            'cryptoflow resume --operator NAME --cause "what was wrong, and what was mended" --phrase "..."',
        )
    wanted = phrase_of(account, switch)
    if phrase.split() != wanted.split():
        raise _refused(
            f"{account} is not released: the phrase is not the one that belongs to this trip",
            f'type it as it stands here: --phrase "{wanted}"',
        )
    events = (RecoveryConfirmed(operator.strip(), root_cause.strip()), KillReleased(switch.cause))
    return tuple(Draft(event, at, operator.strip()) for event in events)


def outdated(command: Command, at: int) -> bool:
    """Whether a command is a release that was asked for too long ago; a kill is never too old to be carried out.

    >>> from cryptoflow.domain.kept.command import CommandState
    >>> asked = [Command(7, "main", name, {}, "anna", 0, CommandState.WAITING) for name in (RESUME, KILL)]
    >>> [outdated(each, at) for each in asked for at in (-LASTS - 1, LASTS, LASTS + 1)]
    [True, False, True, False, False, False]
    """
    return command.name == RESUME and abs(at - command.asked_at) > LASTS  # ahead of the clock: it was set back


def obeyed(account: str, switch: Switch, command: Command, at: int) -> tuple[tuple[Draft, ...], str]:
    """Return what a command from the inbox writes, and the answer to it; one that is not granted raises why.

    >>> from cryptoflow.domain.kept.command import CommandState
    >>> command = Command(7, "main", "kill", {"reason": "odd fills"}, "anna", 0, CommandState.TAKEN)
    >>> obeyed("main", Switch(KillState.WAITING), command, 1)
    ((), 'the kill switch has tripped already')
    """
    told = command.payload
    if command.name == KILL:
        drafts = tripping(switch, manual(1), at, command.by, told["reason"])
        return drafts, TRIPPED if drafts else TRIPPED_ALREADY
    if outdated(command, at):
        raise _refused(f"{account} is not released: that was asked for too long ago", "ask again")
    drafts = releasing(account, switch, at, told["operator"], told["phrase"], told["cause"])
    return drafts, RELEASED if drafts else NOT_TRIPPED


def _refused(what: str, fix: str) -> CryptoflowError:
    return CryptoflowError(what, fix=fix, code=ExitCode.REFUSED)
