"""Engines as real processes, behind the real server, without Rasa."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.errors import EngineFailed, EngineNotReady, EngineUnresponsive
from bot.engine.pool import EnginePool, ranked
from bot.engine.protocol import Turn
from bot.engine.supervisor import Pace, Supervisor, bound, pause

HERE = Path(__file__).parent

QUICK = Pace(first=0.05, longest=0.2, look=0.1, answer=1.0, misses=2, start=20, grace=5)

BOTH = pytest.mark.parametrize("how", ["spawn", "fork"])


@pytest.fixture
def supervised(
    short_path: Path, fake_command: Callable[[Path, Path], list[str]], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Supervisor]:
    """A supervisor of fake engines."""
    monkeypatch.setenv("PYTHONPATH", str(HERE))

    def make(how: str, model: str = "well", **changes: Any) -> Supervisor:
        template = [sys.executable, "-m", "bot.engine.template", "--model", model, "--load", "fake_engine:load"]
        options = {"run_dir": short_path, "pace": QUICK, "command": fake_command, "template": template, **changes}
        return Supervisor(Path(model), prefork=how == "fork", **options)

    return make


async def pid_of(pool: EnginePool, conversation: str) -> int:
    """The process that answers a conversation."""
    return int((await pool.turn(Turn(conversation, "hello"))).text.split()[0])


async def until(so: Callable[[], bool] | Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while True:
        result = so()
        if await result if isinstance(result, Awaitable) else result:
            return
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


def lives(pid: int) -> bool:
    """Whether the process runs; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def files(directory: Path) -> list[Path]:
    return list(directory.iterdir())


def conversation_of(name: str) -> str:
    """A conversation whose engine that is."""
    return next(c for c in map(str, range(100)) if ranked(["engine-0", "engine-1"], c)[0] == name)


@BOTH
async def test_engines_run_answer_and_end(supervised: Callable[..., Supervisor], how: str, short_path: Path) -> None:
    phases: list[str] = []
    supervisor = supervised(how, progress=phases.append)
    async with supervisor as pool:
        pids = supervisor.pids()
        assert set(pids) == {"engine-0", "engine-1"}
        assert {path.stat().st_mode & 0o777 for path in files(short_path)} == {0o600}
        for name, pid in pids.items():
            assert await pid_of(pool, conversation_of(name)) == pid
        assert await pool.phase() == (True, "ready")
        assert {os.getsid(pid) for pid in pids.values()}.isdisjoint({os.getsid(0)})
    assert not any(map(lives, pids.values()))
    assert phases[-1] == "ready"
    assert ("loaded" in phases) == (how == "fork")
    assert {path.suffix for path in files(short_path)} == {".log"}


@BOTH
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_an_engine_that_dies_comes_back_and_the_other_stands_in(
    supervised: Callable[..., Supervisor], how: str, number: int
) -> None:
    supervisor = supervised(how, pace=Pace(first=0.5, longest=0.5, grace=5))
    async with supervisor as pool:
        before = supervisor.pids()
        conversation = conversation_of("engine-0")
        os.kill(before["engine-0"], number)
        await until(lambda: not lives(before["engine-0"]))
        for _ in range(3):
            assert await pid_of(pool, conversation) == before["engine-1"]

        async def back() -> bool:
            return await pid_of(pool, conversation) == supervisor.pids().get("engine-0") != before["engine-0"]

        await until(back)
        assert supervisor.pids()["engine-1"] == before["engine-1"]


