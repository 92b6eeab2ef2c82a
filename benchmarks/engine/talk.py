"""Asking a side: turns at chosen depths of a conversation, and many conversations at the same time."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from benchmarks.engine.messages import MIX, sentence
from benchmarks.engine.results import Depth, Load, spread
from benchmarks.engine.sides import NoAnswer, Talking

SHALLOW = 10
"""Up to this depth each figure is of that turn in many conversations; beyond, of a window around it in one."""

CONVERSATION = 20
"""Turns of each conversation under load."""

Lengthen = Callable[[str, int], Awaitable[None]]
"""Makes a conversation so many turns long without talking."""


@dataclass(frozen=True)
class Plan:
    """What to measure. window: turns for each figure, a multiple of the mix. slowest: milliseconds of a turn that end it."""

    depths: tuple[int, ...]
    window: int = len(MIX)
    slowest: float = 5_000.0


async def depths(
    side: Talking, plan: Plan, now: Callable[[str], None], lengthen: Lengthen | None = None
) -> tuple[list[Depth], str]:
    """Times of turns at each depth, and why deeper ones were left out (empty if none were). Raises NoAnswer.

    lengthen: instead of talking all the turns between two windows.
    """
    shallow = [depth for depth in plan.depths if depth <= SHALLOW]
    deep = [depth for depth in plan.depths if depth > SHALLOW]
    times: dict[int, list[float]] = {depth: [] for depth in shallow}
    for number in range(plan.window if shallow else 0):
        now(f"conversation {number + 1} of {plan.window}, {max(shallow)} turns each")
        name = f"short-{uuid.uuid4().hex}"
        for turn in range(1, max(shallow) + 1):
            took = await _timed(side, name, number + turn)
            if turn in times:
                times[turn].append(took)
    found = [Depth(depth, spread(measured)) for depth, measured in times.items()]
    name, spoken, copied = f"long-{uuid.uuid4().hex}", 0, False
    for depth in deep:
        first = depth - plan.window // 2
        while spoken < first - 1:
            now(f"turn {spoken + 1} on the way to {depth}")
            if lengthen and spoken >= len(MIX):
                await lengthen(name, first - 1)
                spoken, copied = first - 1, True
                break
            took = await _timed(side, name, spoken)
            spoken += 1
            if took > plan.slowest:
                return found, f"turn {spoken} took {took / 1000:.1f} s"
        measured = []
        for number in range(plan.window):
            now(f"turn {spoken + 1}")
            measured.append(await _timed(side, name, first + number))
            spoken += 1
        found.append(Depth(depth, spread(measured), copied))
        if found[-1].ms.median > plan.slowest:
            return found, f"a turn around turn {depth} took {found[-1].ms.median / 1000:.1f} s"
    return found, ""


async def load(side: Talking, conversations: int, seconds: float) -> Load:
    """So many conversations at once for `seconds`; turns that were begun by then are finished and count, with the time they take."""
    loop = asyncio.get_running_loop()
    times: list[float] = []
    errors = 0
    started, cpu = loop.time(), time.process_time()

    async def talk(number: int) -> None:
        nonlocal errors
        turn = number  # not all with the same sentence
        while loop.time() - started < seconds:
            if (turn - number) % CONVERSATION == 0:
                name = f"load-{uuid.uuid4().hex}"
            try:
                times.append(await _timed(side, name, turn))
            except NoAnswer:
                errors += 1
                await asyncio.sleep(0.1)
            turn += 1

    await asyncio.gather(*(talk(number) for number in range(conversations)))
    took = loop.time() - started
    generator = (time.process_time() - cpu) / took
    return Load(conversations, took, len(times), errors, spread(times) if times else None, generator)


async def warm_up(side: Talking) -> None:
    """Every sentence once."""
    for position in range(len(MIX)):
        await side.say("warm-up", sentence(position))


async def repeated(ask: Callable[[str], Awaitable[object]], texts: Sequence[str]) -> list[float]:
    """How long each call took, milliseconds."""
    times = []
    for text in texts:
        started = time.perf_counter()
        await ask(text)
        times.append((time.perf_counter() - started) * 1000)
    return times


async def _timed(side: Talking, conversation: str, position: int) -> float:
    started = time.perf_counter()
    await side.say(conversation, sentence(position))
    return (time.perf_counter() - started) * 1000
