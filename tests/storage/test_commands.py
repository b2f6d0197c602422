"""The inbox of a process that trades, in every store."""

import asyncio
from decimal import Decimal

import pytest

from cryptoflow.domain.kept.command import CommandState
from cryptoflow.storage.events.appending import Conflict
from cryptoflow.storage.work.unit import Store
from tests.storage.stores import in_a_loop
from tests.storage.stories import BEGIN


async def ask(store: Store, *names: str) -> list[int]:
    """Leave commands, and return their numbers."""
    async with store.work("main") as work:
        asked = [await work.commands.ask(name, {"size": Decimal("0.10")}, "op", BEGIN) for name in names]
        await work.commit()
    return [each.id for each in asked]


async def take(store: Store) -> str | None:
    """Take the next command."""
    async with store.work("main") as work:
        taken = await work.commands.take()
        await asyncio.sleep(0)
        await work.commit()
    return None if taken is None else taken.name


@in_a_loop
async def test_commands_are_taken_once_in_the_order_in_which_they_were_asked(store: Store) -> None:
    await ask(store, "pause", "kill", "flatten")
    assert [await take(store) for _ in range(4)] == ["pause", "kill", "flatten", None]


@in_a_loop
async def test_two_who_take_at_the_same_time_never_take_the_same(store: Store) -> None:
    await ask(store, *"abcd")
    assert sorted(await asyncio.gather(*(take(store) for _ in range(4)))) == list("abcd")


@in_a_loop
async def test_a_command_is_answered_or_refused_with_a_reason_and_only_once(store: Store) -> None:
    pause, kill, resume = await ask(store, "pause", "kill", "resume")
    assert [await take(store), await take(store)] == ["pause", "kill"]
    async with store.work("main") as work:
        await work.commands.answer(pause, "paused", BEGIN + 1)
        await work.commands.refuse(kill, "the phrase is wrong", BEGIN + 2)
        with pytest.raises(Conflict, match=f"command {pause} of main is not taken"):
            await work.commands.refuse(pause, "no", BEGIN + 3)
        with pytest.raises(Conflict, match=f"command {resume} of main is not taken"):
            await work.commands.answer(resume, "nobody took it", BEGIN + 3)
        await work.commit()
    async with store.view("main") as work:
        done, refused = await work.commands.get(pause), await work.commands.get(kill)
        assert [each.name for each in await work.commands.unanswered()] == ["resume"]
    assert (done.state, done.answer, done.answered_at) == (CommandState.DONE, "paused", BEGIN + 1)
    assert (refused.state, refused.answer) == (CommandState.REFUSED, "the phrase is wrong")
    assert (refused.payload, refused.by, refused.asked_at) == ({"size": "0.1"}, "op", BEGIN)


@in_a_loop
async def test_what_a_process_took_before_it_died_is_not_taken_again_but_known(store: Store) -> None:
    await ask(store, "flatten")
    async with store.work("main") as work:
        await work.commands.take()
    assert await take(store) == "flatten"  # the one who took it left without a commit
    assert await take(store) is None
    async with store.view("main") as work:
        assert [each.state for each in await work.commands.unanswered()] == [CommandState.TAKEN]


@in_a_loop
async def test_a_command_is_withdrawn_only_while_nobody_has_taken_it_and_is_never_taken_then(store: Store) -> None:
    kill, resume, pause = await ask(store, "kill", "resume", "pause")
    assert await take(store) == "kill"
    async with store.work("main") as work:
        assert [await work.commands.withdraw(each, "too late", BEGIN + 1) for each in (kill, resume)] == [False, True]
        await work.commit()
    assert [await take(store), await take(store)] == ["pause", None]
    async with store.view("main") as work:
        withdrawn = await work.commands.get(resume)
        assert [each.id for each in await work.commands.unanswered()] == [kill, pause]
    assert (withdrawn.state, withdrawn.answer, withdrawn.answered_at) == (CommandState.REFUSED, "too late", BEGIN + 1)


@in_a_loop
async def test_of_taking_and_withdrawing_at_the_same_time_one_comes_first_and_the_next_is_taken(store: Store) -> None:
    async def withdraw(command: int) -> bool:
        async with store.work("main") as work:
            done = await work.commands.withdraw(command, "too late", BEGIN + 1)
            await asyncio.sleep(0)
            await work.commit()
        return done

    resume, _ = await ask(store, "resume", "kill")
    done, taken = await asyncio.gather(withdraw(resume), take(store))
    assert taken == ("kill" if done else "resume")
