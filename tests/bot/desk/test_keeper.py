from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from office import LI, Clock, Office
from redis.asyncio import Redis

from bot.desk.cases import Outcome
from bot.desk.keeper import Keeper
from bot.store.connection import redis_store
from bot.store.server import EmbeddedServer


@contextlib.asynccontextmanager
async def kept(office: Office, redis: Redis, count: int = 1) -> AsyncIterator[list[Keeper]]:
    stop = asyncio.Event()
    keepers = [Keeper(redis, office.another(), beat=0.02) for _ in range(count)]
    tasks = [asyncio.create_task(keeper.run(stop)) for keeper in keepers]
    try:
        yield keepers
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 10.0) -> None:
    started = time.monotonic()
    while not await true():
        assert time.monotonic() - started < seconds
        await asyncio.sleep(0.01)


def audited(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "bot.audit"]


async def test_one_of_two_keeps_the_promises_and_the_books(
    office: Office, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.audit")
    async with kept(office, redis, 3) as keepers:
        await until(lambda: redis.exists(office.keys.desk("audited")))
        assert sum(bool(keeper._leases.held) for keeper in keepers) == 1
        case = await office.waits(message=office.writes("my secret words"))
        office.clock.now += 1000

        async def told() -> bool:
            return len(await office.sent()) > 0

        await until(told)
        await office.desk.say(case.id, LI, "secret answer", "k1", "web")
        await office.desk.note(case.id, LI, "secret note", "k2", "web")
        await office.desk.close(case.id, LI, Outcome.answered, "web")
        await until(lambda: _end(audited, caplog))
        await asyncio.sleep(0.1)
    assert audited(caplog) == [
        "case 1: open by -", "case 1: overdue by -", "case 1: claim by li.na", "case 1: close by li.na",
    ]  # fmt: skip
    assert not any("secret" in record.getMessage() for record in caplog.records)
    assert len(await office.sent("notice")) == 3


async def _end(lines: Callable[[pytest.LogCaptureFixture], list[str]], caplog: pytest.LogCaptureFixture) -> bool:
    return any("close" in line for line in lines(caplog))


async def test_another_goes_on_where_one_ended(office: Office, redis: Redis, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot.audit")
    async with kept(office, redis):
        await until(lambda: redis.exists(office.keys.desk("audited")))
    case = await office.waits()
    await office.desk.claim(case.id, LI, "web")
    assert audited(caplog) == []
    async with kept(office, redis):  # at once: the first let go

        async def both() -> bool:
            return len(audited(caplog)) == 2

        await until(both, 3)
    assert audited(caplog) == ["case 1: open by -", "case 1: claim by li.na"]


async def test_it_survives_that_redis_is_away(
    tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path_factory.mktemp("keeper-redis")
    async with redis_store(None, folder) as redis:
        office = Office(redis, Clock())
        await office.hires(LI)
        async with kept(office, redis) as keepers:
            await until(lambda: redis.exists(office.keys.desk("audited")))
            await redis.connection_pool.disconnect()
            server = EmbeddedServer(folder)
            with contextlib.suppress(Exception):
                await redis.shutdown()

            async def away() -> bool:
                return any("waits for Redis" in record.getMessage() for record in caplog.records)

            await until(away)
            assert not server.alive()
            await asyncio.sleep(0.2)
            assert sum("waits for Redis" in record.getMessage() for record in caplog.records) == 1
            await asyncio.to_thread(server.revive)

            async def back() -> bool:
                return any("Redis is back" in record.getMessage() for record in caplog.records)

            await until(back)
            await office.waits()
            office.clock.now += 1000

            async def told() -> bool:
                return len(await office.sent()) == 1

            await until(told)
            assert keepers[0]._leases.held


async def test_a_bug_is_logged_by_its_kind_and_the_next_look_goes_on(
    office: Office, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    async with kept(office, redis):
        await until(lambda: redis.exists(office.keys.desk("audited")))
        await redis.xadd(office.keys.desk("events"), {"move": "secret"})

        async def failed() -> bool:
            return any("KeyError" in record.getMessage() for record in caplog.records)

        await until(failed)
        await office.waits()
        office.clock.now += 1000

        async def told() -> bool:
            return len(await office.sent()) == 1

        await until(told)
    assert not any("secret" in record.getMessage() for record in caplog.records)
