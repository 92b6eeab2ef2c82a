"""Staff in the web chat, over real HTTP: who answers, files both ways, what is taken back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import websockets
from redis.asyncio import Redis
from starlette.applications import Starlette

from bot.channels.web.history import History
from bot.channels.web.session import conversation_of
from bot.channels.web.web import Web
from bot.desk.cases import Outcome, Owner, Ownership
from bot.engine.protocol import Answer
from bot.messages import File, Incoming, Outgoing
from bot.store.buttons import Buttons
from bot.store.files import MOST_BYTES, Files, new_file
from bot.store.keys import Keys
from bot.store.outbox import Outbox
from catalog.store import shared

Site = Any
Office = Any
Open = Callable[[], Any]

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
BYTES = {"Content-Type": "application/octet-stream"}


def fresh() -> str:
    return uuid.uuid4().hex


@contextlib.asynccontextmanager
async def entered(site: Site) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """A browser that has opened the page, and its conversation."""
    async with site.client() as client:
        assert (await client.get("/")).status_code == 200
        yield client, conversation_of(client.cookies["qta_session"].partition(".")[0])


async def say(client: httpx.AsyncClient, **what: Any) -> httpx.Response:
    return await client.post("/api/messages", json={"id": fresh(), "language": "en", **what})


async def upload(
    client: httpx.AsyncClient, content: bytes = PNG, name: str = "a.png", **headers: str
) -> httpx.Response:
    return await client.post("/api/files", params={"name": name}, content=content, headers={**BYTES, **headers})


async def frame(client: httpx.AsyncClient, enough: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The whole conversation with who answers it, once it is as it shall be."""
    found: dict[str, Any] = {}
    for _ in range(100):
        found = (await client.get("/api/poll?after=0&known=0")).json()["frames"][0]
        if found["type"] == "entries" and enough(found):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(found)


def last(found: dict[str, Any], voice: str) -> dict[str, Any]:
    entry: dict[str, Any] = [each for each in found["entries"] if each.get("voice") == voice][-1]
    return entry


def has(voice: str, count: int = 1) -> Callable[[dict[str, Any]], bool]:
    return lambda found: sum(each.get("voice") == voice for each in found["entries"]) >= count


async def waits(client: httpx.AsyncClient) -> dict[str, Any]:
    """Ask for a person, and be told."""
    await say(client, command={"name": "human"})
    return await frame(client, has("assistant"))


async def test_the_page_is_told_who_answers(desk_site: Site, office: Open) -> None:
    async with office() as at, entered(desk_site) as (client, conversation):
        found = await frame(client, bool)
        assert (found["case"], found["with"]) == (None, None)
        found = await waits(client)
        assert (found["case"], found["with"]) == ("waiting", None)
        assert [b["kind"] for b in last(found, "assistant")["buttons"] if b["kind"] == "leave"] == ["leave"]
        case = await at.case(conversation)
        await at.desk.say(case.id, at.li, "Hello", key=fresh(), via="web")
        found = await frame(client, has("staff"))
        assert (found["case"], found["with"]) == ("staff", "Li Wei")
        said = last(found, "staff")
        assert (said["author"], said["text"], said["sources"], said["buttons"]) == ("Li Wei", "Hello", [], [])
        assert last(found, "notice")["author"] is None
        await say(client, command={"name": "service", "value": "work-permit", "aspect": "fee"})
        await at.wrote(case, "[Work permit · Fees]")
        await at.desk.transfer(case.id, at.li, None, via="web")
        found = await frame(client, has("notice", 2))
        assert (found["case"], found["with"]) == ("staff", None)
        await at.desk.claim(case.id, at.li, via="web")
        await at.desk.close(case.id, at.li, Outcome.answered, via="web")
        found = await frame(client, has("notice", 4))
        assert (found["case"], found["with"]) == (None, None)
        stars = [button for button in last(found, "notice")["buttons"] if button["kind"] == "rate"]
        assert [button["value"] for button in stars] == [1, 2, 3, 4, 5]
        assert [each["kind"] for each in last(found, "notice")["buttons"][5:]] == ["skip", "transcript"]
        assert "/desk" not in json.dumps(found)
        assert (await say(client, button=stars[3]["id"])).status_code == 202
        await frame(client, has("notice", 5))
        assert (await at.desk.case(case.id)).rating == 4


