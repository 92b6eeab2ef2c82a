"""What messages hold besides text, and files as they are sent on."""

from __future__ import annotations

from typing import Any

import pytest
from bot_api import BotApi

from bot.channels.telegram.api import client
from bot.channels.telegram.attachments import NO_WORDS, Downloads, Gone, To, content, send_file
from bot.messages import File
from bot.store.files import MOST_BYTES, Files, new_file

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("message", "kind", "name", "mime", "size", "telegram"),
    [
        ({"photo": [{"file_id": "s", "width": 1, "height": 1}, {"file_id": "l", "width": 9, "height": 9, "file_size": 5}]}, "photo", "photo.jpg", "image/jpeg", 5, "l"),
        ({"document": {"file_id": "d", "file_name": "a/b.pdf", "mime_type": "application/pdf"}}, "document", "a_b.pdf", "application/pdf", 0, "d"),
        ({"animation": {"file_id": "a"}, "document": {"file_id": "a"}}, "video", "animation.mp4", "video/mp4", 0, "a"),
        ({"voice": {"file_id": "v"}}, "voice", "voice.ogg", "audio/ogg", 0, "v"),
        ({"audio": {"file_id": "m", "file_name": "song.mp3"}}, "audio", "song.mp3", "audio/mpeg", 0, "m"),
        ({"video_note": {"file_id": "n"}}, "video", "video.mp4", "video/mp4", 0, "n"),
    ],
)  # fmt: skip
def test_files(message: dict[str, Any], kind: str, name: str, mime: str, size: int, telegram: str) -> None:
    found = content({**message, "caption": "words"})
    assert found.file
    assert found.text == "words"
    assert (found.file.kind, found.file.name, found.file.mime, found.file.size, found.file.telegram) == (kind, name, mime, size, telegram)  # fmt: skip


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"sticker": {"emoji": "👍"}}, "👍"),
        ({"sticker": {}}, "🙂"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "🎲 3"),
        ({"location": {"latitude": 22.54, "longitude": 113.9}}, "📍 22.54000, 113.90000"),
        ({"venue": {"title": "Hall", "address": "1 Road", "location": {"latitude": 1, "longitude": 2}}, "location": {}}, "📍 Hall, 1 Road, 1.00000, 2.00000"),
        ({"contact": {"first_name": "A", "phone_number": "+1"}}, "👤 A, +1"),
        ({"poll": {"question": "Which?", "options": [{"text": "a"}, {"text": "b"}]}}, "📊 Which? a / b"),
        ({"story": {}}, NO_WORDS),
        ({"text": "hi"}, ""),
        ({"photo": [], "document": {}}, NO_WORDS),
    ],
)  # fmt: skip
def test_words(message: dict[str, Any], words: str) -> None:
    assert content(message).words == words


@pytest.fixture
async def sending(api: BotApi, redis: Any) -> Any:
    made = client(api.token, api.url)
    files = Files(redis)

    async def send(file: File, caption: str | None = None) -> dict[str, Any]:
        number = await send_file(made.bot, file, Downloads(made.bot, files), To(7), caption)
        return next(m for m in api.messages if m["message_id"] == number)

    send.files, send.fetch = files, Downloads(made.bot, files)  # type: ignore[attr-defined]
    yield send
    await made.close()


@pytest.mark.parametrize("kind", ["photo", "document", "voice", "video", "audio"])
async def test_by_the_id_that_telegram_gave(api: BotApi, sending: Any, kind: str) -> None:
    file = new_file(kind, "x", "a/b", 3, api.file(kind, b"abc"))
    found = await sending(file, "<b>A</b>\nwords")
    media = found[kind][0] if kind == "photo" else found[kind]
    assert media["file_id"] == file.telegram
    assert found["text"] == "A\nwords"
    assert not api.calls[-1].files


async def test_by_bytes_where_the_id_is_no_good_and_as_a_document_where_the_kind_is_not(api: BotApi, sending: Any) -> None:  # fmt: skip
    stale = new_file("photo", "x.png", "image/png", 8, "an id of another bot")
    await sending.files.put(stale, PNG)
    assert "photo" in await sending(stale)
    note = new_file("video", "n.mp4", "video/mp4", 3, api.file("video_note", b"abc"))
    assert "video" in await sending(note), "of another kind with Telegram: fetched and sent anew"
    broken = new_file("photo", "y.png", "image/png", 3)
    await sending.files.put(broken, b"abc")
    found = await sending(broken, "c")
    assert found["document"]["file_name"] == "y.png"
    assert found["text"] == "c"
    assert len(api.messages) == 3


async def test_gone(api: BotApi, sending: Any) -> None:
    with pytest.raises(Gone):
        await sending(new_file("document", "x", "a/b", 3))
    with pytest.raises(Gone):
        await sending(new_file("document", "x", "a/b", 3, "unknown to Telegram"))
    assert not api.messages


async def test_downloads_are_kept_and_limited(api: BotApi, sending: Any) -> None:
    file = new_file("document", "x", "a/b", 3, api.file("document", b"abc"))
    assert await sending.fetch(file) == b"abc"
    assert await sending.fetch(file) == b"abc"
    assert len(api.of("getFile")) == 1
    assert await sending.files.get(file.id) == b"abc"
    large = api.file("document", b"0" * (MOST_BYTES + 1))
    assert await sending.fetch(new_file("document", "x", "a/b", MOST_BYTES + 1, large)) is None
    assert await sending.fetch(new_file("document", "x", "a/b", 0, large)) is None
    assert await sending.fetch(new_file("document", "x", "a/b", 0, "nothing")) is None
    assert await sending.fetch(new_file("document", "x", "a/b", 0)) is None
    api.tell("getFile", status=500, description="Internal Server Error")
    assert await sending.fetch(new_file("document", "x", "a/b", 0, api.file("document", b"later"))) is None
