"""What every route has in common: who may, from where, and with which headers."""

from __future__ import annotations

import re
from typing import Any

import pytest

Office = Any
PASSWORD = "correct horse battery"

ACTS = {
    "/desk/api/available": {"available": False},
    "/desk/api/files?name=a.txt": {},
    "/desk/api/cases/1/claim": {},
    "/desk/api/cases/1/say": {"text": "Hello", "key": "k" * 16},
    "/desk/api/cases/1/note": {"text": "Hello", "key": "k" * 16},
    "/desk/api/cases/1/edit": {"of": "s:" + "k" * 16, "text": "", "key": "l" * 16},
    "/desk/api/cases/1/assign": {"to": "boss"},
    "/desk/api/cases/1/transfer": {"team": None},
    "/desk/api/cases/1/close": {"outcome": "answered", "seen": "9999999999999-0"},
    "/desk/api/cases/1/reopen": {"text": "Hello", "key": "k" * 16},
    "/desk/api/cases/1/ban": {},
    "/desk/api/cases/1/typing": {},
}
FORMS = {
    "/desk/logout": {},
    "/desk/account": {"do": "totp_begin", "password": PASSWORD},
    "/desk/insights/questions": {"do": "dismiss", "id": "1"},
}
OPEN_FORMS = {"/desk/login": {"user": "boss", "password": PASSWORD}, "/desk/language": {"language": "zh"}}
DATA = (
    "/desk/api/me",
    "/desk/api/cases",
    "/desk/api/search",
    "/desk/api/events",
    "/desk/api/cases/1",
    "/desk/api/cases/1/canned",
)
PAGES = ("/desk", "/desk/account", "/desk/files/x", "/desk/insights", "/desk/insights.csv", "/desk/insights/questions")
FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://desk.test", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://desk.test", "Sec-Fetch-Site": "same-site"},
)


def test_the_lists_here_name_every_route(office: Office) -> None:
    posts = {route.path.replace("{case}", "1") for route in office.web.routes if "POST" in route.methods} - {
        "/desk/{rest:path}"
    }
    assert posts == {path.partition("?")[0] for path in ({*ACTS, *FORMS, *OPEN_FORMS})}
    gets = {
        route.path.replace("{case}", "1").replace("{file}", "x")
        for route in office.web.routes
        if "GET" in route.methods
    }
    assert gets == {*DATA, *PAGES, "/desk/login", "/desk/static/{version}/{name}", "/desk/{rest:path}"}


async def state(office: Office) -> list[Any]:
    """Everything that any act would change."""
    case = await office.desk.cases.get("1")
    return [case, await office.desk.cases.log("1"), await office.staff.all(), await office.redis.keys("*desk:upload*")]


@pytest.mark.parametrize("path", ACTS)
async def test_acts_need_session_origin_and_token(office: Office, path: str) -> None:
    await office.ask("web:a")
    client = await office.signed_in("boss")
    before = await state(office)
    for headers in FOREIGN:
        response = await client.post(path, json=ACTS[path], headers=headers)
        assert (response.status_code, response.json()["error"]) == (403, "origin"), headers
    for token in ("", "0" * 64, "é"):
        response = await client.post(path, json=ACTS[path], headers={"X-CSRF-Token": token.encode()})
        assert (response.status_code, response.json()["error"]) == (403, "csrf")
    other = await office.signed_in("chen")
    response = await client.post(path, json=ACTS[path], headers={"X-CSRF-Token": other.headers["X-CSRF-Token"]})
    assert response.status_code == 403, "a token of another session"
    async with office.browser(**{"X-CSRF-Token": client.headers["X-CSRF-Token"]}) as nobody:
        response = await nobody.post(path, json=ACTS[path])
        assert (response.status_code, response.json()["error"]) == (401, "session")
    assert await state(office) == before


@pytest.mark.parametrize("path", FORMS)
async def test_forms_need_session_origin_and_token(office: Office, path: str) -> None:
    client = await office.signed_in("boss")
    token = client.headers["X-CSRF-Token"]
    for headers in FOREIGN:
        assert (await client.post(path, data={**FORMS[path], "csrf": token}, headers=headers)).status_code == 403
    for wrong in ("", "0" * 64):
        assert (await client.post(path, data={**FORMS[path], "csrf": wrong})).status_code == 403
    assert (await client.post(path, json={**FORMS[path], "csrf": token})).status_code == 400
    assert (await client.get("/desk/api/me")).status_code == 200
    async with office.browser() as nobody:
        response = await nobody.post(path, data={**FORMS[path], "csrf": token})
        assert (response.status_code, response.headers["location"].partition("?")[0]) == (303, "/desk/login")


@pytest.mark.parametrize("path", OPEN_FORMS)
async def test_forms_without_session_need_origin(office: Office, path: str) -> None:
    for headers in FOREIGN:
        async with office.browser(**headers) as client:
            response = await client.post(path, data=OPEN_FORMS[path])
            assert (response.status_code, response.headers.get("set-cookie")) == (403, None)


@pytest.mark.parametrize("path", DATA)
async def test_data_needs_a_session(office: Office, path: str) -> None:
    await office.ask("web:a")
    async with office.browser() as client:
        client.cookies.set("qta_desk", "x" * 43)
        response = await client.get(path)
        assert (response.status_code, response.json()["error"]) == (401, "session")
        assert "How long" not in response.text