async def test_files_of_the_person(desk_site: Site, office: Open) -> None:
    async with office() as at, entered(desk_site) as (client, conversation), entered(desk_site) as (stranger, _):
        refused = await upload(client)
        assert (refused.status_code, refused.json()["error"]) == (409, "no_case")
        for each in (client, stranger):
            await waits(each)
        given = await upload(client, name="护照.png")
        assert given.status_code == 201
        file = given.json()
        expected = {
            "kind": "photo",
            "name": "护照.png",
            "mime": "image/png",
            "size": 28,
            "url": f"/api/files/{file['id']}",
        }
        assert file == {"id": file["id"], **expected}
        refused = await say(stranger, text="mine", files=[file["id"]])
        assert (refused.status_code, refused.json()["error"]) == (400, "files_gone")
        assert (await stranger.get(file["url"])).status_code == 404
        message = {"id": fresh(), "text": "", "files": [file["id"]], "language": "en"}
        for _ in range(2):
            assert (await client.post("/api/messages", json=message)).status_code == 202
        found = await frame(client, has("assistant", 2))
        mine = [entry for entry in found["entries"] if entry.get("files") and entry["role"] == "person"]
        assert [(entry["text"], entry["files"]) for entry in mine] == [("", [file])]
        case = await at.case(conversation)
        entries = await at.desk.cases.log(case.id)
        assert [each.name for entry in entries for each in entry.files] == ["护照.png"]
        got = await client.get(file["url"])
        assert (got.content, got.headers["content-type"]) == (PNG, "image/png")
        assert got.headers["content-disposition"].startswith("inline")
        assert got.headers["content-security-policy"].endswith("sandbox")
        assert got.headers["x-content-type-options"] == "nosniff"
        assert (await stranger.get(file["url"])).status_code == 404
        client.cookies.clear()
        assert (await client.get(file["url"])).status_code == 401


async def test_a_case_that_ended_takes_no_files(desk_site: Site, office: Open) -> None:
    async with office() as at, entered(desk_site) as (client, conversation):
        await waits(client)
        file = (await upload(client)).json()
        case = await at.case(conversation)
        await at.desk.close(case.id, at.li, Outcome.other, via="web")
        refused = await say(client, text="too late", files=[file["id"]])
        assert (refused.status_code, refused.json()["error"]) == (400, "no_case")


@pytest.mark.parametrize(
    ("headers", "content", "status", "error"),
    [
        ({"Origin": "https://evil.example"}, PNG, 403, "origin"),
        ({"Sec-Fetch-Site": "cross-site"}, PNG, 403, "origin"),
        ({"Content-Type": "text/plain"}, PNG, 415, "bad"),
        ({"Content-Type": "multipart/form-data"}, PNG, 415, "bad"),
        ({}, b"", 400, "file_empty"),
        ({}, b"x" * (MOST_BYTES + 1), 413, "file_too_large"),
        ({"Cookie": "qta_session=forged.forged"}, PNG, 401, "session"),
    ],
    ids=["origin", "site", "text", "form", "empty", "large", "session"],
)
async def test_uploads_that_are_refused(
    desk_site: Site, office: Open, headers: dict[str, str], content: bytes, status: int, error: str
) -> None:
    async with office(), entered(desk_site) as (client, _):
        await waits(client)
        if "Cookie" in headers:
            client.cookies.clear()
        response = await upload(client, content, **headers)
        assert (response.status_code, response.json()["error"]) == (status, error)


async def test_uploads_without_a_length_have_a_limit_too(desk_site: Site, office: Open) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield b"x" * (1 << 20)

    async with office(), entered(desk_site) as (client, _):
        await waits(client)
        with contextlib.suppress(httpx.WriteError):  # it may hang up before it has heard all
            response = await client.post("/api/files", content=parts(), headers=BYTES)
            assert (response.status_code, response.json()["error"]) == (413, "file_too_large")


async def test_who_uploads_too_much_waits(desk_site: Site, office: Open) -> None:
    async with office() as at, entered(desk_site) as (client, conversation):
        await waits(client)
        statuses = [(await upload(client)).status_code for _ in range(11)]
        assert statuses == [201] * 10 + [429]
        response = await upload(client)
        assert response.json()["error"] == "too_fast"
        assert int(response.headers["retry-after"]) >= 1
        keys = Keys()
        await at.redis.delete(keys.web_limit(f"files:{conversation.removeprefix('web:')}"))
        await at.redis.incrby(keys.web_limit(f"bytes:{conversation.removeprefix('web:')}"), 50 << 20)
        response = await upload(client)
        assert (response.status_code, response.json()["error"]) == (429, "files_full")


async def test_whoever_talks_to_staff_may_write_faster(
    new_site: Callable[..., Site], staffed: Any, office: Open
) -> None:
    narrow = new_site("--per-minute", "3", at=staffed)
    async with office() as at, entered(narrow) as (client, conversation):
        await waits(client)
        case = await at.case(conversation)
        await at.desk.claim(case.id, at.li, via="web")
        statuses = [(await say(client, text=f"line {n}")).status_code for n in range(10)]
        assert set(statuses) == {202}
        await at.wrote(case, "line 9")
        await at.desk.close(case.id, at.li, Outcome.answered, via="web")
        statuses = [(await say(client, text="to the assistant")).status_code for _ in range(4)]
        assert statuses[-1] == 429
    narrow.stop()


