"""Processes that end with us, and the memory they take."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.engine.results import Memory
from bot.engine.lifeline import end_with_parent
from bot.engine.process import ended

PROC = Path("/proc")


@contextlib.asynccontextmanager
async def running(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that writes to `log` and is ended with the context, or killed with us. Ctrl-C does not reach it."""
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            env={**os.environ, **(environment or {})}, preexec_fn=end_with_parent,
        )  # fmt: skip
    try:
        yield process
    finally:
        await ended(process)


def free_port() -> int:
    """A TCP port of this machine that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def descendants(pid: int, parents: Mapping[int, int]) -> list[int]:
    """The processes below `pid`, not itself. parents: of every process (pure)."""
    below = [child for child, parent in parents.items() if parent == pid]
    return below + [deeper for child in below for deeper in descendants(child, parents)]


def our_processes(but: Iterable[int] = ()) -> list[int]:
    """All processes below this one except `but`."""
    return sorted(set(descendants(os.getpid(), _parents())) - set(but))


def memory(pids: Sequence[int]) -> Memory:
    """Of those that live."""
    rollups = [text for pid in pids if (text := _text(PROC / str(pid) / "smaps_rollup"))]
    sums = {name: sum(_kib(rollup, name) for rollup in rollups) / 1024 for name in ("Rss", "Pss")}
    return Memory(len(rollups), sums["Rss"], sums["Pss"])


def _kib(rollup: str, name: str) -> int:
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith(f"{name}:")), 0)


def _parents() -> dict[int, int]:
    found = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (stat := _text(entry / "stat")):
            found[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
