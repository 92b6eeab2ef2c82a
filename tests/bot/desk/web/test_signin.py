"""Signing in and out, and one's own account."""

from __future__ import annotations

import re
from typing import Any

import pyotp
import pytest

Office = Any
PASSWORD = "correct horse battery"


async def sign_in(client: Any, user: str = "chen", password: str = PASSWORD, **given: str) -> Any:
    return await client.post("/desk/login", data={"user": user, "password": password, **given})


def csrf(html: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', html)
    assert found
    return found[1]


async def test_who_is_not_signed_in_is_asked_to(office: Office) -> None:
    async with office.browser() as client:
        for path, back in (("/desk", "/desk/login"), ("/desk/account", "/desk/login?next=%2Fdesk%2Faccount")):
            response = await client.get(path)
            assert (response.status_code, response.headers["location"]) == (303, back)
        page = await client.get("/desk/login")
        assert 'name="password"' in page.text
        assert 'name="code"' not in page.text


async def test_signing_in_and_out(office: Office) -> None:
    async with office.browser() as client:
        response = await sign_in(client, " CHEN ", next="/desk/account")
        assert (response.status_code, response.headers["location"]) == (303, "/desk/account")
        cookie = response.headers["set-cookie"]
        assert re.fullmatch(r"qta_desk=[\w-]{43}; Path=/desk; HttpOnly; SameSite=Strict", cookie)
        assert (await client.get("/desk/login")).headers["location"] == "/desk"
        page = await client.get("/desk")
        assert page.status_code == 200
        assert "Chen Chen" in page.text
        gone = await client.post("/desk/logout", data={"csrf": csrf(page.text)})
        assert gone.headers["location"] == "/desk/login"
        client.headers["Cookie"] = cookie.partition(";")[0]  # whoever kept it
        assert (await client.get("/desk/api/me")).status_code == 401


async def test_over_https_the_cookie_is_for_https_only(office: Office) -> None:
    async with office.browser(Origin="https://desk.test") as client:
        client.base_url = "https://desk.test"
        assert (await sign_in(client)).headers["set-cookie"].endswith("; Secure")


async def test_signing_in_changes_the_session(office: Office) -> None:
    client = await office.signed_in("chen")
    before = client.cookies["qta_desk"]
    await sign_in(client)
    assert client.cookies["qta_desk"] != before
    assert await office.staff.session(before) is None


@pytest.mark.parametrize(
    ("user", "password"),
    [("chen", "not-this-one"), ("nobody", PASSWORD), ("", "zzz"), ("<script>", "zzz"), ("chen", PASSWORD + " ")],
)
async def test_it_is_not_said_what_is_wrong(office: Office, user: str, password: str) -> None:
    async with office.browser() as client:
        response = await sign_in(client, user, password)
        assert response.status_code == 401
        assert "Login, password or code is wrong." in response.text
        assert "<script>" not in response.text
        assert password not in response.text
        assert "qta_desk=" not in response.headers.get("set-cookie", "")


async def test_too_many_failures_lock_the_account(office: Office) -> None:
    async with office.browser("zh") as client:
        for _ in range(5):
            assert (await sign_in(client, password="wrong")).status_code == 401
        locked = await sign_in(client)
        assert locked.status_code == 429
        assert "失败次数太多，请15分钟后再试。" in locked.text
        office.clock.now += 15 * 60 + 1
        assert (await sign_in(client)).status_code == 303


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example", "//evil.example/desk", "/\\evil.example", "/desk/../x", "/desk//evil.example", "javascript:alert(1)",
     "/desk/logout", "/desk/api/me", "/deskevil", "/desk@evil.example", "\t//evil.example", "http:/desk", "/desk/login", "http://[", "//[/desk"],
)  # fmt: skip
async def test_signing_in_leads_to_the_desk_only(office: Office, wanted: str) -> None:
    async with office.browser() as client:
        assert (await client.get("/desk/login", params={"next": wanted})).status_code == 200
        chosen = await client.post("/desk/language", data={"language": "zh", "next": wanted})
        assert chosen.headers["location"] == ("/desk/login" if wanted == "/desk/login" else "/desk")
        assert (await sign_in(client, next=wanted)).headers["location"] == "/desk"


@pytest.mark.parametrize("wanted", ["/desk", "/desk/account", "/desk/insights?from=2026-11-01&to=2026-11-24"])
async def test_signing_in_leads_where_one_was(office: Office, wanted: str) -> None:
    async with office.browser() as client:
        assert (await sign_in(client, "boss", next=wanted)).headers["location"] == wanted


async def test_a_line_break_in_next_writes_no_header(office: Office) -> None:
    async with office.browser() as client:
        response = await sign_in(client, next="/desk?a=b\r\nSet-Cookie: evil=1")
        assert "evil" not in response.headers.get("set-cookie", "")