@pytest.mark.parametrize("path", PAGES)
async def test_pages_need_a_session(office: Office, path: str) -> None:
    async with office.browser() as client:
        response = await client.get(path)
        assert (response.status_code, response.headers["location"].partition("?")[0]) == (303, "/desk/login")


@pytest.mark.parametrize("path", [path for path in PAGES if "insights" in path])
async def test_some_pages_are_for_supervisors(office: Office, path: str) -> None:
    agent = await office.signed_in("chen")
    response = await agent.get(path)
    assert (response.status_code, "Only supervisors" in response.text) == (403, True)
    assert "/desk/insights" not in (await agent.get("/desk")).text.partition("</header>")[0]
    response = await agent.post(
        "/desk/insights/questions", data={"csrf": agent.headers["X-CSRF-Token"], "do": "dismiss", "id": "1"}
    )
    assert response.status_code == 403


async def test_who_is_demoted_is_so_at_once(office: Office) -> None:
    import dataclasses

    boss = await office.signed_in("boss")
    await office.staff.replace(dataclasses.replace(await office.staff.get("boss"), role="agent"))
    assert (await boss.get("/desk/insights")).status_code == 303


async def test_every_answer_has_the_headers_and_is_not_kept(office: Office) -> None:
    await office.ask("web:a")
    boss = await office.signed_in("boss")
    paths = ["/desk/login", "/desk", "/desk/account", "/desk/api/me", "/desk/api/cases", "/desk/api/cases/1", "/desk/api/cases/99", "/desk/nothing",
             "/desk/api/search?q=x", "/desk/files/x?case=1", "/desk/static/x/nothing.js"]  # fmt: skip
    async with office.browser() as nobody:
        for response in [*[await boss.get(path) for path in paths], await nobody.get("/desk"), await nobody.get("/desk/api/me"),
                         await boss.post("/desk/api/me"), await nobody.post("/desk/login", data={})]:  # fmt: skip
            policy = response.headers["content-security-policy"]
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert response.headers["cache-control"] == "no-store"
            assert response.headers["x-content-type-options"] == "nosniff"
            assert response.headers["x-frame-options"] == "DENY"
            assert response.headers["referrer-policy"]
            assert response.headers["x-robots-tag"] == "noindex"


async def test_pages_hold_nothing_that_the_policy_forbids(office: Office) -> None:
    boss = await office.signed_in("boss", "zh")
    for path in ("/desk", "/desk/account", "/desk/nothing", "/desk/login"):
        html = (await boss.get(path, follow_redirects=True)).text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html.partition('id="boot"')[0])
        assert not re.search(r"<script(?![^>]*( src=|application/json))", html)
        ids = re.findall(r'\sid="([^"]*)"', html.partition('id="boot"')[0])
        assert len(ids) == len(set(ids))


async def test_static_files_are_kept_for_ever(office: Office) -> None:
    async with office.browser() as client:
        address = re.search(r'"(/desk/static/[^"]*/desk\.css)"', (await client.get("/desk/login")).text)[1]  # type: ignore[index]
        response = await client.get(address)
        assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (200, "text/css")
        assert "immutable" in response.headers["cache-control"]
        assert (await client.get("/desk/static/old/desk.css")).headers["cache-control"] == "no-cache"
        for name in ("..%2fweb.py", "../web.py", "nothing.js"):
            assert (await client.get(f"/desk/static/x/{name}")).status_code == 404


@pytest.mark.parametrize("path", ["/desk/nothing", "/desk/api/nothing", "/desk//", "/desk/%3Cscript%3E"])
async def test_what_is_not_there(office: Office, path: str) -> None:
    client = await office.signed_in("chen")
    for method in ("GET", "POST", "DELETE"):
        response = await client.request(method, path)
        assert (response.status_code, "There is no such page" in response.text) == (404, True)
        assert "<script>" not in response.text


async def test_a_slash_at_the_end_does_no_harm(office: Office) -> None:
    client = await office.signed_in("chen")
    assert (await client.get("/desk/")).headers["location"] == "/desk"


async def test_without_redis_everybody_is_told(mortal: Any) -> None:
    office, server = mortal
    client = await office.signed_in("chen", "zh")
    server.stop()
    response = await client.get("/desk/api/cases")
    assert (response.status_code, response.json()) == (503, {"error": "away", "text": "暂时连不上，请稍后再试。"})
    page = await client.get("/desk")
    assert (page.status_code, "数据库没有响应" in page.text) == (503, True)
    assert page.headers["cache-control"] == "no-store"
    server.start()
    assert (await client.get("/desk/api/cases")).status_code == 200


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'{"a":' * 5000, b"\xff", b'{"text": 1}', b'{"text":"' + b"x" * 70_000 + b'"}']
)
async def test_bodies_that_say_nothing(office: Office, body: bytes) -> None:
    await office.ask("web:a")
    client = await office.signed_in("chen")
    response = await client.post("/desk/api/cases/1/say", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["error"]) == (400, "bad")
    other = await client.post("/desk/api/cases/1/claim", content=b"{}", headers={"Content-Type": "text/plain"})
    assert other.status_code == 400
