"""What updates mean, as Telegram sends them."""

from __future__ import annotations

from typing import Any

import pytest
from bot_api import BotApi

from bot.channels.telegram.updates import (
    Command,
    Edited,
    Me,
    Membership,
    Moved,
    Pressed,
    Said,
    Searched,
    Unreadable,
    chat_of,
    group_of,
    language_of,
    read,
)

ME = Me(4242, "QianhaiTestBot")
GROUP = -100123
PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
FILE = {"file_id": "f", "file_unique_id": "u"}
api = BotApi()


def meaning(kind: str, content: dict[str, Any]) -> Any:
    return read({"update_id": 1, kind: content}, ME)


def message(text: str | None, chat: int | None = None, **more: Any) -> Any:
    return meaning("message", api.message(text, 7, chat, **more))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How long?", Said),
        ("/start", Command),
        ("/start work-permit", Command),
        ("/START@qianhaitestbot  work-permit ", Command),
        ("/start@OtherBot", type(None)),
        ("/ask_fee{}", Said),
        ("／restart", Said),
    ],
)
def test_text_in_a_private_chat(text: str, expected: type) -> None:
    found = message(text)
    assert type(found) is expected
    if expected is Command:
        assert found.name == "start"
        assert found.argument in ("", "work-permit")


def test_a_private_chat_is_one_conversation_a_group_one_for_each_person() -> None:
    assert message("hi").place.conversation == "tg:7"
    assert message("@QianhaiTestBot hi", GROUP).place.conversation == f"tg:{GROUP}:7"
    assert chat_of(f"tg:{GROUP}:7") == GROUP
    assert group_of(f"tg:{GROUP}:7")
    assert not group_of("tg:7")
    with pytest.raises(ValueError, match="Telegram"):
        chat_of("web:7")


REPLY = {"reply_to_message": {**api.message("x", 1), "from": api.me()}}
OTHER = {"reply_to_message": api.message("x", 1)}


@pytest.mark.parametrize(
    ("text", "more", "expected"),
    [
        ("hello everybody", {}, None),
        ("hello @QianhaiTestBotX", {}, None),
        ("mail me@QianhaiTestBot", {}, None),
        ("@qianhaitestbot how long?", {}, "how long?"),
        ("how long, @QianhaiTestBot？", {}, "how long, ？"),
        ("@QianhaiTestBot工作许可要多久", {}, "工作许可要多久"),
        ("how long?", REPLY, "how long?"),
        ("how long?", OTHER, None),
        ("/help", {}, None),
        ("@QianhaiTestBot", {}, ""),
        ("hey", {"entities": [{"type": "text_mention", "offset": 0, "length": 3, "user": api.me()}]}, "hey"),
    ],
)
def test_in_groups_only_what_is_meant_for_the_bot(text: str, more: dict[str, Any], expected: str | None) -> None:
    found = message(text, GROUP, **more)
    assert (found.text if found else None) == expected


@pytest.mark.parametrize(
    ("text", "more"), [("/help@QianhaiTestBot", {}), ("/help", REPLY), ("@QianhaiTestBot /help", {})]
)
def test_commands_in_groups(text: str, more: dict[str, Any]) -> None:
    found = message(text, GROUP, **more)
    assert isinstance(found, Command)
    assert found.name == "help"


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"photo": PHOTO}, "photo"),
        ({"voice": {**FILE, "duration": 1}}, "voice"),
        ({"audio": {**FILE, "duration": 1}}, "voice"),
        ({"video": {**FILE, "width": 1, "height": 1, "duration": 1}}, "video"),
        ({"video_note": {**FILE, "length": 1, "duration": 1}}, "video"),
        ({"sticker": {**FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}}, "sticker"),
        ({"animation": {**FILE, "width": 1, "height": 1, "duration": 1}, "document": FILE}, "sticker"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "sticker"),
        ({"document": FILE}, "file_in"),
        ({"location": {"latitude": 22.5, "longitude": 113.9}}, "location"),
        ({"venue": {"location": {"latitude": 1, "longitude": 1}, "title": "t", "address": "a"}, "location": {"latitude": 1, "longitude": 1}}, "location"),
        ({"contact": {"phone_number": "1", "first_name": "A"}}, "contact"),
        ({"poll": {"id": "1"}}, "other"),
        ({"story": {}}, "other"),
    ],
)  # fmt: skip
def test_what_is_no_text(more: dict[str, Any], kind: str) -> None:
    found = message(None, **more)
    assert isinstance(found, Unreadable)
    assert found.kind == kind
    assert message(None, GROUP, **more) is None
    assert message(None, GROUP, **more, **REPLY) is not None