async def test_a_session_ends(office: Office) -> None:
    client = await office.signed_in("chen")
    office.clock.now += 29 * 60
    assert (await client.get("/desk/api/me")).status_code == 200, "used in time"
    office.clock.now += 31 * 60
    assert (await client.get("/desk/api/me")).json()["error"] == "session"
    client = await office.signed_in("chen")
    for _ in range(24):
        office.clock.now += 29 * 60
        await client.get("/desk/api/me")
    office.clock.now += 29 * 60
    assert (await client.get("/desk")).status_code == 303, "twelve hours at most"


async def test_sessions_of_somebody_removed_end_at_once(office: Office) -> None:
    client = await office.signed_in("chen")
    await office.staff.remove("chen")
    assert (await client.get("/desk/api/cases")).status_code == 401
    assert (await client.post("/desk/api/available", json={"available": True})).status_code == 401
    assert (await client.get("/desk")).status_code == 303


async def test_a_new_password_ends_all_other_sessions(office: Office) -> None:
    here, elsewhere = await office.signed_in("chen"), await office.signed_in("chen")
    token = csrf((await here.get("/desk/account")).text)
    form = {
        "csrf": token,
        "do": "password",
        "password": PASSWORD,
        "new": "a wholly new one",
        "again": "a wholly new one",
    }
    wrong = await here.post("/desk/account", data={**form, "password": "wrong"})
    assert (wrong.status_code, "The current password is wrong." in wrong.text) == (403, True)
    assert "The new passwords differ." in (await here.post("/desk/account", data={**form, "again": "another one"})).text
    assert "12 to 256" in (await here.post("/desk/account", data={**form, "new": "short", "again": "short"})).text
    assert (await elsewhere.get("/desk/api/me")).status_code == 200
    done = await here.post("/desk/account", data=form)
    assert done.status_code == 303
    assert "signed out on all other devices" in (await here.get(done.headers["location"])).text
    assert (await elsewhere.get("/desk/api/me")).status_code == 401
    async with office.browser() as client:
        assert (await sign_in(client)).status_code == 401
        assert (await sign_in(client, password="a wholly new one")).status_code == 303


async def test_a_second_factor(office: Office) -> None:
    client = await office.signed_in("chen")
    token = csrf((await client.get("/desk/account")).text)
    refused = await client.post("/desk/account", data={"csrf": token, "do": "totp_begin", "password": "wrong"})
    assert "<code>" not in refused.text
    begun = (await client.post("/desk/account", data={"csrf": token, "do": "totp_begin", "password": PASSWORD})).text
    assert re.search(r"<svg (?![^>]*(?:width|height)=)[^>]*viewBox=", begun), "it may be drawn in any size"
    assert "style=" not in begun, "the policy forbids it"
    secret = re.search(r"<code>([A-Z2-7]+)</code>", begun)[1]  # type: ignore[index]
    totp = pyotp.TOTP(secret)
    wrong = await client.post("/desk/account", data={"csrf": token, "do": "totp_confirm", "code": "000000"})
    assert "That code is wrong" in wrong.text
    code = totp.at(office.clock.now)
    assert (
        "Two-step sign-in is on."
        in (await client.post("/desk/account", data={"csrf": token, "do": "totp_confirm", "code": code})).text
    )
    async with office.browser() as other:
        asked = await sign_in(other)
        assert (asked.status_code, 'name="code"' in asked.text) == (401, True)
        assert PASSWORD not in asked.text
        assert (await sign_in(other, code=code)).status_code == 401, "it was used"
        office.clock.now += 30
        entered = await sign_in(other, code=totp.at(office.clock.now))
        assert entered.status_code == 303
        await other.post("/desk/logout", data={"csrf": csrf((await other.get("/desk/account")).text)})
        assert 'name="code"' in (await other.get("/desk/login")).text, "this browser is asked at once"
    ended = await client.post("/desk/account", data={"csrf": token, "do": "totp_end", "password": PASSWORD})
    assert "Two-step sign-in is off." in ended.text
    async with office.browser() as other:
        assert (await sign_in(other)).status_code == 303


async def test_the_language_is_remembered(office: Office) -> None:
    async with office.browser("zh-CN") as client:
        assert '<html lang="zh-Hans">' in (await client.get("/desk/login")).text
        back = await client.post("/desk/language", data={"language": "en", "next": "/desk/login"})
        assert back.headers["location"] == "/desk/login"
        assert "Sign in" in (await client.get("/desk/login")).text
        assert (await client.post("/desk/language", data={"language": "xx", "next": "//evil.example"})).headers[
            "location"
        ] == "/desk"
        assert '<html lang="en">' in (await client.get("/desk/login")).text


async def test_without_accounts_it_is_said_how_to_add_one(office: Office) -> None:
    for each in await office.staff.all():
        await office.staff.remove(each.id)
    async with office.browser() as client:
        assert "bot desk add-user" in (await client.get("/desk/login")).text
