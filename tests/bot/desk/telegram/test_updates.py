"""What updates of the staff group mean."""

from __future__ import annotations

from typing import Any

import pytest
from bot_api import BotApi

from bot.channels.telegram.attachments import NO_WORDS
from bot.desk.telegram.updates import Data, Inside, Moved, Pressed, Written, chat_of, command, data, note, passes, read

GROUP = -1001234567
api = BotApi()


def meaning(kind: str, content: dict[str, Any]) -> Any:
    return read({"update_id": 5, kind: content})


def message(text: str | None = "x", **more: Any) -> Any:
    return meaning("message", api.message(text, 7, GROUP, **more))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("d:claim:12", Data("claim", "12")),
        ("d:close:12:no_answer", Data("close", "12", "no_answer")),
        ("d:send:999999999999:0123456789ab", Data("send", "999999999999", "0123456789ab")),
        *((bad, None) for bad in (None, "", "b:x", "d:claim", "d:claim:", "d:claim:0", "d:claim:-1", "d:claim:1:", "d:claim:1:A", "d:Claim:1", " d:claim:1", "d:claim:1\n", "d:claim:１", "d:claim:1:" + "a" * 25, "d:claim:1:a:b", "d:claim:1234567890123")),
    ],
)  # fmt: skip
def test_data_of_buttons(text: str | None, expected: Data | None) -> None:
    assert data(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/claim", ("claim", "")),
        (" /Close@QianhaiTestBot  answered ", ("close", "answered")),
        ("/claim@OtherBot", ("", "")),
        ("/reopen first\nsecond", ("reopen", "first\nsecond")),
        ("/撤回", ("delete", "")),
        ("/撤回 all", None),
        ("//claim", None),
        ("/1", None),
        ("/etc/passwd", None),
        ("hello /claim", None),
        ("", None),
    ],
)
def test_commands(text: str, expected: tuple[str, str] | None) -> None:
    assert command(text, "QianhaiTestBot") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("// a", "a"), ("//a", "a"), (" //\n a", "a"), ("／／a", "a"), ("/／a", "a"), ("//", ""), ("/a", None), ("a // b", None), ("", None), ("https://x", None)],
)  # fmt: skip
def test_private_notes(text: str, expected: str | None) -> None:
    assert note(text) == expected


def test_where_a_message_belongs() -> None:
    inside = message(message_thread_id=40, is_topic_message=True, reply_to_message={"message_id": 40})
    assert (inside.topic, inside.reply) == (40, None), "every message of a topic answers its beginning"
    answer = message(message_thread_id=40, is_topic_message=True, reply_to_message={"message_id": 44})
    assert (answer.topic, answer.reply) == (40, 44)
    reply = message(message_thread_id=44, reply_to_message={"message_id": 44})
    assert (reply.topic, reply.reply) == (None, 44), "the thread of a reply is no topic"
    assert message().topic is None


def test_who_wrote() -> None:
    assert (message().user, message().anonymous) == (7, False)
    anonymous = message(**{"from": {**api.person(1087968824), "is_bot": True}}, sender_chat=api.chat(GROUP))
    assert anonymous.anonymous
    assert message(sender_chat={"id": -100, "type": "channel", "title": "C"}).anonymous, "as a channel"


@pytest.mark.parametrize(
    "more",
    [
        {"forum_topic_created": {"name": "x", "icon_color": 1}},
        {"forum_topic_edited": {"name": "x"}},
        {"forum_topic_closed": {}},
        {"forum_topic_reopened": {}},
        {"general_forum_topic_hidden": {}},
        {"pinned_message": {"message_id": 3}},
        {"new_chat_members": []},
        {"left_chat_member": {}},
        {"new_chat_title": "x"},
        {"message_auto_delete_timer_changed": {}},
        {"video_chat_started": {}},
    ],
)
def test_news_of_the_group_itself_are_nothing(more: dict[str, Any]) -> None:
    assert message(None, **more) is None


def test_other_bots_and_posts_of_a_channel_are_nothing() -> None:
    assert message(**{"from": {**api.person(8), "is_bot": True}}) is None
    assert message(sender_chat=api.chat(GROUP), is_automatic_forward=True) is None
    assert read({"update_id": 1, "poll": {}}) is None


def test_what_can_be_passed_on() -> None:
    assert passes(message("x").found)
    assert passes(message(None, sticker={"emoji": "👍"}).found)
    assert passes(message(None, document={"file_id": "f"}).found)
    assert not passes(message("  ").found)
    story = message(None, story={"id": 1})
    assert story.found.words == NO_WORDS
    assert not passes(story.found)


def test_edits_buttons_moves_and_membership() -> None:
    assert meaning("edited_message", api.message("x", 7, GROUP)).edited
    press = {"id": "q", "from": api.person(7), "data": "d:claim:1"}
    assert meaning("callback_query", {**press, "message": {"message_id": 3, "date": 0, "chat": api.chat(GROUP)}}) == Pressed(5, "q", 7, 3, Data("claim", "1"))  # fmt: skip
    assert message(None, migrate_to_chat_id=-1009) == Moved(-1009)
    states = {"new_chat_member": {"status": "kicked"}, "chat": api.chat(GROUP)}
    assert meaning("my_chat_member", states) == Inside(inside=False)
    assert isinstance(message("x"), Written)


@pytest.mark.parametrize(
    ("raw", "chat"),
    [
        ({"message": {"chat": {"id": GROUP}}}, GROUP),
        ({"edited_message": {"chat": {"id": GROUP}}}, GROUP),
        ({"my_chat_member": {"chat": {"id": GROUP}}}, GROUP),
        ({"callback_query": {"message": {"chat": {"id": GROUP}}}}, GROUP),
        ({"callback_query": {"inline_message_id": "x"}}, None),
        ({"inline_query": {"from": {"id": GROUP}}}, None),
        ({"message": {"chat": GROUP}}, None),
        ({"message": "x"}, None),
        ({}, None),
    ],
)
def test_the_chat_of_an_update(raw: dict[str, Any], chat: int | None) -> None:
    assert chat_of(raw) == chat