async def test_files_of_staff_and_what_is_taken_back(desk_site: Site, office: Open) -> None:
    async with office() as at, entered(desk_site) as (client, conversation):
        await waits(client)
        case = await at.case(conversation)
        page = b"<script>alert(1)</script>"
        file = new_file("document", "form.html", "text/html", len(page))
        await at.desk.files.put(file, page)
        await at.desk.say(case.id, at.li, "the wrong person's form", key="one", via="web", files=(file,))
        await at.desk.say(case.id, at.li, "Frist", key="two", via="web")
        found = await frame(client, has("staff", 2))
        [shown] = [entry for entry in found["entries"] if entry["text"] == "the wrong person's form"]
        got = await client.get(shown["files"][0]["url"])
        assert (got.content, got.headers["content-type"]) == (page, "application/octet-stream")
        assert got.headers["content-disposition"].startswith("attachment")
        await at.desk.edit(case.id, at.li, "two", "First", key="three", via="web")
        await at.desk.edit(case.id, at.li, "one", "", key="four", via="web")
        found = await frame(client, lambda found: has("staff", 4)(found) and "wrong person" not in json.dumps(found))
        staff = [entry for entry in found["entries"] if entry.get("voice") == "staff"]
        assert [(e["text"], e.get("edited", False), bool(e["edits"])) for e in staff] == [
            ("", True, False),
            ("First", True, False),
            ("First", False, True),
            ("", False, True),
        ]
        assert (await client.get(shown["files"][0]["url"])).status_code == 404


async def test_typing_reaches_open_pages(desk_site: Site, office: Open) -> None:
    async with office() as at, entered(desk_site) as (client, conversation):
        url = f"ws://127.0.0.1:{desk_site.port}/api/socket"
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        async with websockets.connect(url, origin=desk_site.url, extra_headers={"Cookie": cookies}) as connection:
            assert json.loads(await asyncio.wait_for(connection.recv(), 5))["type"] == "entries"
            await web(at.redis).typing(conversation)
            await web(at.redis).typing("tg:1")
            told = json.loads(await asyncio.wait_for(connection.recv(), 5))
            assert told == {"type": "notice", "notice": "staff_typing"}


def web(redis: Redis, **given: Any) -> Web:
    async def accept(_: Incoming) -> bool:
        return True

    return Web(accept, Outbox(redis), Buttons(redis), shared(), redis, **given)


@pytest.mark.parametrize(("owner", "told"), [(None, 1), (Owner.waiting, 1), (Owner.staff, 0)])
async def test_nobody_is_told_to_wait_for_the_assistant_while_staff_answer(
    redis: Redis, owner: Owner | None, told: int
) -> None:
    async def ownership(_: str) -> Ownership | None:
        return Ownership("1", owner) if owner else None

    before = await redis.xlen(Keys().web_feed)
    await web(redis, ownership=ownership).waiting(Incoming("web", "web:x", "m", 1.0, "hello"))
    assert await redis.xlen(Keys().web_feed) - before == told


async def test_files_that_are_kept_elsewhere(redis: Redis) -> None:
    asked: list[str | None] = []

    async def download(file: File) -> bytes | None:
        asked.append(file.telegram)
        return PNG if file.telegram == "there" else None

    here = Starlette(routes=web(redis, download=download).routes)
    files = [new_file("photo", "a.png", "image/png", 28, telegram=where) for where in ("there", "gone", None)]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(here), base_url="http://chat.example") as client:
        await client.get("/")
        conversation = conversation_of(client.cookies["qta_session"].partition(".")[0])
        await History(redis, Keys()).append(conversation, {"id": fresh()}, files)
        got = [await client.get(f"/api/files/{file.id}") for file in files]
        assert [each.status_code for each in got] == [200, 404, 404]
        assert got[0].content == PNG
        assert asked == ["there", "gone"]
        assert (await client.get("/api/files/x")).status_code == 404


async def test_deleting_everything_deletes_uploads_too(desk_site: Site, office: Open) -> None:
    async with office() as at, entered(desk_site) as (client, conversation):
        await waits(client)
        sent, unsent = (await upload(client)).json(), (await upload(client)).json()
        await say(client, text="look", files=[sent["id"]])
        await frame(client, has("assistant", 2))
        await say(client, command={"name": "forget"})
        await frame(client, lambda found: len(found["entries"]) == 1)
        for file in (sent, unsent):
            assert (await client.get(file["url"])).status_code == 404
            assert await Files(at.redis).get(file["id"]) is None
        keys = [key async for key in at.redis.scan_iter(match=f"*{conversation.removeprefix('web:')}*")]
        assert not [key for key in keys if "web-files" in key or "web-uploads" in key]


async def test_a_reply_without_a_desk(redis: Redis) -> None:
    """Replies recorded by other parts reach the page with all that is theirs."""
    here = web(redis)
    outgoing = Outgoing(
        "o1", "web", "web:y", (), Answer("en", "desk", None, 1.0, "Hi"), (), 1.0, "staff", "Ann", case="7"
    )
    stop = asyncio.Event()
    running = asyncio.create_task(here.run(stop))
    try:
        await Outbox(redis).record(outgoing)
        for _ in range(200):
            news = await History(redis, Keys()).since("web:y", 0)
            if news.entries:
                break
            await asyncio.sleep(0.05)
        assert [(e["voice"], e["author"], e["text"]) for e in news.entries] == [("staff", "Ann", "Hi")]
    finally:
        stop.set()
        await running
