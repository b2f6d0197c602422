"""The driver of a recovery plan: it carries out what the journal says is next, and writes it down before and after.

It may die anywhere. Whoever folds the journal and calls it again goes on from there: an action that was begun and
has no end is asked for again under its old key, by which the venue knows it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal

from cryptoflow.clock import Clock
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.recovery import (
    RecoveryActed,
    RecoveryActing,
    RecoveryBegun,
    RecoveryFinished,
    RecoveryLooked,
)
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.domain.ports import Answer, Desk, Journal
from cryptoflow.domain.recovery.acts import Act, Outcome, tries
from cryptoflow.domain.recovery.plans import PLANS, STANDARD, Step, StepKind, checked, plan_for
from cryptoflow.domain.recovery.progress import Action, Finish, Look, action_of, is_one_by_one, next_of
from cryptoflow.domain.recovery.states import KillState
from cryptoflow.domain.recovery.switch import Switch, after

PATIENCE, GLANCE = 10.0, 1.0
"""Seconds that a limit order may rest before the market order replaces it, and between two looks at it."""

AGAIN = 5.0
"""Seconds before something that was refused is tried again; a stop goes back at once."""

Sleep = Callable[[float], Awaitable[None]]


class DeskFailed(Exception):
    """A desk raised instead of answering: nobody knows what became of what it was asked, and it is asked again."""


@contextmanager
def asking() -> Iterator[None]:
    """Tell what a desk raises apart from what the journal does, which has the same causes: lost connections, say."""
    try:
        yield
    except Exception as error:  # whatever a venue's library raises, a plan goes on at the next look
        raise DeskFailed(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__) from error


class Recovering:
    """An account's kill switch, and who acts on it: `switch` is the fold of its journal up to now."""

    def __init__(
        self,
        account: str,
        switch: Switch,
        journal: Journal,
        desk: Desk,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
        by: str = "recovery",
    ) -> None:
        self.account, self.switch, self.journal, self.desk = account, switch, journal, desk
        self._clock, self._sleep, self._by = clock, sleep, by

    async def run(self, emergency: str = STANDARD, steps: Sequence[Step] = ()) -> Switch:
        """Carry a plan out from where it stands until it waits for its operator; where nothing tripped, do nothing.

        A new one is the plan of its cause, or where `steps` are given those, under the name of `emergency`.
        """
        if self.switch.state is KillState.TRIPPED:
            await self._begin(emergency, steps)
        while self.switch.state is KillState.RECOVERING:
            match next_of(self.account, self.switch.progress):
                case Look() as look:
                    with asking():
                        looked = await self._looked(look)
                    await self._write(looked)
                case Finish(kept):
                    await self._write(RecoveryFinished(self.switch.progress.plan, kept))
                case actions:
                    await self._carry_out(actions)
        return self.switch

    async def _begin(self, emergency: str, steps: Sequence[Step]) -> None:
        plan = emergency if steps else plan_for(self.switch.cause, emergency)
        told = tuple(map(str, checked(steps or PLANS[plan])))
        await self._write(RecoveryBegun(plan, self.switch.cause, told))

    async def _looked(self, look: Look) -> RecoveryLooked:
        """Return what a step has to do now; what it could not do before is not its business any more."""
        step, given_up = self.switch.progress.steps[look.step], self.switch.progress.given_up
        if step.kind is StepKind.CANCEL_ENTRIES:
            orders = tuple(order for order in await self.desk.entries() if order not in given_up)
            return RecoveryLooked(look.step, look.round, orders, (), ())
        if step.kind in (StepKind.CLOSE_ALL, StepKind.REDUCE_EXPOSURE):
            share = 1 - step.share if step.kind is StepKind.REDUCE_EXPOSURE else Decimal(1)
            held = [each for each in await self.desk.holdings() if each.symbol not in given_up]
            symbols = tuple(each.symbol for each in held)
            quantities = tuple(each.quantity * share for each in held)
            return RecoveryLooked(look.step, look.round, symbols, quantities, tuple(each.stop for each in held))
        return RecoveryLooked(look.step, look.round, (step.of or step.kind.value,), (), ())

    async def _carry_out(self, actions: Sequence[Action]) -> None:
        """See to several targets at once; where one fails none goes on, and all are asked again under their keys."""
        tasks = [asyncio.create_task(self._see_to(each)) for each in actions]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _see_to(self, action: Action) -> None:
        """Do one thing after the other to a target, each written down before and after.

        Where others wait for it, only until it needs no stop any more; then the next may be another's.
        """
        step = self.switch.progress.steps[action.step]
        following: Action | None = action
        while following is not None:
            await self._do(following)
            following = action_of(self.account, self.switch.progress, action.target.name)
            if is_one_by_one(step) and following is not None and following.act is not Act.PROTECT:
                return

    async def _do(self, action: Action) -> None:
        target = action.target
        if action.act is not Act.PROTECT and tries(target.history):
            await self._sleep(AGAIN)
        if not action.begun:
            await self._write(RecoveryActing(action.step, target.name, action.act.value, action.key))
        with asking():
            answer = await self._acted(action)
        await self._write(
            RecoveryActed(action.step, target.name, action.act.value, action.key, answer.outcome.value, answer.told)
        )

    async def _acted(self, action: Action) -> Answer:
        desk, name, key = self.desk, action.target.name, action.key
        match action.act:
            case Act.CANCEL:
                return await desk.cancel(name, key)
            case Act.CLOSE_LIMIT:
                return await self._waited(name, key, await desk.close(name, key, limit=True))
            case Act.CLOSE_MARKET:
                return await self._waited(name, key, await desk.close(name, key, limit=False))
            case Act.PROTECT:
                assert action.target.stop is not None  # or `following` had not asked for it
                return await desk.protect(name, action.target.stop, key)
            case Act.REDUCE:
                return await desk.reduce(name, action.target.quantity, key)
            case Act.DISABLE:
                return await desk.disable(name, key)
            case Act.RESTART:
                return await desk.restart(name, key)
            case Act.DISCONNECT:
                return await desk.disconnect(key)

    async def _waited(self, symbol: str, key: str, answer: Answer) -> Answer:
        """Give an order that rests its time, which began with it whoever waits, and return how it stands then."""
        target = next(each for each in self.switch.progress.targets if each.name == symbol)
        until = target.since + PATIENCE * 1000
        while answer.outcome is Outcome.RESTING and self._clock.now() < until:
            await self._sleep(GLANCE)
            answer = await self.desk.closed(symbol, key)
        return answer

    async def _write(self, event: Event) -> None:
        """Write an event down, and go on from what the journal has then."""
        draft = Draft(event, self._clock.now(), self._by, f"trip:{self.switch.progress.trip}")
        for recorded in await self.journal.append([draft]):
            self.switch = after(self.switch, recorded)
