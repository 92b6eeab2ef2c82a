"""Engines forked from one loaded Rasa: the real one, since what is loaded decides whether that is safe."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from bot.cli.common import trained_model
from bot.engine.protocol import Turn
from bot.engine.supervisor import Pace, Supervisor, can_fork

QUESTIONS = {
    "How long does a work permit take?": ("ask_time", "work-permit"),
    "工作许可要办多久？": ("ask_time", "work-permit"),
    "個稅補貼可以補多少？": ("ask_benefit", "gba-tax-subsidy"),
    "hello": ("greet", None),
}


def memory(pid: int) -> dict[str, int]:
    """`Rss` (all that is in RAM) and `Pss` (what is shared counted in parts) of a process, kB, and more."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {key: int(value.split()[0]) for key, _, value in (line.partition(":") for line in lines)}


@pytest.mark.skipif(not can_fork(), reason="engines are forked on Linux only")
async def test_forked_engines_answer_share_their_memory_and_are_soon_back() -> None:
    supervisor = Supervisor(trained_model(), 2, pace=Pace(first=0.05))
    async with supervisor as pool:
        template = supervisor._template
        assert template is not None
        assert "forking with" not in template._log.read_text(), "something started a thread before the fork"
        pids = supervisor.pids()
        for number in range(8):
            for question, expected in QUESTIONS.items():
                answer = await pool.turn(Turn(f"c{number}", question))
                assert (answer.intent, answer.service) == expected
        for pid in pids.values():
            assert memory(pid)["Pss"] < 0.6 * memory(pid)["Rss"]
        started = time.monotonic()
        os.kill(pids["engine-0"], signal.SIGKILL)
        while supervisor.pids().get("engine-0") in {None, pids["engine-0"]} or await pool.phase() != (True, "ready"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        assert time.monotonic() - started < 10
