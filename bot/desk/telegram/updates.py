"""What an update of the staff group means. Pure. Nothing in it is believed but ids that Telegram itself gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union

from bot.channels.telegram.attachments import NO_WORDS, Content, content
from bot.channels.telegram.updates import KINDS

WITHDRAW = "/撤回"
"""Telegram takes no such command; people write it all the same."""

_COMMAND = re.compile(r"/([A-Za-z_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)
_DATA = re.compile(r"d:(?P<do>[a-z]{1,10}):(?P<case>[1-9][0-9]{0,11})(?::(?P<arg>[a-z0-9_]{1,24}))?", re.ASCII)

NOTE = "//"
"""How a private note begins."""


@dataclass(frozen=True)
class Written:
    """A message. update: its update's id. topic: of a forum. reply: the message it answers. edited: a new version of a message. anonymous:
    written in the name of the group or of a channel."""

    update: int
    message: int
    user: int
    anonymous: bool
    topic: int | None
    reply: int | None
    found: Content
    edited: bool


@dataclass(frozen=True)
class Pressed:
    """A button of a card. query: what is to be answered. message: what it stands under."""

    update: int
    query: str
    user: int
    message: int | None
    data: Data | None


@dataclass(frozen=True)
class Moved:
    """The group became a supergroup, which has another id."""

    to: int


@dataclass(frozen=True)
class Inside:
    """The bot was let in or thrown out."""

    inside: bool


@dataclass(frozen=True)
class Data:
    """What a button says. do: one of the names in `card`; arg: what with, empty for most."""

    do: str
    case: str
    arg: str = ""


Event = Union[Written, Pressed, Moved, Inside]


def chat_of(raw: Mapping[str, Any]) -> int | None:
    """The chat that an update is about; None for one without."""
    for kind in ("message", "edited_message", "my_chat_member"):
        if isinstance(raw.get(kind), dict):
            return _id(raw[kind].get("chat"))
    query = raw.get("callback_query")
    message = query.get("message") if isinstance(query, dict) else None
    return _id(message.get("chat")) if isinstance(message, dict) else None


def read(raw: Mapping[str, Any]) -> Event | None:
    """What happened; None for what means nothing to the desk: pins, topics that are opened, somebody who joins, other bots."""
    update = int(raw["update_id"])
    if "callback_query" in raw:
        query = raw["callback_query"]
        message = (query.get("message") or {}).get("message_id")
        return Pressed(update, str(query["id"]), int(query["from"]["id"]), message, data(query.get("data")))
    if "my_chat_member" in raw:
        return Inside(raw["my_chat_member"]["new_chat_member"]["status"] not in ("left", "kicked"))
    for kind in ("message", "edited_message"):
        if kind in raw:
            return _written(raw[kind], update, edited=kind == "edited_message")
    return None


def data(text: str | None) -> Data | None:
    """What the data of a button says; None for what is none of ours."""
    found = _DATA.fullmatch(text or "")
    return Data(found["do"], found["case"], found["arg"] or "") if found else None


def command(text: str, username: str | None = None) -> tuple[str, str] | None:
    """Name and argument of a command, the name empty for one to another bot; None for other text. username: the bot's."""
    bare = text.strip()
    if bare == WITHDRAW:
        return "delete", ""
    found = _COMMAND.fullmatch(bare)
    if found is None:
        return None
    other = found[2] and username and found[2].lower() != username.lower()
    return "" if other else found[1].lower(), (found[3] or "").strip()


def note(text: str) -> str | None:
    """The text of a private note; None for what is none. Full-width strokes count too."""
    bare = text.lstrip()
    return bare[len(NOTE) :].strip() if bare[: len(NOTE)].replace("／", "/") == NOTE else None


def _written(message: Mapping[str, Any], update: int, *, edited: bool) -> Event | None:
    if message.get("migrate_to_chat_id"):
        return Moved(int(message["migrate_to_chat_id"]))
    if message.get("is_automatic_forward"):  # posts of a channel that the group belongs to
        return None
    anonymous = "sender_chat" in message
    person = message.get("from") or {}
    if person.get("is_bot") and not anonymous:
        return None
    found = content(message)
    if not found.text and not found.file and not any(name in message for names in KINDS.values() for name in names):
        return None  # news of the group itself
    topic = message.get("message_thread_id") if message.get("is_topic_message") else None
    reply = (message.get("reply_to_message") or {}).get("message_id")
    return Written(
        update, int(message["message_id"]), int(person.get("id", 0)), anonymous, topic,
        None if reply == topic else reply,  # every message of a topic answers its beginning
        found, edited,
    )  # fmt: skip


def passes(found: Content) -> bool:
    """Whether it can be passed on to a person."""
    return bool(found.text.strip() or found.file or (found.words and found.words != NO_WORDS))


def _id(chat: object) -> int | None:
    found = chat.get("id") if isinstance(chat, dict) else None
    return found if isinstance(found, int) else None
