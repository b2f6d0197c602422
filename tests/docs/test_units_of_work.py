"""The section about units of work says what the code does: its examples run, its numbers are those in force."""

import asyncio
import re
from pathlib import Path
from typing import Any

from cryptoflow.domain.kept.message import MessageState
from cryptoflow.domain.orders import OrderState
from cryptoflow.storage.work import relay, retrying
from cryptoflow.storage.work.memory_store import MemoryStore
from cryptoflow.storage.work.repositories.curves import Curve
from cryptoflow.storage.work.unit import Work
from tests.storage.stories import BEGIN, drafts

SECTION = (
    (Path(__file__).parents[2] / "docs" / "storage.md")
    .read_text(encoding="utf-8")
    .split("\n## Units of work\n")[1]
    .split("\n## ")[0]
)


def test_the_examples_run() -> None:
    names: dict[str, Any] = {}
    for example in re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL):
        exec(example, names)

    async def story() -> Any:
        store = MemoryStore()
        async with store.work("main") as work:
            await work.events.append(drafts(0)[:4])
            await work.commit()
        done = await names["take_back"](store, "ORDER0", BEGIN), await names["take_back"](store, "ORDER0", BEGIN)
        async with store.shared() as work:
            told = await work.outbox.get("main:5")
        return *done, told

    first, second, told = asyncio.run(story())
    assert first == (OrderState.CANCELLED, [])
    assert second is None
    assert (told.channel, told.state, told.payload) == (
        "webhook",
        MessageState.WAITING,
        '{"order":"ORDER0","reason":"by hand"}',
    )


def test_the_repositories_of_the_table_are_those_of_a_unit() -> None:
    table = SECTION.split("| repository |")[1].split("\n\n")[0]
    named = {name for line in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    work = Work(None, "main", 0)  # type: ignore[arg-type]
    assert named == {name for name in vars(work) if name not in ("_transaction", "account")}
    assert isinstance(work.equity, Curve)


def test_the_numbers_of_the_outbox_are_those_in_force() -> None:
    rows = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", SECTION.split("### Messages")[1], re.MULTILINE))
    assert rows["one delivery may take"] == f"{relay.PATIENCE:.0f} s"
    assert rows["attempts"] == str(retrying.MOST)
    wait = rows["wait after an attempt that failed"]
    waits = retrying.WAITS
    assert wait.startswith(f"{waits.shortest // 1000} s, doubled each time, at most {waits.longest // 1000} s")
    assert f"± {waits.jitter:.0%}".replace("%", " %") in wait
    assert f"after {relay.LOST // 1000} s" in rows["an attempt of which nobody says anything, as of a relay that died"]
    assert f"after {relay.KEPT // 86_400_000} days" in rows["what has arrived, and dead letters"]
