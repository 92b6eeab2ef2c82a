from __future__ import annotations

from typing import Any

import pytest
from redis.asyncio import Redis

from bot.channels.web.files import UNSENT, Uploads, headers, picture, uploaded
from bot.messages import File
from bot.store.files import DAYS, Files
from bot.store.keys import Keys

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
WEBP = b"RIFF\x10\0\0\0WEBPVP8 "
HTML = b"<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("name", "content", "kind", "mime"),
    [
        ("a.png", PNG, "photo", "image/png"),
        ("a.txt", b"\xff\xd8\xff\xe0", "photo", "image/jpeg"),
        ("a", b"GIF89a", "photo", "image/gif"),
        ("a.webp", WEBP, "photo", "image/webp"),
        ("a.png", HTML, "document", "image/png"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "document", "image/svg+xml"),
        ("a.pdf", b"%PDF-1.7", "document", "application/pdf"),
        ("a.mp4", b"\0\0\0\x18ftyp", "video", "video/mp4"),
        ("a.mp3", b"ID3", "audio", "audio/mpeg"),
        ("", b"?", "document", "application/octet-stream"),
    ],
)
def test_only_what_is_a_picture_counts_as_one(name: str, content: bytes, kind: str, mime: str) -> None:
    file = uploaded(name, content)
    assert (file.kind, file.mime, file.size) == (kind, mime, len(content))
    assert file.name


def test_names_cannot_look_like_others() -> None:
    assert uploaded("cv\u202egnp.exe", b"MZ").name == "cvgnp.exe"
    assert "/" not in uploaded("../../etc/passwd", b"x").name


@pytest.mark.parametrize(
    ("mime", "content", "kind", "shown"),
    [
        ("image/png", PNG, "image/png", "inline"),
        ("text/html", PNG, "image/png", "inline"),
        ("image/png", HTML, "application/octet-stream", "attachment"),
        ("text/html", HTML, "application/octet-stream", "attachment"),
        ("image/svg+xml", HTML, "application/octet-stream", "attachment"),
        ("application/xhtml+xml", HTML, "application/octet-stream", "attachment"),
        ("text/plain; charset=utf-8", HTML, "text/plain", "attachment"),
        ("application/pdf", b"%PDF", "application/pdf", "attachment"),
        ("audio/ogg\r\nX-Evil: 1", b"OggS", "application/octet-stream", "attachment"),
        ("", b"x", "application/octet-stream", "attachment"),
    ],
)
def test_a_file_does_nothing_in_a_browser(mime: str, content: bytes, kind: str, shown: str) -> None:
    found = headers(File("x", "document", '护照"\r\n.png', mime, len(content)), content)
    assert found["Content-Type"] == kind
    assert (
        found["Content-Disposition"]
        == f"{shown}; filename=\"_____.png\"; filename*=UTF-8''%E6%8A%A4%E7%85%A7%22%0D%0A.png"
    )
    assert "sandbox" in found["Content-Security-Policy"]
    assert found["Cache-Control"] == "private, no-store"


def test_nothing_else_is_a_picture() -> None:
    assert picture(b"") is None
    assert picture(b"RIFF\x10\0\0\0WAVEfmt ") is None


async def test_an_upload_is_kept_for_an_hour_and_a_file_that_was_sent_for_long(redis: Redis) -> None:
    uploads, files, key = Uploads(redis), Files(redis), Keys().file
    file: Any = uploaded("a.png", PNG)
    await uploads.put("web:one", file, PNG)
    assert await uploads.find("web:one", file.id) == file
    assert await uploads.find("web:other", file.id) is None
    assert 0 < await redis.ttl(key(file.id)) <= UNSENT
    assert await uploads.sent([file])
    assert await redis.ttl(key(file.id)) > (DAYS - 1) * 86400
    await uploads.forget("web:one")
    assert await files.get(file.id) is None
    assert await uploads.find("web:one", file.id) is None
    assert not await uploads.sent([file]), "its bytes are gone"
