"""What an update of Telegram means to us. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, MessageEntity, Update

from language.choice import EN, HANS, HANT

WANTED = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
"""Kinds of updates that are asked for; others are ignored should they come."""

GROUPS = ("group", "supergroup")

NAME = 64
"""Characters of a name."""

_COMMAND = re.compile(r"^/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?$", re.DOTALL)

KINDS = {
    "photo": ("photo",),
    "voice": ("voice", "audio"),
    "video": ("video", "video_note"),
    "sticker": ("sticker", "animation", "dice"),
    "location": ("location", "venue"),
    "contact": ("contact",),
    "file_in": ("document",),
    "other": ("poll", "game", "story", "paid_media", "checklist", "invoice", "giveaway"),
}
"""Kinds of messages that are not text, by the name of the text that answers them; `animation` also fills `document`."""


@dataclass(frozen=True)
class Me:
    """The bot itself."""

    id: int
    username: str


@dataclass(frozen=True)
class Place:
    """Where somebody wrote. message: Telegram's id of the message; thread: topic of a forum; name: what they are called there."""

    chat: int
    user: int
    group: bool
    language: str
    message: int | None = None
    thread: int | None = None
    name: str | None = None

    @property
    def conversation(self) -> str:
        return f"tg:{self.chat}:{self.user}" if self.group else f"tg:{self.chat}"


@dataclass(frozen=True)
class Said:
    """Text to answer; `beside` is the kind of what came with it and cannot be read, `album` its album."""

    place: Place
    text: str
    beside: str | None = None
    album: str | None = None


@dataclass(frozen=True)
class Command:
    place: Place
    name: str
    argument: str


@dataclass(frozen=True)
class Unreadable:
    """Something that is no text. kind: a name of a text that answers it."""

    place: Place
    kind: str
    album: str | None = None


@dataclass(frozen=True)
class Edited:
    place: Place


@dataclass(frozen=True)
class Pressed:
    """A button. editable: Telegram's id of the message it stands under, None where that is out of reach."""

    place: Place | None
    query: str
    data: str | None
    editable: int | None


@dataclass(frozen=True)
class Searched:
    """An inline query. query: its id."""

    query: str
    text: str
    user: int
    language: str


@dataclass(frozen=True)
class Membership:
    """The bot was let in (or unblocked), or thrown out (or blocked)."""

    place: Place
    member: bool
    joined: bool


@dataclass(frozen=True)
class Moved:
    """A group became a supergroup, which has another id."""

    chat: int
    to: int


Event = Union[Said, Command, Unreadable, Edited, Pressed, Searched, Membership, Moved]


def read(raw: Mapping[str, Any], me: Me) -> Event | None:
    """What happened; None for what nobody expects an answer to. raw: an update as Telegram sends it."""
    kind = _kind(raw.get("message") or raw.get("edited_message") or {})
    update = Update.de_json(_slim(raw), None)
    if update.message:
        return _message(update.message, me, kind)
    if update.edited_message:
        return _edited(update.edited_message, me, kind)
    if update.callback_query:
        return _pressed(update.callback_query)
    if update.inline_query:
        query = update.inline_query
        return Searched(query.id, query.query, query.from_user.id, language_of(query.from_user.language_code))
    if update.my_chat_member:
        return _membership(update.my_chat_member)
    return None


def language_of(code: str | None) -> str:
    """Our language for Telegram's language code (`zh-hant`, `zh-TW`, `en-GB`); English where it is another or none."""
    folded = (code or "").lower().replace("_", "-")
    if not re.match(r"(?:zh|yue)(?:-|$)", folded):
        return EN
    return HANT if folded.startswith("yue") or re.search(r"-(?:hant|tw|hk|mo)\b", folded) else HANS


def group_of(conversation: str) -> bool:
    """Whether a conversation takes place in a group."""
    return conversation.count(":") == 2


def chat_of(conversation: str) -> int:
    """The chat of a conversation. Raises ValueError for a conversation of another channel."""
    channel, chat, *_ = conversation.split(":")
    if channel != "tg":
        raise ValueError("not a conversation of Telegram")
    return int(chat)


def _message(message: Message, me: Me, kind: str | None) -> Event | None:
    if message.migrate_to_chat_id:
        return Moved(message.chat.id, message.migrate_to_chat_id)
    place = _place(message, me)
    if place is None:
        return None
    text = message.text if message.text is not None else (message.caption or "")
    if kind is None and message.text is None:
        return None  # news of the chat itself: somebody came, a message was pinned
    command = _COMMAND.match(message.text.strip()) if message.text else None
    if command and command[2] and command[2].lower() != me.username.lower():
        return None  # for another bot
    if place.group and not (command and command[2]):
        if not _addressed(message, me):
            return None
        text = _without_mention(text, me)
        command = _COMMAND.match(text) if message.text else None
    if command:
        return Command(place, command[1].lower(), (command[3] or "").strip())
    if kind and not text.strip():
        return Unreadable(place, kind, message.media_group_id)
    return Said(place, text, kind, message.media_group_id)