def test_a_caption_is_text_with_something_beside() -> None:
    found = message(None, photo=PHOTO, caption="What is this form?", media_group_id="g")
    assert found == Said(found.place, "What is this form?", "photo", "g")


def test_a_forwarded_message_is_a_question() -> None:
    origin = {"type": "hidden_user", "sender_user_name": "Somebody", "date": 1}
    assert message("How long?", forward_origin=origin).text == "How long?"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("channel_post", {**api.message("x"), "chat": {"id": -5, "type": "channel", "title": "C"}}),
        ("edited_channel_post", {**api.message("x"), "chat": {"id": -5, "type": "channel", "title": "C"}}),
        ("message", {**api.message("x"), "from": {**api.person(8), "is_bot": True}}),
        ("message", {**api.message("x"), "via_bot": api.me()}),
        ("message", api.message("@QianhaiTestBot x", 7, GROUP, is_automatic_forward=True)),
        ("message", api.message(None, 7, GROUP, new_chat_members=[api.person(9)])),
        ("message", api.message(None, 7, GROUP, left_chat_member=api.person(9))),
        ("message", api.message(None, 7, GROUP, new_chat_title="News")),
        ("edited_message", api.message("x", 7, GROUP)),
        ("edited_message", api.message(None, location={"latitude": 1, "longitude": 1})),
        ("poll", {"id": "1"}),
        ("message_reaction", {"chat": api.chat(7), "message_id": 1, "date": 1, "old_reaction": [], "new_reaction": []}),
        ("something_new", {"a": 1}),
    ],
)  # fmt: skip
def test_nothing_is_said_to(kind: str, content: dict[str, Any]) -> None:
    assert meaning(kind, content) is None


def test_anonymous_administrators_are_people() -> None:
    anonymous = {"from": {**api.person(1087968824), "is_bot": True}, "sender_chat": api.chat(GROUP)}
    found = meaning("message", {**api.message("@QianhaiTestBot x", 7, GROUP), **anonymous})
    assert found.place.conversation == f"tg:{GROUP}:{GROUP}"


def test_topics_of_forums_are_kept() -> None:
    found = message("@QianhaiTestBot x", GROUP, message_thread_id=99, is_topic_message=True)
    assert found.place.thread == 99


def test_edits_buttons_queries_moves() -> None:
    assert isinstance(meaning("edited_message", api.message("x")), Edited)
    query = {"id": "q", "from": api.person(7, "zh-hans"), "query": "tax", "offset": ""}
    assert meaning("inline_query", query) == Searched("q", "tax", 7, "zh-Hans")
    assert message(None, GROUP, migrate_to_chat_id=-1009) == Moved(GROUP, -1009)
    press = {"id": "q", "from": api.person(7), "chat_instance": "1", "data": "b:x"}
    found = meaning("callback_query", {**press, "message": api.message("m", 7)})
    assert isinstance(found, Pressed)
    assert found.editable
    gone = {"chat": api.chat(7), "message_id": 5, "date": 0}
    assert meaning("callback_query", {**press, "message": gone}).editable is None
    assert meaning("callback_query", {**press, "inline_message_id": "i"}).place is None


@pytest.mark.parametrize(
    ("chat", "before", "after", "member", "joined"),
    [
        (7, "member", "kicked", False, False),
        (7, "kicked", "member", True, True),
        (GROUP, "left", "member", True, True),
        (GROUP, "member", "administrator", True, False),
        (GROUP, "member", "left", False, False),
    ],
)
def test_membership(chat: int, before: str, after: str, member: bool, joined: bool) -> None:
    def state(status: str) -> dict[str, Any]:
        return {"user": api.me(), "status": status}

    change = {"chat": api.chat(chat), "from": api.person(7), "date": 1, "old_chat_member": state(before), "new_chat_member": state(after)}  # fmt: skip
    found = meaning("my_chat_member", change)
    assert isinstance(found, Membership)
    assert (found.member, found.joined) == (member, joined)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("zh-hans", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-hant", "zh-Hant"),
        ("zh_TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("yue", "zh-Hant"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("zha", "en"),
        (None, "en"),
    ],
)
def test_languages_of_telegram(code: str | None, language: str) -> None:
    assert language_of(code) == language
