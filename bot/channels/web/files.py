"""Files in the web chat: those that people upload, and how any is handed to a browser."""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Sequence
from dataclasses import asdict
from urllib.parse import quote

from redis.asyncio import Redis

from bot.messages import File, files_of
from bot.store.connection import store_errors
from bot.store.files import DAYS, Files, new_file
from bot.store.keys import Keys

UNSENT = 60 * 60
"""Seconds for which an upload is kept that no message names."""

POLICY = "default-src 'none'; sandbox"
"""The Content-Security-Policy of a file: whatever is in it, it does nothing on our address."""

_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)

_HARMLESS = re.compile(r"(audio|video)/[a-z0-9.+-]+|text/plain|application/(pdf|zip|msword|rtf|vnd\.[a-z0-9.-]+)")
"""Kinds that are said to a browser, which only saves them; others are bytes."""


def picture(content: bytes) -> str | None:
    """The mime type of a picture that every browser shows; None for anything else, whatever its name."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for beginning, mime in _PICTURES if content.startswith(beginning)), None)


def uploaded(name: str, content: bytes) -> File:
    """What was uploaded under a name; nothing else that its sender says of it counts."""
    found = picture(content)
    mime = found or mimetypes.guess_type(name)[0] or "application/octet-stream"
    major = mime.partition("/")[0]
    kind = "photo" if found else major if major in ("audio", "video") else "document"
    return new_file(kind, name, mime, len(content))


def headers(file: File, content: bytes) -> dict[str, str]:
    """The headers with which a file goes out: pictures to be shown, all else to be saved."""
    found = picture(content)
    mime = found or (file.mime.partition(";")[0].strip().lower() if file.mime else "")
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", file.name)
    shown = "inline" if found else "attachment"
    return {
        "Content-Type": mime if found or _HARMLESS.fullmatch(mime) else "application/octet-stream",
        "Content-Disposition": f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='', errors='replace')}",
        "Content-Security-Policy": POLICY,
        "Cache-Control": "private, no-store",
    }


class Uploads:
    """Files that people uploaded and perhaps have not sent yet. Every method raises StoreUnavailable when Redis does not answer.

    Key of the desk: `web-uploads` (hash by conversation: id → what is known of the file).
    """

    def __init__(self, redis: Redis, keys: Keys = Keys()) -> None:  # noqa: B008
        self._redis, self._keys = redis, keys
        self._files = Files(redis, keys)

    async def put(self, conversation: str, file: File, content: bytes) -> None:
        """Keep it for a message to come. Raises TooLarge."""
        await self._files.put(file, content)
        key = self._keys.desk("web-uploads", conversation)
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.expire(self._keys.file(file.id), UNSENT)
                pipe.hset(key, file.id, written(file))
                pipe.expire(key, UNSENT)
                await pipe.execute()

    async def find(self, conversation: str, file: str) -> File | None:
        """What this conversation uploaded lately under an id."""
        with store_errors():
            return read(await self._redis.hget(self._keys.desk("web-uploads", conversation), file))

    async def sent(self, files: Sequence[File]) -> bool:
        """Keep them as long as any file from now on; False if one is gone."""
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                for file in files:
                    pipe.expire(self._keys.file(file.id), DAYS * 86400)
                return all(await pipe.execute())

    async def forget(self, conversation: str) -> None:
        """Delete all of them, sent or not."""
        key = self._keys.desk("web-uploads", conversation)
        with store_errors():
            await self._files.forget(await self._redis.hkeys(key))
            await self._redis.delete(key)


def written(file: File) -> str:
    """What is known of a file, as it is kept."""
    return json.dumps(asdict(file))


def read(text: str | None) -> File | None:
    return files_of([json.loads(text)])[0] if text else None