def _edited(message: Message, me: Me, kind: str | None) -> Event | None:
    place = _place(message, me)
    if place is None or kind == "location":  # a live location moves all the time
        return None
    return None if place.group and not _addressed(message, me) else Edited(place)


def _place(message: Message, me: Me) -> Place | None:
    """None for what was not written by a person to read: posts of channels, other bots, what this bot itself put there."""
    if message.chat.type not in (Chat.PRIVATE, *GROUPS) or message.is_automatic_forward:
        return None
    if message.via_bot and message.via_bot.id == me.id:
        return None
    group = message.chat.type in GROUPS
    person = message.from_user
    if message.sender_chat:  # an anonymous administrator, or somebody who writes as a channel
        who, code = message.sender_chat.id, None
    elif person and not person.is_bot:
        who, code = person.id, person.language_code
    else:
        return None
    thread = message.message_thread_id if message.is_topic_message else None
    name = _name(message.sender_chat.title if message.sender_chat else person.full_name if person else None)
    return Place(message.chat.id, who, group, language_of(code), message.message_id, thread, name)


def _name(given: str | None) -> str | None:
    """A name without what could not be seen, or would turn a line around; at most NAME characters."""
    seen = "".join(each for each in given or "" if unicodedata.category(each)[0] != "C" or each == "\u200d")
    return " ".join(seen.split())[:NAME].strip() or None


def _kind(message: Mapping[str, Any]) -> str | None:
    if message.get("animation"):
        return "sticker"
    return next((kind for kind, names in KINDS.items() if any(name in message for name in names)), None)


def _addressed(message: Message, me: Me) -> bool:
    """Whether a message in a group is meant for the bot: it is mentioned, or answered."""
    answered = message.reply_to_message
    if answered and answered.from_user and answered.from_user.id == me.id:
        return True
    if any(
        entity.type == MessageEntity.TEXT_MENTION and entity.user and entity.user.id == me.id
        for entity in (*message.entities, *message.caption_entities)
    ):
        return True
    return _mention(me).search(message.text or message.caption or "") is not None


def _without_mention(text: str, me: Me) -> str:
    return re.sub(r"[ \t]{2,}", " ", _mention(me).sub(" ", text)).strip(" \t\n,，:：")


def _mention(me: Me) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9_@])@{re.escape(me.username)}(?![A-Za-z0-9_])", re.IGNORECASE)


def _pressed(query: CallbackQuery) -> Pressed:
    message = query.message
    if message is None:
        return Pressed(None, query.id, query.data, None)
    group = message.chat.type in GROUPS
    thread = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    person = query.from_user
    language, name = language_of(person.language_code), _name(person.full_name)
    place = Place(message.chat.id, person.id, group, language, None, thread, name)
    return Pressed(place, query.id, query.data, message.message_id if message.is_accessible else None)


_READ = [
    "message_id",
    "chat",
    "from",
    "sender_chat",
    "via_bot",
    "text",
    "caption",
    "entities",
    "caption_entities",
    "media_group_id",
    "migrate_to_chat_id",
    "is_automatic_forward",
    "is_topic_message",
    "message_thread_id",
]


def _slim(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The update with no more than is read here, so that what Telegram adds or a server leaves out elsewhere breaks nothing."""
    found: dict[str, Any] = {"update_id": raw["update_id"]}
    for name in ("message", "edited_message"):
        if raw.get(name):
            found[name] = _slim_message(raw[name])
    if raw.get("callback_query"):
        found["callback_query"] = query = {"chat_instance": "", **raw["callback_query"]}
        if query.get("message"):
            query["message"] = _slim_message(query["message"])
    if raw.get("inline_query"):
        found["inline_query"] = {"offset": "", **raw["inline_query"]}
        found["inline_query"].pop("location", None)
    if raw.get("my_chat_member"):
        change = raw["my_chat_member"]
        found["my_chat_member"] = {
            "chat": change["chat"],
            "from": change["from"],
            "date": change.get("date", 0),
            "old_chat_member": _slim_member(change["old_chat_member"], change["from"]),
            "new_chat_member": _slim_member(change["new_chat_member"], change["from"]),
        }
    return found


def _slim_message(message: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: message[name] for name in _READ if name in message}
    if message.get("reply_to_message"):
        found["reply_to_message"] = _slim_message({**message["reply_to_message"], "text": "", "entities": []})
        found["reply_to_message"].pop("reply_to_message", None)
    return {**found, "date": message.get("date", 1)}


def _slim_member(member: Mapping[str, Any], user: Mapping[str, Any]) -> dict[str, Any]:
    status = member["status"]
    inside = status in ("creator", "administrator", "member") or (status == "restricted" and member.get("is_member"))
    return {"status": "member" if inside else "left", "user": user}


def _membership(change: ChatMemberUpdated) -> Membership | None:
    if change.chat.type not in (Chat.PRIVATE, *GROUPS):
        return None
    before, after = (member.status == ChatMember.MEMBER for member in (change.old_chat_member, change.new_chat_member))
    group = change.chat.type in GROUPS
    person = change.from_user
    place = Place(change.chat.id, person.id, group, language_of(person.language_code))
    return Membership(place, after, after and not before)
