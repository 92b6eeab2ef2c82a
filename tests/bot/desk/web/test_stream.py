"""What is new, without reloading: over a real server."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from typing import Any

import httpx
import pytest

from bot.desk.web import api

Office = Any
Streaming = Any


async def upcoming(frames: Any, count: int, seconds: float = 5.0) -> list[dict[str, Any]]:
    """The next frames that are no pings."""

    async def take() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while len(found) < count:
            frame = await anext(frames)
            if frame["type"] != "ping":
                found.append(frame)
        return found

    return await asyncio.wait_for(take(), seconds)


async def test_everybody_hears_of_everything(streaming: Streaming) -> None:
    office = streaming.office
    chen, boss = await office.signed_in("chen"), await office.signed_in("boss")
    async with streaming.news(chen) as first, streaming.news(boss) as second:
        for frames in (first, second):
            hello = (await upcoming(frames, 1))[0]
            assert (hello["type"], hello["resumed"]) == ("hello", False)
        case = await office.ask("web:a", name="Anna")
        for frames in (first, second):
            news = await upcoming(frames, 4)
            assert [each["kind"] for each in news] == ["person", "assistant", "person", "move"]
            assert (news[-1]["move"], news[-1]["case"]["name"], news[-1]["counts"]["waiting"]) == ("open", "Anna", 1)
        await chen.post(f"/desk/api/cases/{case.id}/say", json={"text": "Hello", "key": secrets.token_hex(8)})
        for frames, mine in ((first, 1), (second, 0)):
            news = await upcoming(frames, 3)
            assert [(each["kind"], each["move"], each["by"]) for each in news] == [
                ("notice", None, None),
                ("move", "claim", "chen"),
                ("staff", None, "chen"),
            ]
            assert news[-1]["counts"] == {"waiting": 0, "due": 0, "mine": mine, "active": 1}
        began = time.monotonic()
        await office.hear(case, "Hi")
        news = await upcoming(second, 1)
        assert time.monotonic() - began < 0.5
        assert (news[0]["kind"], news[0]["case"]["unread"], news[0]["case"]["last_text"]) == ("person", 1, "Hi")
        await office.desk.forget("web:a")
        assert (await upcoming(second, 1))[0]["type"] == "forgotten"


async def test_nothing_is_missed_between_two_connections(streaming: Streaming) -> None:
    office = streaming.office
    case = await office.ask("web:a")
    client = await office.signed_in("chen")
    at = (await client.get("/desk/api/cases")).json()["at"]
    await office.desk.overhear(case.id, office.message("web:a", "one"))
    async with streaming.news(client, params={"after": at}) as frames:
        hello, first = await upcoming(frames, 2)
        assert (hello["resumed"], first["case"]["last_text"]) == (True, "one")
    for text in ("two", "three"):
        await office.desk.overhear(case.id, office.message("web:a", text))
    async with streaming.news(client, headers={"Last-Event-ID": first["id"]}) as frames:
        hello, second, third = await upcoming(frames, 3)
        assert hello["resumed"]
        assert second["id"] < third["id"]
        assert third["case"]["last_text"] == "three"
    async with streaming.news(client, headers={"Last-Event-ID": third["id"]}, params={"after": at}) as frames:
        await upcoming(frames, 1)
        await office.desk.overhear(case.id, office.message("web:a", "four"))
        assert (await upcoming(frames, 1))[0]["case"]["last_text"] == "four", "each comes once"


@pytest.mark.parametrize("place", ["x", "$", "9999999999999-0", "1-2-3", ""])
async def test_from_a_place_that_is_none_the_page_begins_anew(streaming: Streaming, place: str) -> None:
    client = await streaming.office.signed_in("chen")
    async with streaming.news(client, params={"after": place}) as frames:
        assert (await upcoming(frames, 1))[0]["resumed"] is False


async def test_who_missed_too_much_begins_anew(streaming: Streaming, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "MISSED", 3)
    office = streaming.office
    client = await office.signed_in("chen")
    at = (await client.get("/desk/api/cases")).json()["at"]
    await office.ask("web:a")
    async with streaming.news(client, params={"after": at}) as frames:
        first, again = await upcoming(frames, 2)
        assert (first["resumed"], again["type"], again["resumed"]) == (True, "hello", False)


async def test_a_stream_ends_with_its_session(streaming: Streaming, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "LOOK", 0.0)
    office = streaming.office
    client = await office.signed_in("chen")
    async with streaming.news(client) as frames:
        await upcoming(frames, 1)
        await office.staff.remove("chen")
        await office.ask("web:a", "secret")
        with pytest.raises(StopAsyncIteration):
            await upcoming(frames, 1)


async def test_an_open_page_keeps_its_session(streaming: Streaming, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "LOOK", 0.0)
    monkeypatch.setattr(api, "PING", 0.05)
    office = streaming.office
    client = await office.signed_in("chen")
    async with streaming.news(client) as frames:
        for _ in range(3):
            office.clock.now += 29 * 60
            before = time.monotonic()
            while time.monotonic() - before < 0.2:
                assert (await anext(frames))["type"] in ("hello", "ping")
    assert (await client.get("/desk/api/me")).status_code == 200


async def test_open_streams_have_a_limit(streaming: Streaming, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "STREAMS", 1)
    client = await streaming.office.signed_in("chen")
    async with streaming.news(client) as frames:
        await upcoming(frames, 1)
        async with httpx.AsyncClient(base_url=streaming.url, cookies=client.cookies) as browser:
            cookies = f"qta_desk={client.cookies['qta_desk']}"
            refused = await browser.get("/desk/api/events", headers={"Cookie": cookies})
            assert (refused.status_code, refused.json()["error"]) == (429, "too_many")
    await asyncio.sleep(0.1)
    async with streaming.news(client) as frames:
        await upcoming(frames, 1)


async def test_a_shutdown_ends_open_streams(streaming: Streaming) -> None:
    client = await streaming.office.signed_in("chen")
    async with streaming.news(client) as frames:
        await upcoming(frames, 1)
        began = time.monotonic()
        streaming.stop.set()
        with pytest.raises(StopAsyncIteration):
            await upcoming(frames, 1)
        assert time.monotonic() - began < 2


async def test_streams_go_on_after_redis_was_away(mortal: Any, serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    office, server = mortal
    monkeypatch.setattr(api, "RETRY", 0.05)
    client = await office.signed_in("chen")
    async with serve(office) as streaming, streaming.news(client) as frames:
        await upcoming(frames, 1)
        server.stop()
        await asyncio.sleep(0.3)
        server.start()
        case = await office.ask("web:a")
        assert (await upcoming(frames, 4, 10))[-1]["case"]["id"] == case.id


async def test_streams_asked_for_at_once_are_counted_too(streaming: Streaming) -> None:
    client = await streaming.office.signed_in("chen")
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    host, _, port = streaming.url.removeprefix("http://").partition(":")
    connections = [await asyncio.open_connection(host, int(port)) for _ in range(4 * api.STREAMS)]
    for _, writer in connections:
        writer.write(f"GET /desk/api/events HTTP/1.1\r\nHost: desk.test\r\nCookie: {cookies}\r\n\r\n".encode())
    await asyncio.gather(*(reader.readline() for reader, _ in connections))

    async def said_hello(reader: asyncio.StreamReader) -> bool:
        with contextlib.suppress(asyncio.TimeoutError, asyncio.IncompleteReadError):
            await asyncio.wait_for(reader.readuntil(b"hello"), 1)
            return True
        return False

    assert sum(await asyncio.gather(*(said_hello(reader) for reader, _ in connections))) <= api.STREAMS
    for _, writer in connections:
        writer.close()
