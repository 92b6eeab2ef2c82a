from __future__ import annotations

import json
from typing import Any

import pytest

from bot.channels.web.wire import Message, Refused, message, reply, said
from bot.desk.person import payload
from bot.engine.protocol import Answer, Button, Source
from bot.messages import File, Outgoing
from catalog.store import shared

CATALOG = shared()
ID = "abcd-1234"
FILE = "A" * 22


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"id": ID, "text": " hi "}, Message(ID, None, text=" hi ")),
        ({"id": ID, "text": "x", "language": "zh-Hant"}, Message(ID, "zh-Hant", text="x")),
        ({"id": ID, "text": "x", "language": "/restart"}, Message(ID, None, text="x")),
        ({"id": ID, "text": "half \ud83d"}, Message(ID, None, text="half \ufffd")),
        ({"id": ID, "text": "/restart"}, Message(ID, None, text="/restart")),
        ({"id": ID, "text": " ", "files": [FILE]}, Message(ID, None, text=" ", files=(FILE,))),
        ({"id": ID, "text": "look", "files": []}, Message(ID, None, text="look")),
        ({"id": ID, "button": "AZaz09_-"}, Message(ID, None, button="AZaz09_-")),
        (
            {"id": ID, "command": {"name": "human"}, "language": "zh-Hant"},
            Message(ID, "zh-Hant", payload="/ask_human", says="轉人工"),
        ),
        (
            {"id": ID, "command": {"name": "service", "value": "work-permit", "aspect": "fee"}, "language": "en"},
            Message(ID, "en", payload='/ask_fee{"service": "work-permit"}', says="Work permit · Fees"),
        ),
        (
            {"id": ID, "command": {"name": "check", "value": "work-permit"}, "language": "en"},
            Message(ID, "en", payload='/check_eligibility{"service": "work-permit"}', says="Work permit · Eligibility check"),
        ),
        (
            {"id": ID, "command": {"name": "category", "value": "tax"}, "language": "en"},
            Message(ID, "en", payload='/list_services{"category": "tax"}', says="Tax benefits"),
        ),
        (
            {"id": ID, "command": {"name": "language", "value": "zh-Hans"}},
            Message(ID, None, payload='/change_language{"language": "zh-Hans"}', says="简体中文"),
        ),
    ],
)  # fmt: skip
def test_messages(data: dict[str, Any], expected: Message) -> None:
    assert message(data, CATALOG) == expected


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "bad"),
        ([], "bad"),
        ({}, "bad"),
        ({"text": "x"}, "bad"),
        ({"id": "short", "text": "x"}, "bad"),
        ({"id": "x" * 65, "text": "x"}, "bad"),
        ({"id": "a b c d e f", "text": "x"}, "bad"),
        ({"id": 12345678, "text": "x"}, "bad"),
        ({"id": ID, "text": 1}, "bad"),
        ({"id": ID, "text": "x", "button": "y"}, "bad"),
        ({"id": ID, "payload": "/restart"}, "bad"),
        ({"id": ID, "button": "/restart"}, "bad"),
        ({"id": ID, "button": "x" * 41}, "bad"),
        ({"id": ID, "command": "human"}, "bad"),
        ({"id": ID, "command": {"name": "restart"}}, "bad"),
        ({"id": ID, "command": {"name": "language", "value": "fr"}}, "bad"),
        ({"id": ID, "command": {"name": "service", "value": '"}'}}, "bad"),
        ({"id": ID, "command": {"name": "service", "value": "work-permit", "aspect": "restart"}}, "bad"),
        ({"id": ID, "command": {"name": "service", "value": ["work-permit"]}}, "bad"),
        ({"id": ID, "files": [FILE]}, "bad"),
        ({"id": ID, "button": "AZaz09_-", "files": [FILE]}, "bad"),
        ({"id": ID, "text": "", "files": [FILE, FILE]}, "bad"),
        ({"id": ID, "text": "", "files": ["../x"]}, "bad"),
        ({"id": ID, "text": "", "files": [["x"]]}, "bad"),
        ({"id": ID, "text": "", "files": FILE}, "bad"),
        ({"id": ID, "text": "", "files": [f"{n:022}" for n in range(11)]}, "bad"),
        ({"id": ID, "text": "", "files": []}, "empty"),
        ({"id": ID, "text": " \n "}, "empty"),
        ({"id": ID, "text": "长" * 4097}, "too_long"),
    ],
)
def test_what_is_refused(data: object, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        message(data, CATALOG)
    assert refused.value.reason == reason


def outgoing(answer: Answer) -> Outgoing:
    return Outgoing("r1", "web", "web:s", ("m1", "m2"), answer, tuple(f"b{n}" for n in range(len(answer.buttons))), 5.0)


def test_a_reply_goes_out_with_opaque_buttons_and_without_payloads() -> None:
    buttons = (
        Button("Fees", '/ask_fee{"service": "work-permit"}'),
        Button("Talk to a person", "/ask_human"),
        Button("👍", '/feedback{"says": "up"}'),
        Button("Yes", '/interview{"says": "answer:yes"}'),
        Button("Back", '/interview{"says": "back"}'),
    )
    source = Source("Guide", "Office", "https://example.org/a", "2026-11-01")
    answer = Answer("en", "ask_time", "work-permit", 0.9, "Seven days.\n\nSource: Office, “Guide”", buttons, (source,))
    entry = reply(outgoing(answer), CATALOG)
    assert entry["text"] == "Seven days."
    assert entry["buttons"] == [
        {"id": "b0", "title": "Fees", "kind": None},
        {"id": "b1", "title": "Talk to a person", "kind": "human"},
        {"id": "b2", "title": "👍", "kind": "up"},
        {"id": "b3", "title": "Yes", "kind": "answer"},
        {"id": "b4", "title": "Back", "kind": "back"},
    ]
    assert (entry["id"], entry["to"], entry["name"], entry["interview"]) == ("r1", ["m1", "m2"], "Work permit", True)
    assert "/ask" not in json.dumps(entry)
    assert (entry["voice"], entry["author"], entry["files"], entry["edits"]) == ("assistant", None, [], None)


def test_a_reply_of_staff_and_a_notice() -> None:
    file = File(FILE, "document", "a.pdf", "application/pdf", 7, telegram="secret")
    answer = Answer(
        "en",
        "desk",
        None,
        1.0,
        "",
        (Button("⭐ 3", payload("rate", "5", value="3")), Button("Skip", payload("skip", "5"))),
    )
    sent = Outgoing("r2", "web", "web:s", (), answer, ("b0", "b1"), 5.0, "staff", "<b>", (file,), "r1", "5")
    entry = reply(sent, CATALOG)
    assert (entry["voice"], entry["author"], entry["edits"], entry["text"]) == ("staff", "<b>", "r1", "")
    assert entry["files"] == [
        {
            "id": FILE,
            "kind": "document",
            "name": "a.pdf",
            "mime": "application/pdf",
            "size": 7,
            "url": f"/api/files/{FILE}",
        }
    ]
    assert entry["buttons"] == [
        {"id": "b0", "title": "⭐ 3", "kind": "rate", "value": 3},
        {"id": "b1", "title": "Skip", "kind": "skip"},
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("答。\n\n来源：\n– 甲\n– 乙", "答。"),
        ("答。\n\n來源：甲", "答。"),
        ("One.\n\nSources:\n– a\n\nTwo.\n\nSource: b", "One.\n\nTwo."),
        ("Sources of law are many.", "Sources of law are many."),
        ("Source: only this", "Source: only this"),
    ],
)
def test_sources_are_not_said_twice(text: str, shown: str) -> None:
    cited = Answer("en", "ask_time", None, 1.0, text, sources=(Source("t", "i", "javascript:alert(1)", None),))
    entry = reply(outgoing(cited), CATALOG)
    assert entry["text"] == shown
    assert entry["sources"] == [{"title": "t", "issuer": "i", "url": None, "read_on": None}]
    uncited = Answer("en", "ask_time", None, 1.0, text)
    assert reply(outgoing(uncited), CATALOG)["text"] == text


def test_what_a_person_said() -> None:
    with_file = said(ID, "", 1.0, [File(FILE, "photo", "a.png", "image/png", 7)])
    assert [(each["id"], each["url"]) for each in with_file["files"]] == [(FILE, f"/api/files/{FILE}")]
    assert said(ID, "<b>", 1.0) == {"id": ID, "role": "person", "at": 1.0, "text": "<b>"}