async def test_no_turn_runs_twice_whatever_dies(
    supervised: Callable[..., Supervisor], short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = short_path / "ran"
    ran.touch()
    monkeypatch.setenv("FAKE_RAN", str(ran))
    answered, cut_off, refused = set(), set(), set()
    supervisor = supervised("fork", engines=3)
    async with supervisor as pool:

        async def talk(conversation: int) -> None:
            for number in range(60):
                text = f"{conversation}-{number}"
                try:
                    await pool.turn(Turn(f"c{conversation}", text))
                    answered.add(text)
                except EngineUnresponsive:
                    cut_off.add(text)
                except EngineNotReady:
                    refused.add(text)
                await asyncio.sleep(0.03)

        async def kill() -> None:
            for number in range(8):
                await asyncio.sleep(0.2)
                pids = [*supervisor.pids().values()]
                os.kill(pids[number % len(pids)], signal.SIGKILL if number % 2 else signal.SIGTERM)

        await asyncio.gather(kill(), *map(talk, range(20)))
    times = Counter(ran.read_text().split())
    assert set(times.values()) == {1}
    assert answered <= times.keys() <= answered | cut_off
    assert len(answered) + len(cut_off) + len(refused) == 20 * 60
    assert len(answered) > 20 * 60 * 0.9


@BOTH
async def test_a_turn_during_which_the_engine_dies_is_not_repeated(
    supervised: Callable[..., Supervisor], how: str
) -> None:
    supervisor = supervised(how)
    async with supervisor as pool:
        before = supervisor.pids()
        with pytest.raises(EngineUnresponsive):
            await pool.turn(Turn(conversation_of("engine-0"), "die"))
        await until(lambda: supervisor.pids().get("engine-0") not in {None, before["engine-0"]})
        assert supervisor.pids()["engine-1"] == before["engine-1"]


@BOTH
@pytest.mark.parametrize("hang", ["turn", "stop"])
async def test_an_engine_that_hangs_is_replaced(supervised: Callable[..., Supervisor], how: str, hang: str) -> None:
    supervisor = supervised(how)
    async with supervisor as pool:
        before = supervisor.pids()
        conversation = conversation_of("engine-1")
        if hang == "stop":
            os.kill(before["engine-1"], signal.SIGSTOP)
        else:
            with pytest.raises(EngineUnresponsive):
                await pool.turn(Turn(conversation, "hang"))
        await until(lambda: supervisor.pids().get("engine-1") not in {None, before["engine-1"]})
        await until(lambda: not lives(before["engine-1"]))


async def test_without_its_template_engines_go_on_and_it_is_loaded_again_when_needed(
    supervised: Callable[..., Supervisor],
) -> None:
    supervisor = supervised("fork")
    async with supervisor as pool:
        before = supervisor.pids()
        template = supervisor._template
        assert template is not None
        assert template._process is not None
        killed = template._process.pid
        os.kill(killed, signal.SIGKILL)
        await until(lambda: not lives(killed))
        await asyncio.sleep(0.3)
        assert await pid_of(pool, conversation_of("engine-0")) == before["engine-0"]
        os.kill(before["engine-0"], signal.SIGKILL)
        await until(lambda: supervisor.pids().get("engine-0") not in {None, before["engine-0"]})
        assert template._process.pid != killed
        assert supervisor.pids()["engine-1"] == before["engine-1"]


@BOTH
@pytest.mark.parametrize(
    ("model", "reason"), [("broken", "ValueError: this model is broken"), ("dies", "something went very wrong")]
)
async def test_engines_that_cannot_load(
    supervised: Callable[..., Supervisor], how: str, model: str, reason: str
) -> None:
    if (how, model) == ("fork", "dies"):
        reason = "no engine could be loaded"
    with pytest.raises(EngineFailed, match=reason):
        async with supervised(how, model):
            pytest.fail("not reached")


@BOTH
async def test_engines_that_take_too_long_to_load(supervised: Callable[..., Supervisor], how: str) -> None:
    started = time.monotonic()
    with pytest.raises(EngineFailed, match=r"not ready after 1 s|no engine could be loaded"):
        async with supervised(how, "slow", pace=Pace(start=1.0, grace=5)):
            pytest.fail("not reached")
    assert time.monotonic() - started < 8


@BOTH
async def test_an_engine_that_cannot_come_back_does_not_end_the_others(
    supervised: Callable[..., Supervisor], how: str, fake_command: Callable[..., list[str]]
) -> None:
    broken: list[str] = []

    def command(socket: Path, model: Path) -> list[str]:
        return broken or fake_command(socket, model)

    supervisor = supervised(how, command=command)
    async with supervisor as pool:
        before = supervisor.pids()
        if supervisor._template:
            supervisor._template._command = ["/nowhere"]
            supervisor._template._process.kill()  # type: ignore[union-attr]
            await supervisor._template._process.wait()  # type: ignore[union-attr]
        broken.append("/nowhere")
        os.kill(before["engine-0"], signal.SIGKILL)
        await asyncio.sleep(0.6)
        assert supervisor.pids() == {"engine-1": before["engine-1"]}
        assert await pid_of(pool, conversation_of("engine-0")) == before["engine-1"]


@pytest.mark.parametrize(
    ("command", "processes"),
    [(["supervised.py", "{run_dir}", "spawn"], 2), (["supervised.py", "{run_dir}", "fork"], 3), (["loading.py"], 1)],
    ids=["spawn", "fork", "while-loading"],
)
async def test_a_killed_supervisor_takes_its_processes_with_it(
    command: list[str], processes: int, short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    script, *arguments = (word.format(run_dir=short_path) for word in command)
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(HERE / script), *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    pids = [int(pid) for pid in (await process.stdout.readline()).split()]
    assert len(pids) == processes
    assert all(map(lives, pids))
    process.kill()
    await process.wait()
    await until(lambda: not any(map(lives, pids)))


@pytest.mark.parametrize(
    ("options", "reason"), [({"engines": 0}, "at least one"), ({"run_dir": Path("/tmp/" + "x" * 100)}, "too long")]
)
async def test_impossible_wishes(supervised: Callable[..., Supervisor], options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        async with supervised("spawn", **options):
            pytest.fail("not reached")


@pytest.mark.parametrize(("deaths", "seconds"), [(1, 0.5), (2, 1.0), (3, 2.0), (7, 32.0), (8, 60.0), (10_000, 60.0)])
def test_pauses_grow_to_a_minute(deaths: int, seconds: float) -> None:
    assert pause(deaths, Pace(), 0.5) == seconds


@given(st.integers(1, 100), st.floats(0, 1))
def test_pauses_are_spread_by_half(deaths: int, chance: float) -> None:
    middle = pause(deaths, Pace(), 0.5)
    assert 0.5 * middle <= pause(deaths, Pace(), chance) <= 1.5 * middle


def test_a_log_is_bounded_while_a_process_writes_to_it(tmp_path: Path) -> None:
    log = tmp_path / "engine-0.log"
    bound(log, limit=10)
    with log.open("ab", buffering=0) as output:
        for number in range(100):
            output.write(b"line %d\n" % number)
            bound(log, limit=50)
            assert log.stat().st_size <= 50
        bound(log, limit=5)
        output.write(b"the last\n")
    assert log.read_text() == "the last\n"
    assert (tmp_path / "engine-0.log.1").read_text().endswith("line 99\n")
