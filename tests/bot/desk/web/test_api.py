"""What the page asks for and does."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from typing import Any

import pytest

from bot.desk.entries import Entry
from bot.messages import File
from bot.store.files import MOST_BYTES, new_file

Office = Any
HOSTILE = '<img src=x onerror="alert(1)"></script><script>alert(1)</script>'
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def key() -> str:
    return secrets.token_hex(16)


async def did(client: Any, case: Any, act: str, **data: Any) -> Any:
    return await client.post(f"/desk/api/cases/{case.id}/{act}", json=data)


async def listed(client: Any, view: str = "queue", **filters: str) -> list[dict[str, Any]]:
    response = await client.get("/desk/api/cases", params={"view": view, **filters})
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["cases"]
    return found


async def opened(client: Any, case: Any, after: str = "") -> dict[str, Any]:
    response = await client.get(f"/desk/api/cases/{case.id}", params={"after": after} if after else {})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def words(shown: dict[str, Any], *kinds: str) -> list[str]:
    return [each["text"] for each in shown["entries"] if each["kind"] in kinds]


# -- lists


async def test_the_page_starts_with_what_it_needs(office: Office) -> None:
    client = await office.signed_in("chen", "zh")
    html = (await client.get("/desk")).text
    assert '<main id="desk" tabindex="-1">' in html
    boot = json.loads(re.search(r'id="boot">(.*?)</script>', html)[1])  # type: ignore[index]
    assert boot["me"] == {"id": "chen", "name": "陈晨", "role": "agent", "available": True, "csrf": boot["csrf"]}
    assert boot["csrf"] == client.headers["X-CSRF-Token"]
    assert boot["teams"] == ["permits", "tax"]
    assert {"id": "li.wei", "name": "李伟", "available": True, "role": "agent"} in boot["staff"]
    assert {"id": "left", "name": "对方已离开", "choose": False} in boot["outcomes"]
    assert sum(each["choose"] for each in boot["outcomes"]) == 5
    assert len(boot["services"]) > 20
    assert boot["max_file"] == MOST_BYTES
    assert all(name in boot["texts"] for name in ("queue", "send", "claim"))


async def test_the_queue_has_who_was_promised_an_answer_first(office: Office) -> None:
    first, second, third = [await office.ask(f"web:{name}", name=name) for name in "abc"]
    client = await office.signed_in("chen")
    assert [each["id"] for each in await listed(client)] == [first.id, second.id, third.id]
    office.clock.now += 20 * 60
    fourth = await office.ask("web:d")
    await office.desk.tick()
    await office.desk.claim(first.id, await office.staff.get("boss"), "web")
    shown = await listed(client)
    assert [(each["id"], each["due"]) for each in shown] == [(second.id, True), (third.id, True), (fourth.id, False)]
    response = (await client.get("/desk/api/cases?view=active")).json()
    assert [(each["id"], each["staff_name"]) for each in response["cases"]] == [(first.id, "Ms Wang")]
    assert response["counts"] == {"waiting": 3, "due": 2, "mine": 0, "active": 1}
    assert re.fullmatch(r"\d+-\d+", response["at"])


async def test_a_summary_says_what_is_to_be_done(office: Office) -> None:
    case = await office.ask("web:a", "Hello?", name="Anna")
    client = await office.signed_in("chen")
    shown = (await listed(client))[0]
    wanted = {"id": case.id, "state": "waiting", "name": "Anna", "service": "work-permit", "service_name": "Work permit", "last_text": "Hello?",
              "last_kind": "person", "unread": 1, "reason": "asked", "channel": "web", "staff": None}  # fmt: skip
    assert {name: shown[name] for name in wanted} == wanted
    await did(client, case, "say", text="Good morning", key=key())
    shown = (await listed(client, "mine"))[0]
    assert (shown["unread"], shown["last_text"], shown["staff_name"]) == (0, "Good morning", "Chen Chen")
    for number in range(3):
        await office.hear(case, f"one {number}\nmore " + "x" * 200)
    shown = (await listed(client, "mine"))[0]
    assert shown["unread"] == 3
    assert shown["last_text"].startswith("one 2 more xxx")
    assert len(shown["last_text"]) == 120
    assert (await listed(await office.signed_in("chen", "zh"), "mine"))[0]["service_name"] == "工作许可"


async def test_lists_can_be_narrowed(office: Office) -> None:
    english = await office.ask("web:a", name="Anna")
    chinese = await office.ask("web:b", "找人", "zh-Hans", service="talent-tax-subsidy")
    boss = await office.staff.get("boss")
    await office.desk.transfer(chinese.id, boss, "tax", "web")
    client = await office.signed_in("chen")
    for filters, found in (
        ({"language": "en"}, [english.id]),
        ({"language": "zh-Hant"}, []),
        ({"team": "tax"}, [chinese.id]),
        ({"service": "work-permit", "reason": "asked", "channel": "web"}, [english.id]),
        ({"service": "work-permit", "language": "zh-Hans"}, []),
        ({"reason": ""}, [english.id, chinese.id]),
    ):
        assert sorted(each["id"] for each in await listed(client, **filters)) == found, filters
    assert (await client.get("/desk/api/cases?view=other")).status_code == 400


async def test_who_is_there(office: Office) -> None:
    client = await office.signed_in("chen")
    assert (await client.post("/desk/api/available", json={"available": False})).json() == {"available": False}
    assert not (await office.staff.get("chen")).available
    assert (await client.get("/desk/api/me")).json()["available"] is False
    assert (await client.post("/desk/api/available", json={"available": "no"})).status_code == 400


# -- working on a case


async def test_two_who_claim_at_once_get_one_winner_and_a_name(office: Office) -> None:
    case = await office.ask("web:a")
    clients = [await office.signed_in("chen"), await office.signed_in("li.wei", "zh")]
    responses = await asyncio.gather(*(did(client, case, "claim") for client in clients))
    assert sorted(each.status_code for each in responses) == [200, 409]
    lost = next(each for each in responses if each.status_code == 409).json()
    holder = (await office.desk.case(case.id)).staff
    expected = {
        "chen": {"error": "taken", "by": "陈晨", "text": "陈晨已接待这条咨询。"},
        "li.wei": {"error": "taken", "by": "Li Wei", "text": "Li Wei has this case already."},
    }
    assert lost == expected[holder]
    winner = clients[["chen", "li.wei"].index(holder)]
    assert (await did(winner, case, "claim")).status_code == 200, "asked again because the answer was lost"
    assert sum(entry.move == "claim" for entry in await office.desk.cases.log(case.id)) == 1


async def test_saying_something(office: Office) -> None:
    case = await office.ask("web:a", "Help", name="Anna")
    client = await office.signed_in("chen")
    name = key()
    half = json.dumps({"text": " Good morning \ud83d", "key": name})  # half of an emoji
    first = await client.post(
        f"/desk/api/cases/{case.id}/say", content=half, headers={"Content-Type": "application/json"}
    )
    again = await did(client, case, "say", text="Good morning", key=name)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["case"]["staff"] == "chen"
    await did(client, case, "note", text="Check with tax", key=key())
    shown = await opened(client, case)
    assert words(shown, "staff") == ["Good morning \ufffd"]
    assert words(shown, "note") == ["Check with tax"]
    said = next(each for each in shown["entries"] if each["kind"] == "staff")
    assert {k: said[k] for k in ("key", "author", "author_name", "via")} == {
        "key": f"s:{name}",
        "author": "chen",
        "author_name": "Chen Chen",
        "via": "web",
    }
    outbox = [fields["reply"] for _, fields in await office.redis.xrange("qta:outbox:web")]
    assert sum("Good morning" in each for each in outbox) == 1
    assert not any("Check with tax" in each for each in outbox)


async def test_changing_ones_own_words(office: Office) -> None:
    case = await office.ask("web:a")
    chen, li = await office.signed_in("chen"), await office.signed_in("li.wei")
    name = key()
    await did(chen, case, "say", text="Monday", key=name)
    assert (await did(li, case, "edit", of=f"s:{name}", text="Never", key=key())).json()["error"] == "not_theirs"
    assert (await did(chen, case, "edit", of="s:nothing", text="x", key=key())).json()["error"] == "not_theirs"
    assert (await did(chen, case, "edit", of="p:m1", text="x", key=key())).status_code == 400
    assert (await did(chen, case, "edit", of=f"s:{name}", text="Tuesday", key=key())).status_code == 200
    assert (await did(chen, case, "edit", of=f"s:{name}", text="", key=key())).status_code == 200
    changes = [each for each in (await opened(chen, case))["entries"] if each["edits"]]
    assert [(each["edits"], each["text"]) for each in changes] == [(f"s:{name}", "Tuesday"), (f"s:{name}", "")]


async def test_handing_on(office: Office) -> None:
    case = await office.ask("web:a")
    chen, li, boss = [await office.signed_in(each) for each in ("chen", "li.wei", "boss")]
    await did(chen, case, "claim")
    for act, data in (
        ("assign", {"to": "li.wei"}),
        ("transfer", {"team": "tax"}),
        ("close", {"outcome": "answered", "seen": "9999999999999-0"}),
    ):
        response = await did(li, case, act, **data)
        assert (response.status_code, response.json()["error"]) == (409, "not_allowed"), act
    assert (await did(boss, case, "assign", to="nobody")).status_code == 400
    assert (await did(boss, case, "transfer", team="no such team")).status_code == 400
    assert (await did(boss, case, "transfer", team=["tax"])).status_code == 400
    assert (await did(boss, case, "assign", to="li.wei")).json()["case"]["staff_name"] == "Li Wei"
    after = (await did(li, case, "transfer", team="tax")).json()["case"]
    assert (after["state"], after["owner"], after["team"], after["staff"]) == ("waiting", "staff", "tax", None)
    moves = [
        (each["move"], each["author_name"], each["details"])
        for each in (await opened(boss, case))["entries"]
        if each["kind"] == "move"
    ]
    assert moves[1:] == [
        ("claim", "Chen Chen", {}),
        ("assign", "Ms Wang", {"to": "li.wei"}),
        ("transfer", "Li Wei", {"team": "tax"}),
    ]


async def test_nobody_is_cut_off_while_they_write(office: Office) -> None:
    case = await office.ask("web:a")
    client = await office.signed_in("chen")
    await did(client, case, "say", text="All right?", key=key())
    seen = (await opened(client, case))["last"]
    await office.hear(case, "One more thing")
    refused = await did(client, case, "close", outcome="answered", seen=seen)
    assert (refused.status_code, refused.json()["error"]) == (409, "unseen")
    assert "just written" in refused.json()["text"]
    more = await opened(client, case, seen)
    assert words(more, "person") == ["One more thing"]
    assert (await did(client, case, "close", outcome="left", seen=more["last"])).status_code == 400, "only people leave"
    assert (await did(client, case, "close", outcome="answered")).status_code == 400
    assert (await did(client, case, "close", outcome="answered", seen=more["last"])).json()["case"][
        "outcome"
    ] == "answered"
    assert (await did(client, case, "close", outcome="answered", seen=more["last"])).json()["error"] == "over"
    assert [each["id"] for each in await listed(client, "closed")] == [case.id]


async def test_writing_again(office: Office) -> None:
    case = await office.ask("web:a")
    client = await office.signed_in("chen")
    assert (await did(client, case, "reopen", text="Hello", key=key())).json()["error"] == "over"
    await did(client, case, "close", outcome="no_answer", seen=(await opened(client, case))["last"])
    back = (await did(client, case, "reopen", text="Here is the answer", key=key())).json()["case"]
    assert (back["id"], back["state"], back["staff"], back["reopened"]) == (case.id, "active", "chen", 1)
    await did(client, case, "close", outcome="answered", seen=(await opened(client, case))["last"])
    office.clock.now += 2 * 86400
    client = await office.signed_in("chen")
    later = (await did(client, case, "reopen", text="One more thing", key=key())).json()["case"]
    assert later["id"] != case.id
    shown = await opened(client, type("", (), later))
    assert [each["id"] for each in shown["history"]] == [case.id]


async def test_banning(office: Office) -> None:
    case = await office.ask("web:a")
    client = await office.signed_in("chen")
    assert (await did(client, case, "ban")).json()["case"]["outcome"] == "spam"
    assert (await office.ask("web:a")).id == case.id, "no new case"


async def test_typing_is_shown_to_whom_staff_talk_with(office: Office) -> None:
    case = await office.ask("web:a")
    client = await office.signed_in("chen")
    await did(client, case, "typing")
    assert office.typed == []
    await did(client, case, "claim")
    await did(client, case, "typing")
    assert office.typed == [case.id]


@pytest.mark.parametrize(
    ("act", "data"),
    [("claim", {}), ("say", {"text": "x", "key": "k" * 16}), ("note", {"text": "x", "key": "k" * 16}), ("edit", {"of": "s:x", "text": "x", "key": "k" * 16}),
     ("assign", {"to": "boss"}), ("transfer", {"team": None}), ("close", {"outcome": "other", "seen": "1-0"}),
     ("reopen", {"text": "x", "key": "k" * 16}), ("ban", {}), ("typing", {})],
)  # fmt: skip
async def test_cases_that_are_not_there(office: Office, act: str, data: dict[str, Any]) -> None:
    client = await office.signed_in("boss")
    for case in ("99", "0", "x", "1:log", "%2e%2e"):
        response = await client.post(f"/desk/api/cases/{case}/{act}", json=data)
        assert (response.status_code, response.json()["error"]) == (404, "no_case")
        response = await client.get(f"/desk/api/cases/{case}")
        assert response.status_code == 404


@pytest.mark.parametrize(
    "data",
    [{}, {"text": "x"}, {"text": "", "key": "k" * 16}, {"text": "  \n", "key": "k" * 16}, {"text": "x", "key": "short"}, {"text": "x", "key": "k" * 65},
     {"text": "x", "key": "a b" * 6}, {"text": "x" * 4097, "key": "k" * 16}, {"text": ["x"], "key": "k" * 16}, {"text": "x", "key": "k" * 16, "files": "x"},
     {"text": "x", "key": "k" * 16, "files": ["x"]}, {"text": "x", "key": "k" * 16, "files": [str(n).zfill(22) for n in range(11)]}],
)  # fmt: skip
async def test_what_cannot_be_said(office: Office, data: dict[str, Any]) -> None:
    case = await office.ask("web:a")
    client = await office.signed_in("chen")
    for act in ("say", "note"):
        response = await did(client, case, act, **data)
        assert (response.status_code, response.json()["error"]) == (400, "bad")
    assert (await office.desk.case(case.id)).state == "waiting"


async def test_who_does_too_much_waits(office: Office) -> None:
    client = await office.signed_in("chen")
    statuses = [(await client.post("/desk/api/files?name=x", content=b"x")).status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]
    refused = (await client.post("/desk/api/files?name=x", content=b"x")).json()
    assert (refused["error"], refused["retry_after"] > 0) == ("too_fast", True)
    other = await office.signed_in("boss")
    assert (await other.post("/desk/api/files?name=x", content=b"x")).status_code == 200


# -- one case


async def test_a_case_has_everything_staff_need(office: Office) -> None:
    case = await office.ask("web:secret-session", "Help", name="Anna")
    client = await office.signed_in("chen")
    shown = await opened(client, case)
    assert words(shown, "person", "assistant") == ["How long does a permit take?", "Ten days.", "Help"]
    assert shown["case"]["profile"] == [["Who", "foreign national"]]
    assert re.fullmatch("[0-9a-f]{8}", shown["case"]["conversation"])
    assert "secret-session" not in str(shown)
    assert shown["last"] == shown["entries"][-1]["place"]
    await office.desk.overhear(case.id, office.message("web:secret-session", "Still there?"))
    more = await opened(client, case, shown["last"])
    assert words(more, "person") == ["Still there?"]
    assert "history" not in more
    assert (await opened(client, case, more["last"]))["last"] == more["last"]
    assert (await client.get(f"/desk/api/cases/{case.id}?after=x")).status_code == 400


async def test_cases_do_not_leak_into_each_other(office: Office) -> None:
    mine, other = await office.ask("web:a", "first secret"), await office.ask("web:b", "second secret")
    client = await office.signed_in("chen")
    shown = await opened(client, mine)
    assert "second secret" not in str(shown)
    assert shown["history"] == []
    assert "first secret" not in str(await opened(client, other))


async def test_what_people_write_is_data(office: Office) -> None:
    case = await office.ask("web:a", HOSTILE, name=HOSTILE)
    client = await office.signed_in("chen")
    shown = await opened(client, case)
    assert words(shown, "person")[-1] == HOSTILE
    for path in (f"/desk/api/cases/{case.id}", "/desk/api/cases", "/desk/api/search?q=alert"):
        response = await client.get(path)
        assert response.headers["content-type"] == "application/json"
        assert HOSTILE[:10] in response.json().__str__()
    assert HOSTILE[:10] not in (await client.get("/desk")).text


async def test_canned_replies_come_filled_in(office: Office) -> None:
    case = await office.ask("web:a", "你好", "zh-Hant", name="陳小姐")
    client = await office.signed_in("chen")
    found = (await client.get(f"/desk/api/cases/{case.id}/canned")).json()["canned"]
    greeting = next(each for each in found if each["id"] == "greeting")
    assert greeting == {
        "id": "greeting",
        "name": "Greeting",
        "text": "陳小姐，您好，我是工作人員陳晨。您的諮詢（工作許可）由我跟進，前面的對話我已經看過了。",
    }
    documents = next(each for each in found if each["id"] == "documents")["text"]
    assert "http://desk.test/services/work-permit?lang=zh-Hant" in documents
    assert not any(set(each["text"]) & set("{}[]") for each in found)


# -- search


async def searched(client: Any, **query: str) -> list[tuple[str, str]]:
    response = await client.get("/desk/api/search", params=query)
    assert response.status_code == 200, response.text
    return [(each["id"], each["snippet"]) for each in response.json()["cases"]]


async def test_search(office: Office) -> None:
    anna = await office.ask("web:a", "My employer is TechNova Ltd, in Qianhai", name="Anna Schmidt")
    chen = await office.ask("web:b", "請問個人所得稅優惠怎麼申請？", "zh-Hant", service="talent-tax-subsidy")
    client = await office.signed_in("chen")
    await did(client, anna, "note", text="ＶＩＰ guest", key=key())
    await did(client, anna, "close", outcome="referred", seen=(await opened(client, anna))["last"])
    for query, found in (
        ({"q": "technova"}, [anna.id]),
        ({"q": "nova qianhai"}, [anna.id]),
        ({"q": "nova shekou"}, []),
        ({"q": "SCHMIDT"}, [anna.id]),
        ({"q": "vip"}, [anna.id]),
        ({"q": "所得税"}, [chen.id]),
        ({"q": "個人所得稅　申請"}, [chen.id]),
        ({"q": f"#{chen.id}"}, [chen.id]),
        ({"q": ""}, [chen.id, anna.id]),
        ({"q": "", "outcome": "referred"}, [anna.id]),
        ({"q": "permit", "language": "zh-Hant"}, [chen.id]),
        ({"q": "", "from": "2026-11-24", "to": "2026-11-24"}, [chen.id, anna.id]),
        ({"q": "", "to": "2026-11-23"}, []),
        ({"q": "", "from": "2026-11-25"}, []),
        ({"q": "", "service": "work-permit"}, [anna.id]),
    ):
        assert [id_ for id_, _ in await searched(client, **query)] == found, query
    assert (await searched(client, q="technova"))[0][1] == "My employer is TechNova Ltd, in Qianhai"
    for wrong in ({"from": "yesterday"}, {"to": "9999-12-31"}):
        assert (await client.get("/desk/api/search", params={"q": "", **wrong})).status_code == 400


# -- files


async def uploaded(
    client: Any, content: bytes, mime: str = "application/octet-stream", name: str = "a.bin"
) -> dict[str, Any]:
    response = await client.post(
        "/desk/api/files", params={"name": name}, content=content, headers={"Content-Type": mime}
    )
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.parametrize(
    ("content", "mime", "name", "kind", "shown"),
    [
        (PNG, "image/png", "photo.png", "photo", True),
        (b"<script>alert(1)</script>", "image/png", "photo.png", "document", False),
        (b"<svg onload=alert(1)>", "image/svg+xml", "a.svg", "document", False),
        (b"<html>", "text/html", '../../<b>"x".html', "document", False),
        (b"%PDF-1.7", "application/pdf", "表格.pdf", "document", False),
        (b"ID3", "audio/mpeg; x=\r\n", "a.mp3", "audio", False),
        (b"MZ", "application/pdf", "letter\u202efdp.exe\x85", "document", False),
    ],
)  # fmt: skip
async def test_files_both_ways(office: Office, content: bytes, mime: str, name: str, kind: str, shown: bool) -> None:
    case = await office.ask("web:a")
    client = await office.signed_in("chen")
    file = await uploaded(client, content, mime.strip(), name)
    assert (file["kind"], file["size"]) == (kind, len(content))
    assert not set(file["name"]) & set('/\\"<>\u202e\x85')
    said = await did(client, case, "say", text="", files=[file["id"]], key=key())
    assert said.status_code == 200
    entry = next(each for each in (await opened(client, case))["entries"] if each["files"])
    response = await client.get(entry["files"][0]["url"])
    assert (response.status_code, response.content) == (200, content)
    assert response.headers["content-disposition"].startswith("inline" if shown else "attachment")
    assert response.headers["content-type"] == (mime if shown else "application/octet-stream")
    assert "sandbox" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert await office.redis.ttl(f"qta:file:{file['id']}") > 179 * 86400, "kept from now on"
    outgoing = [each["reply"] for _, each in await office.redis.xrange("qta:outbox:web")]
    assert any(file["id"] in each for each in outgoing)


async def test_files_are_for_their_case_and_uploader_only(office: Office) -> None:
    case, other = await office.ask("web:a"), await office.ask("web:b")
    chen, li = await office.signed_in("chen"), await office.signed_in("li.wei")
    file = await uploaded(chen, PNG, "image/png")
    assert await office.redis.ttl(f"qta:file:{file['id']}") <= 86400, "not kept for long unless it is sent"
    assert (await chen.get(f"/desk/files/{file['id']}?case={case.id}")).status_code == 404, "not sent yet"
    refused = await did(li, case, "say", text="x", files=[file["id"]], key=key())
    assert (refused.status_code, refused.json()["error"]) == (409, "no_file")
    await did(chen, case, "note", text="", files=[file["id"]], key=key())
    assert (await li.get(f"/desk/files/{file['id']}?case={case.id}")).status_code == 200
    for wrong in (other.id, "", "x", "99", f"{case.id}:log"):
        assert (await li.get(f"/desk/files/{file['id']}", params={"case": wrong})).status_code == 404


async def test_files_of_people(office: Office) -> None:
    case = await office.ask("web:a")
    client = await office.signed_in("chen")
    await did(client, case, "claim")
    known = File("a" * 22, "photo", "photo.jpg", "image/jpeg", 13, "known")
    lost = File("b" * 22, "document", "lost.pdf", "application/pdf", 9, "lost")
    ours = new_file("document", "cv.pdf", "application/pdf", 3)
    await office.desk.files.put(ours, b"PDF")
    await office.hear(case, "", (known, lost, ours))
    files = next(each for each in (await opened(client, case))["entries"] if each["files"])["files"]
    responses = [await client.get(each["url"]) for each in files]
    assert [(each.status_code, each.content[:13]) for each in responses] == [
        (200, b"from Telegram"),
        (404, b"<!doctype htm"),
        (200, b"PDF"),
    ]
    assert "no longer kept" in responses[1].text


async def test_files_that_are_too_large_or_empty(office: Office) -> None:
    client = await office.signed_in("chen", "zh")
    large = await client.post("/desk/api/files?name=x", content=b"x" * (MOST_BYTES + 1))
    assert (large.status_code, large.json()["error"], large.json()["text"]) == (
        413,
        "too_large",
        "文件太大，最大10 MB。",
    )

    async def unannounced() -> Any:
        for _ in range(12):
            yield b"x" * 2**20

    assert (await client.post("/desk/api/files?name=x", content=unannounced())).status_code == 413
    assert (await client.post("/desk/api/files?name=x", content=b"")).status_code == 400


async def test_a_person_who_is_forgotten(office: Office) -> None:
    case = await office.ask("web:a", "first secret")
    client = await office.signed_in("chen")
    file = (await client.post("/desk/api/files?name=letter-to-anna.png", content=PNG)).json()
    assert (await did(client, case, "say", text="Yours", key=key(), files=[file["id"]])).status_code == 200
    await office.desk.forget("web:a")
    assert not [each async for each in office.redis.scan_iter(f"*{file['id']}*")], "its name goes, too"
    assert (await client.get(f"/desk/api/cases/{case.id}")).status_code == 404
    assert await listed(client) == []
    assert await searched(client, q="secret") == []
    assert (await did(client, case, "say", text="x", key=key())).status_code == 404


async def test_a_colleague_who_left_is_named_by_their_login(office: Office) -> None:
    case = await office.ask("web:a")
    await did(await office.signed_in("li.wei"), case, "say", text="Hello", key=key())
    await office.staff.remove("li.wei")
    client = await office.signed_in("boss")
    shown = await opened(client, case)
    assert (shown["case"]["staff_name"], shown["entries"][-1]["author_name"]) == ("li.wei", "li.wei")


async def test_a_long_log_comes_in_parts(office: Office) -> None:
    case = await office.ask("web:a")
    for first in range(0, 1200, 300):
        await office.desk.cases.add(
            case, [Entry(f"p:x{n}", "person", office.clock.now, f"line {n}") for n in range(first, first + 300)]
        )
    client = await office.signed_in("chen")
    shown = await opened(client, case)
    assert len(shown["entries"]) == 1000
    more = await opened(client, case, shown["last"])
    assert more["entries"][-1]["text"] == "line 1199"
    assert (await opened(client, case, more["last"]))["entries"] == []
