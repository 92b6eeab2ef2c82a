"""Processes and their memory."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from benchmarks.engine.processes import descendants, memory, our_processes, running
from benchmarks.engine.redis_server import redis_server


def said(log: Path) -> bool:
    return "ready" in log.read_text()


def lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_descendants_are_of_all_generations_and_no_one_else() -> None:
    parents = {1: 0, 10: 1, 11: 1, 20: 10, 30: 20, 99: 98}
    assert sorted(descendants(10, parents)) == [20, 30]
    assert sorted(descendants(1, parents)) == [10, 11, 20, 30]
    assert descendants(30, parents) == []


async def test_a_process_counts_and_is_gone_with_the_context(tmp_path: Path) -> None:
    code = "import time; held = b'x' * 40_000_000; print('ready', flush=True); time.sleep(60)"
    async with running([sys.executable, "-c", code], tmp_path / "log") as process:
        while not said(tmp_path / "log"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        assert process.pid in our_processes()
        assert process.pid not in our_processes(but=[process.pid])
        measured = memory([process.pid])
        assert measured.processes == 1
        assert 38 < measured.pss_mb <= measured.rss_mb < 200
    assert not lives(process.pid)


def test_processes_that_are_gone_take_nothing() -> None:
    assert memory([2**22 + os.getpid()]).processes == 0


async def test_redis_answers_and_ends(tmp_path: Path) -> None:
    async with redis_server(tmp_path) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"PING\r\n")
        assert await reader.readline() == b"+PONG\r\n"
        writer.close()
        await writer.wait_closed()
    assert not lives(server.pid)
