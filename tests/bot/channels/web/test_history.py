from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from bot.channels.web.history import DAYS, MOST, History
from bot.channels.web.hub import Hub
from bot.messages import File
from bot.store.connection import connect
from bot.store.errors import StoreUnavailable
from bot.store.keys import Keys
from bot.store.tasks import ended

KEYS = Keys("history-test:")


@pytest.fixture
async def history(redis: Redis) -> History:
    await redis.delete(*[key async for key in redis.scan_iter("history-test:*")], "none")
    return History(redis, KEYS)


async def add(history: History, *names: str, conversation: str = "web:c") -> list[bool]:
    return [await history.append(conversation, {"id": name, "text": f"text {name} \ud83d"}) for name in names]


async def shown(history: History, after: int = 0) -> list[str]:
    return [entry["id"] for entry in (await history.since("web:c", after)).entries]


async def test_entries_come_in_order_and_once(history: History) -> None:
    assert await add(history, "a", "b", "a", "c") == [True, True, False, True]
    news = await history.since("web:c", 0)
    assert [entry["id"] for entry in news.entries] == ["a", "b", "c"]
    assert news.entries[0]["text"] == "text a \ud83d"
    numbers = [entry["seq"] for entry in news.entries]
    assert numbers == sorted(set(numbers))
    assert news.whole
    later = await history.since("web:c", numbers[1])
    assert ([entry["id"] for entry in later.entries], later.whole) == (["c"], False)
    assert await history.since("web:c", numbers[2]) == type(later)((), False)
    assert (await history.since("web:other", 0)).entries == ()


async def test_many_at_once_all_get_numbers_of_their_own(history: History) -> None:
    await asyncio.gather(*(add(history, f"n{number}") for number in range(100)))
    numbers = [entry["seq"] for entry in (await history.since("web:c", 0)).entries]
    assert len(set(numbers)) == 100


async def test_the_newest_are_kept_for_some_days(history: History, redis: Redis) -> None:
    await add(history, "first")
    first = (await history.since("web:c", 0)).entries[0]["seq"]
    await add(history, *(f"n{number}" for number in range(MOST + 5)))
    assert len(await shown(history)) == MOST
    news = await history.since("web:c", first)
    assert news.whole, "what came in between is gone, so everything is sent"
    for key in (KEYS.web_history("web:c"), KEYS.web_ids("web:c")):
        assert DAYS * 86400 - 60 < await redis.ttl(key) <= DAYS * 86400


async def test_what_is_deleted_is_gone_and_noticed(history: History) -> None:
    await add(history, "a", "b")
    last = (await history.since("web:c", 0)).entries[-1]["seq"]
    await history.append("web:c", {"id": "gone"}, only=True)
    news = await history.since("web:c", last)
    assert ([entry["id"] for entry in news.entries], news.whole) == (["gone"], True)
    assert news.entries[0]["seq"] > last - 1
    await history.forget("web:c")
    news = await history.since("web:c", news.entries[0]["seq"])
    assert (news.entries, news.whole) == ((), True)


async def test_every_gateway_is_woken(history: History, redis: Redis) -> None:
    hubs = [Hub(redis, KEYS), Hub(redis, KEYS)]
    tasks = [asyncio.create_task(hub.run()) for hub in hubs]
    await asyncio.sleep(0.2)
    with hubs[0].listen("web:c") as one, hubs[1].listen("web:c") as other, hubs[1].listen("web:d") as stranger:
        for listener in (one, other, stranger):
            listener.notices()
        await add(history, "a")
        assert await one.wait(2)
        assert await other.wait(2)
        assert not await stranger.wait(0.1)
        other.notices()
        await history.tell("web:c", "waking")
        assert await other.wait(2)
        assert other.notices() == ["waking"]
    await ended(*tasks)


async def test_a_store_that_is_away_is_said() -> None:
    nowhere = connect("unix:///nowhere/redis.sock")
    history = History(nowhere, KEYS)
    with pytest.raises(StoreUnavailable):
        await add(history, "a")
    with pytest.raises(StoreUnavailable):
        await history.since("web:c", 0)


async def test_files_stand_in_their_conversation_and_go_with_what_is_taken_back(history: History) -> None:
    file = File("f" * 22, "document", "a.pdf", "application/pdf", 7, "telegram-id")
    await history.append("web:c", {"id": "a", "text": "see", "files": [{"id": file.id}]}, [file])
    await add(history, "b")
    assert await history.file("web:c", file.id) == file
    assert await history.file("web:other", file.id) is None
    await history.amend("web:c", "nothing", "x")
    await history.amend("web:c", "a", "look")
    assert await history.file("web:c", file.id) == file
    before = await history.since("web:c", 0)
    changed = before.entries[0]
    assert (changed["id"], changed["text"], changed["edited"], changed["files"]) == (
        "a",
        "look",
        True,
        [{"id": file.id}],
    )
    await history.amend("web:c", "a", "")
    after = await history.since("web:c", 0)
    assert (after.entries[0]["text"], after.entries[0]["files"]) == ("", [])
    assert [e["seq"] for e in after.entries] == [e["seq"] for e in before.entries], "pages go on where they were"
    assert await history.file("web:c", file.id) is None


async def test_files_go_with_the_conversation(history: History) -> None:
    file = File("f" * 22, "document", "a.pdf", "application/pdf", 7)
    await history.append("web:c", {"id": "a"}, [file])
    await history.append("web:c", {"id": "b"}, only=True)
    assert await history.file("web:c", file.id) is None
    await history.append("web:c", {"id": "c"}, [file])
    await history.forget("web:c")
    assert await history.file("web:c", file.id) is None
