"""The web chat over real HTTP and WebSockets: a process of its own, real Redis."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import websockets

Site = Any

ENDED = (0, -signal.SIGTERM)
"""uvicorn raises the signal again when everything has ended."""


def fresh() -> str:
    return uuid.uuid4().hex


@contextlib.asynccontextmanager
async def entered(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that has opened the page."""
    async with site.client() as client:
        assert (await client.get("/")).status_code == 200
        yield client


async def poll(client: httpx.AsyncClient, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """The entries of a conversation when there are enough, by long polling."""
    shown: list[dict[str, Any]] = []
    for _ in range(60):
        last = shown[-1]["seq"] if shown else 0
        frames = (await client.get(f"/api/poll?after={last}&known={int(bool(shown))}")).json()["frames"]
        for frame in frames:
            if frame["type"] == "entries":
                shown = [*([] if frame["whole"] else shown), *frame["entries"]]
        if enough(shown):
            return shown
        await asyncio.sleep(0.05)
    raise AssertionError(f"too few entries: {shown}")


def replies(count: int) -> Callable[[list[dict[str, Any]]], bool]:
    return lambda shown: sum(entry["role"] == "assistant" for entry in shown) >= count


@contextlib.asynccontextmanager
async def socket(
    site: Site, client: httpx.AsyncClient, after: int = 0, origin: str | None = None
) -> AsyncIterator[Any]:
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    url = f"ws://127.0.0.1:{site.port}/api/socket?after={after}"
    async with websockets.connect(url, origin=origin or site.url, extra_headers={"Cookie": cookies}) as found:
        yield found


async def code_of_closing(connection: Any, sent: str | None = None) -> int:
    """The code with which the server closes a socket, to which `sent` is sent until it does."""
    with contextlib.suppress(websockets.ConnectionClosed):
        for _ in range(200):
            if sent:
                await connection.send(sent)
            await asyncio.wait_for(connection.recv(), 5)
    code: int = connection.close_code
    return code


async def frames(connection: Any, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    got: list[dict[str, Any]] = []
    while not enough(got):
        got.append(json.loads(await asyncio.wait_for(connection.recv(), 15)))
    return got


async def test_a_message_is_answered_once_however_often_it_is_sent(site: Site) -> None:
    async with entered(site) as client:
        message = {"id": fresh(), "text": "echo hi", "language": "en"}
        for _ in range(3):
            response = await client.post("/api/messages", json=message)
            assert (response.status_code, response.json()) == (202, {"taken": message["id"]})
        await poll(client, replies(1))
        await asyncio.sleep(0.5)
        shown = await poll(client, replies(1))
        assert [(entry["role"], entry["text"]) for entry in shown] == [("person", "echo hi"), ("assistant", "hi")]
        assert shown[1]["to"] == [message["id"]]


async def test_conversations_are_apart(site: Site) -> None:
    async with entered(site) as one, entered(site) as other:
        await one.post("/api/messages", json={"id": fresh(), "text": "echo mine"})
        await other.post("/api/messages", json={"id": fresh(), "text": "echo yours"})
        assert [e["text"] for e in await poll(one, replies(1))] == ["echo mine", "mine"]
        shown = await poll(other, replies(1))
        assert [e["text"] for e in shown] == ["echo yours", "yours"]


async def test_buttons_mean_something_in_their_conversation_only(site: Site) -> None:
    async with entered(site) as one, entered(site) as other:
        await one.post("/api/messages", json={"id": fresh(), "text": "work permit", "language": "en"})
        shown = await poll(one, replies(1))
        button = next(b for b in shown[-1]["buttons"] if b["title"] == "Documents")
        assert set(button) == {"id", "title", "kind"}
        response = await other.post("/api/messages", json={"id": fresh(), "button": button["id"]})
        assert (response.status_code, response.json()["error"]) == (410, "stale")
        assert (await one.post("/api/messages", json={"id": fresh(), "button": button["id"]})).status_code == 202
        shown = await poll(one, replies(2))
        assert [entry["text"].partition("\n")[0] for entry in shown[2:]] == ["Documents", "Work permit · Documents"]


async def test_websockets_take_messages_and_bring_replies(site: Site) -> None:
    async with entered(site) as client:
        async with socket(site, client) as connection:
            first = await frames(connection, bool)
            assert first == [{"type": "entries", "whole": True, "entries": [], "last": 0, "case": None, "with": None}]
            name = fresh()
            await connection.send(json.dumps({"id": name, "text": "echo 你好"}))
            await connection.send('{"type":"ping"}')
            got = await frames(
                connection, lambda got: any(e.get("role") == "assistant" for f in got for e in f.get("entries", ()))
            )
            assert {"type": "taken", "id": name} in got
            assert {"type": "pong"} in got
            last = got[-1]["last"]
            for bad in ("{", "[]", '{"id":"x"}', json.dumps({"id": fresh(), "text": "x" * 4097})):
                await connection.send(bad)
                [refused] = await frames(connection, bool)
                assert refused["type"] == "refused"
                assert refused["error"] in ("bad", "too_long")
        async with socket(site, client, after=last) as connection:
            nothing = {"type": "entries", "whole": False, "entries": [], "last": last, "case": None, "with": None}
            assert await frames(connection, bool) == [nothing]


async def test_events_bring_replies_and_resume(site: Site) -> None:
    async with entered(site) as client:
        await client.post("/api/messages", json={"id": fresh(), "text": "echo one"})
        await poll(client, replies(1))

        async def first_data(headers: dict[str, str]) -> dict[str, Any]:
            async with client.stream("GET", "/api/events", headers=headers) as response:
                assert response.headers["content-type"].startswith("text/event-stream")
                async for line in response.aiter_lines():
                    if line.startswith("data: "):
                        data: dict[str, Any] = json.loads(line[6:])
                        return data
            raise AssertionError("the stream ended")

        frame = await first_data({})
        assert [entry["text"] for entry in frame["entries"]] == ["echo one", "one"]
        again = await first_data({"Last-Event-ID": str(frame["entries"][0]["seq"])})
        assert [entry["text"] for entry in again["entries"]] == ["one"]


@pytest.mark.parametrize(
    ("headers", "status", "error"),
    [
        ({"Origin": "https://evil.example"}, 403, "origin"),
        ({"Origin": "null"}, 403, "origin"),
        ({"Sec-Fetch-Site": "cross-site"}, 403, "origin"),
        ({"Content-Type": "text/plain"}, 415, "bad"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415, "bad"),
        ({"Cookie": "qta_session=forged.forged"}, 401, "session"),
    ],
)
async def test_messages_from_elsewhere_are_refused(
    site: Site, headers: dict[str, str], status: int, error: str
) -> None:
    async with entered(site) as client:
        body = json.dumps({"id": fresh(), "text": "echo forged"}).encode()
        if "Cookie" in headers:
            client.cookies.clear()
        sent = {"Content-Type": "application/json", **headers}
        response = await client.post("/api/messages", content=body, headers=sent)
        assert (response.status_code, response.json()["error"]) == (status, error)


async def test_websockets_from_elsewhere_are_closed(site: Site) -> None:
    async with entered(site) as client, site.client() as stranger:
        for who, origin, code in ((client, "https://evil.example", 4403), (stranger, None, 4401)):
            async with socket(site, who, origin=origin) as connection:
                assert await code_of_closing(connection) == code


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b"[" * 9000, 400), (b"\xff", 400), (b"x" * 17_000, 413), (json.dumps({"id": "a" * 12, "text": "x" * 4097}).encode(), 413)],
)  # fmt: skip
async def test_bodies_have_limits(site: Site, body: bytes, status: int) -> None:
    async with entered(site) as client:
        response = await client.post("/api/messages", content=body, headers={"Content-Type": "application/json"})
        assert response.status_code == status


