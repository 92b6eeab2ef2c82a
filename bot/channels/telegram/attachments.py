"""What a message of Telegram holds besides text: finding it, in words or as a file, and sending files on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from telegram import Bot, InlineKeyboardMarkup, InputFile, ReplyParameters
from telegram.error import BadRequest, TelegramError

from bot.channels.telegram.api import failure
from bot.channels.telegram.markup import sendable
from bot.messages import File
from bot.store.files import MOST_BYTES, Files, TooLarge, new_file

CAPTION = 1024
"""UTF-16 units that Telegram takes below a file."""

ANSWER = 60.0
"""Seconds until Telegram must have taken, or given, all bytes of a file."""

_FOUND: tuple[tuple[str, str, str, str], ...] = (
    # field of the message, kind of ours, its name and type where nobody says them
    ("animation", "video", "animation.mp4", "video/mp4"),  # before its `document`, which is the same
    ("document", "document", "document", "application/octet-stream"),
    ("voice", "voice", "voice.ogg", "audio/ogg"),
    ("audio", "audio", "audio.mp3", "audio/mpeg"),
    ("video", "video", "video.mp4", "video/mp4"),
    ("video_note", "video", "video.mp4", "video/mp4"),
)

NO_WORDS = "［无法显示的消息 A message that cannot be shown］"

Fetch = Callable[[File], Awaitable["bytes | None"]]
"""The bytes of a file; None where nobody has them any more."""


class Gone(Exception):
    """A file that Telegram does not know and of which nobody has the bytes."""


@dataclass(frozen=True)
class Content:
    """What somebody sent. text: or caption, as typed. words: of something that is neither text nor file (a place, a contact …), for
    staff to read; empty for others."""

    text: str
    file: File | None
    words: str


def content(message: Mapping[str, Any]) -> Content:
    """What a message holds. message: as Telegram sends it. Its file gets a new id."""
    text = message.get("text") or message.get("caption") or ""
    file = _file(message)
    return Content(str(text), file, "" if text or file else _words(message))


def _file(message: Mapping[str, Any]) -> File | None:
    sizes = message.get("photo")
    if isinstance(sizes, list) and sizes:
        largest = max(sizes, key=lambda size: size.get("width", 0) * size.get("height", 0))
        return _made(largest, "photo", "photo.jpg", "image/jpeg")
    for name, kind, title, mime in _FOUND:
        if isinstance(message.get(name), dict):
            return _made(message[name], kind, title, mime)
    return None


def _made(found: Mapping[str, Any], kind: str, name: str, mime: str) -> File | None:
    if not found.get("file_id"):
        return None
    named = str(found.get("file_name") or name)
    return new_file(
        kind, named, str(found.get("mime_type") or mime), int(found.get("file_size") or 0), str(found["file_id"])
    )


def _words(message: Mapping[str, Any]) -> str:
    if "sticker" in message:
        return str(message["sticker"].get("emoji") or "🙂")
    if "dice" in message:
        return f"{message['dice'].get('emoji', '🎲')} {message['dice'].get('value', '')}".strip()
    if "venue" in message or "location" in message:
        venue = message.get("venue") or {}
        place = venue.get("location") or message.get("location") or {}
        where = f"{place.get('latitude', 0):.5f}, {place.get('longitude', 0):.5f}"
        return "📍 " + ", ".join(str(part) for part in (venue.get("title"), venue.get("address"), where) if part)
    if "contact" in message:
        found = message["contact"]
        return "👤 " + ", ".join(
            str(found[part]) for part in ("first_name", "last_name", "phone_number") if found.get(part)
        )
    if "poll" in message:
        options = " / ".join(str(option.get("text", "")) for option in message["poll"].get("options", ()))
        return f"📊 {message['poll'].get('question', '')} {options}".strip()
    return NO_WORDS


class Downloads:
    """Bytes of files, from where they are."""

    def __init__(self, bot: Bot, files: Files) -> None:
        self._bot, self._files = bot, files

    async def __call__(self, file: File) -> bytes | None:
        """The bytes of a file, which are then kept; None if it is gone, too large, or Telegram does not give it now.

        Raises StoreUnavailable.
        """
        kept = await self._files.get(file.id)
        if kept is not None or file.telegram is None or file.size > MOST_BYTES:
            return kept
        try:
            found = await self._bot.get_file(file.telegram)
            if (found.file_size or 0) > MOST_BYTES or not found.file_path:
                return None
            loaded = bytes(await found.download_as_bytearray(read_timeout=ANSWER))
            await self._files.put(file, loaded)
        except (TelegramError, TooLarge, TypeError, ValueError, KeyError, AttributeError):
            return None
        return loaded


@dataclass(frozen=True)
class To:
    """Where a file goes. reply: Telegram's id of the message it answers; thread: the topic of a forum."""

    chat: int
    thread: int | None = None
    reply: int | None = None
    silent: bool = False


async def send_file(
    bot: Bot, file: File, fetch: Fetch, to: To, caption: str | None, markup: InlineKeyboardMarkup | None = None
) -> int:
    """Send a file: as Telegram's own, else its bytes, else its bytes as a document. caption: HTML. Returns the id of the message.

    Raises Gone, TelegramError.
    """
    refused: BadRequest | None = None
    if file.telegram:
        try:
            return await _send(bot, file.kind, file.telegram, to, caption, markup)
        except BadRequest as error:
            if not _about_file(error):
                raise
            refused = error
    found = await fetch(file)
    if found is None:
        raise Gone from refused
    name = sendable(file.name) or file.kind
    try:
        return await _send(bot, file.kind, InputFile(found, filename=name), to, caption, markup)
    except BadRequest as error:
        if file.kind == "document" or not _about_file(error):
            raise
    return await _send(bot, "document", InputFile(found, filename=name), to, caption, markup)


def _about_file(error: BadRequest) -> bool:
    """Whether another way of sending the file may help."""
    return failure(error).words == "a bad request (400)" and not any(
        each in error.message.lower() for each in ("topic", "caption", "reply", "rights")
    )


async def _send(
    bot: Bot, kind: str, what: str | InputFile, to: To, caption: str | None, markup: InlineKeyboardMarkup | None
) -> int:
    rest: dict[str, Any] = {
        "caption": caption or None,
        "parse_mode": "HTML" if caption else None,
        "reply_markup": markup,
        "message_thread_id": to.thread,
        "disable_notification": to.silent or None,
        "reply_parameters": ReplyParameters(to.reply, allow_sending_without_reply=True) if to.reply else None,
        "write_timeout": ANSWER,
    }
    send: Any = getattr(bot, f"send_{kind}" if kind in ("photo", "voice", "audio", "video") else "send_document")
    return int((await send(to.chat, what, **rest)).message_id)
