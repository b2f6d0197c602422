"""A flood from the venue's own process, on the wall clock."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

ROOT = Path(__file__).parents[2]
COINS = ("BTC", "ETH", "SOL", "XRP", "ADA", "BNB", "LTC", "DOT", "AVAX", "LINK")
PROGRAM = "from cryptoflow.cli.main import main; main()"
RATE, SECONDS = 12_000, 65


@pytest.mark.long
def test_twelve_thousand_ticks_a_second_for_a_minute_are_said_without_a_hole(evidence: Callable[[str], None]) -> None:
    symbols = ",".join(f"{coin}/USDT" for coin in COINS)
    command = [sys.executable, "-c", PROGRAM, "venue", "serve", "--flood", str(RATE), "--symbols", symbols, "--quiet"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = [process.stdout.readline() for _ in range(2)][1].partition("=")[2].strip()
        began = busy(process.pid)
        count, holes, spent = asyncio.run(listened(url))
        used = (busy(process.pid) - began) / spent
        process.terminate()
    evidence(f"{count / spent:,.0f} a second, {holes} holes, {used:.0%} of a core")
    assert holes == 0
    assert count / spent == pytest.approx(RATE, rel=0.02)
    assert used < 1


async def listened(url: str) -> tuple[int, int, float]:
    """How many ticks are heard, how many of them do not follow the one before, and in how many seconds."""
    last: dict[str, int] = {}
    count = holes = 0
    names = [f"{coin.lower()}usdt@aggTrade" for coin in COINS]
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{url}/ws") as socket:
        await socket.send_json({"method": "SUBSCRIBE", "params": names, "id": 1})
        await socket.receive()
        began = time.perf_counter()
        while (spent := time.perf_counter() - began) < SECONDS:
            tick = json.loads((await socket.receive()).data)
            holes += last.get(tick["s"], tick["a"] - 1) + 1 != tick["a"]
            last[tick["s"]] = tick["a"]
            count += 1
    return count, holes, spent


def busy(process: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