async def test_a_socket_that_says_too_much_is_closed(site: Site) -> None:
    async with entered(site) as client:
        for sent, code in (("x" * 20_000, 1009), ('{"type":"ping"}', 4429)):
            async with socket(site, client) as connection:
                assert await code_of_closing(connection, sent) == code


async def test_who_writes_too_fast_waits(new_site: Callable[..., Site]) -> None:
    narrow = new_site("--per-minute", "5", "--per-address", "8")
    async with entered(narrow) as client, entered(narrow) as neighbour:
        statuses = [
            (await client.post("/api/messages", json={"id": fresh(), "text": "echo"})).status_code for _ in range(6)
        ]
        assert statuses == [202] * 5 + [429]
        statuses = [
            (await neighbour.post("/api/messages", json={"id": fresh(), "text": "echo"})).status_code for _ in range(4)
        ]
        assert statuses == [202] * 3 + [429]
        response = await client.post("/api/messages", json={"id": fresh(), "text": "echo"})
        assert response.json()["error"] == "too_fast"
        assert 0 < response.json()["retry_after"] <= 13
        assert int(response.headers["retry-after"]) >= 1
    assert narrow.stop() in ENDED


async def test_open_streams_have_a_limit(site: Site) -> None:
    async with entered(site) as client, contextlib.AsyncExitStack() as stack:
        for _ in range(12):
            connection = await stack.enter_async_context(socket(site, client))
            await asyncio.wait_for(connection.recv(), 5)
        async with socket(site, client) as one_more:
            assert await code_of_closing(one_more) == 4429
        assert (await client.get("/api/poll")).status_code == 429
    async with site.client() as again:
        again.cookies = client.cookies
        await asyncio.sleep(0.3)
        assert (await again.get("/api/poll")).status_code == 200


async def test_streams_asked_for_at_once_are_counted_too(site: Site) -> None:
    async with entered(site) as client:
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        connections = [await asyncio.open_connection("127.0.0.1", site.port) for _ in range(48)]
        for _, writer in connections:
            writer.write(f"GET /api/events HTTP/1.1\r\nHost: a\r\nCookie: {cookies}\r\n\r\n".encode())

        async def is_open(reader: asyncio.StreamReader) -> bool:
            with contextlib.suppress(asyncio.TimeoutError, asyncio.IncompleteReadError):
                await asyncio.wait_for(reader.readuntil(b"entries"), 1)
                return True
            return False

        assert sum(await asyncio.gather(*(is_open(reader) for reader, _ in connections))) <= 12
        for _, writer in connections:
            writer.close()


async def test_sessions(site: Site) -> None:
    async with site.client() as client:
        assert (await client.get("/api/session")).status_code == 401
        assert (await client.get("/api/poll")).status_code == 401
        assert (await client.get("/api/events")).status_code == 401
        refused = await client.post("/api/session", headers={"Origin": "https://evil.example"})
        assert refused.status_code == 403
        given = await client.post("/api/session")
        assert "HttpOnly" in given.headers["set-cookie"]
        assert "SameSite=Lax" in given.headers["set-cookie"]
        cookie = client.cookies["qta_session"]
        await client.get("/")
        assert client.cookies["qta_session"] == cookie, "who has a session keeps it"
        assert (await client.get("/api/session")).status_code == 200


async def test_two_gateways_serve_one_conversation(site: Site, new_site: Callable[..., Site]) -> None:
    second = new_site()
    async with entered(site) as client, second.client() as elsewhere:
        elsewhere.cookies = client.cookies
        async with socket(second, client) as connection:
            await asyncio.wait_for(connection.recv(), 5)
            await client.post("/api/messages", json={"id": fresh(), "text": "echo over there"})
            got = await frames(
                connection, lambda got: any(e.get("role") == "assistant" for f in got for e in f.get("entries", ()))
            )
            assert got[-1]["entries"][-1]["text"] == "over there"
    assert second.stop() in ENDED


async def test_a_shutdown_ends_open_streams_and_is_quick(new_site: Callable[..., Site]) -> None:
    here = new_site()
    async with (
        entered(here) as client,
        socket(here, client) as connection,
        client.stream("GET", "/api/events") as events,
    ):
        await asyncio.wait_for(connection.recv(), 5)
        begun = asyncio.get_running_loop().time()
        assert await asyncio.to_thread(here.stop, signal.SIGTERM) in ENDED
        assert asyncio.get_running_loop().time() - begun < 5
        async for _ in events.aiter_raw():
            pass
        assert await code_of_closing(connection) == 1012
    assert "Traceback" not in here.log.read_text()


async def test_deleting_everything(site: Site) -> None:
    async with entered(site) as client:
        await client.post("/api/messages", json={"id": fresh(), "text": "echo secret"})
        await poll(client, replies(1))
        await client.post("/api/messages", json={"id": fresh(), "command": {"name": "forget"}, "language": "en"})
        shown = await poll(
            client, lambda shown: bool(shown) and shown[0]["role"] == "assistant" and shown[0]["forgotten"]
        )
        assert [entry["text"] for entry in shown] == ["Everything is deleted."]


async def test_pages_and_files(site: Site) -> None:
    async with site.client(**{"Accept-Encoding": "gzip"}) as client:
        page = await client.get("/?lang=zh-Hant")
        assert '<html lang="zh-Hant">' in page.text
        assert page.headers["content-encoding"] == "gzip"
        assert page.headers["cache-control"] == "no-store"
        assert (await client.get("/services")).headers["content-language"] == "zh-Hant", "the choice is remembered"
        script = page.text.partition('src="/static/')[2].partition('"')[0]
        for name in ("main.js", "style.css", "icon.svg", "view.js"):
            file = await client.get(f"/static/{script.partition('/')[0]}/{name}")
            assert (file.status_code, "immutable" in file.headers["cache-control"]) == (200, True)
        assert (await client.get("/static/old/main.js")).headers["cache-control"] == "no-cache"
        widget = await client.get("/widget.js")
        assert widget.headers["cross-origin-resource-policy"] == "cross-origin"
        service = await client.get("/api/services/work-permit?lang=en")
        assert service.json()["name"] == "Foreigner's Work Permit"
        assert "work-permit?lang=en" in (await client.get("/sitemap.xml")).text
        assert "Sitemap:" in (await client.get("/robots.txt")).text
        embedded = await client.get("/embed")
        assert "http://partner.example:8000" in embedded.headers["content-security-policy"]
        assert "qta_embedded=" in embedded.headers["set-cookie"]


@pytest.mark.parametrize("path", ["/services/nothing", "/static/x/nothing.js", "/static/x/..%2fweb.py", "/services/%3Cscript%3E", "/nothing"])  # fmt: skip
async def test_what_is_not_there(site: Site, path: str) -> None:
    async with site.client() as client:
        response = await client.get(path)
        assert response.status_code == 404
        assert "There is no such page" in response.text
        assert "script-src 'self'" in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"


async def test_every_answer_has_the_headers(site: Site) -> None:
    async with site.client() as client:
        for path in ("/", "/services", "/services/work-permit", "/api/session", "/widget.js", "/robots.txt"):
            response = await client.get(path)
            assert {"content-security-policy", "x-content-type-options", "referrer-policy"} <= set(response.headers), (
                path
            )
