"""Files that staff uploaded and have not sent yet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from redis.asyncio import Redis

from bot.messages import File
from bot.store.connection import store_errors
from bot.store.files import DAYS, Files, new_file
from bot.store.keys import Keys

WAITING = 24 * 60 * 60
"""Seconds for which a file that was not sent is kept."""

_SHOWN = {"image/jpeg": (b"\xff\xd8\xff",), "image/png": (b"\x89PNG\r\n\x1a\n",), "image/gif": (b"GIF87a", b"GIF89a")}
_PLAYED = {"audio": "audio", "video": "video"}


class Uploads:
    """Keys of the desk: `upload` (string: file and uploader, JSON, by file). Every method raises StoreUnavailable."""

    def __init__(self, redis: Redis, files: Files, keys: Keys = Keys()) -> None:  # noqa: B008
        self._redis, self._files, self._keys = redis, files, keys

    async def put(self, staff: str, name: str, mime: str, content: bytes) -> File:
        """Keep a file for a member of staff. Raises TooLarge."""
        kind, mime = kind_of(mime, content)
        file = new_file(kind, name, mime, len(content))
        await self._files.put(file, content)
        written = json.dumps({"staff": staff, "file": asdict(file)})
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.expire(self._keys.file(file.id), WAITING)
                pipe.set(self._keys.desk("upload", file.id), written, ex=WAITING)
                await pipe.execute()
        return file

    async def take(self, staff: str, ids: Sequence[str]) -> list[File] | None:
        """Files that are about to be sent by whoever uploaded them, to be kept from now on; None if one is not there."""
        if not ids:
            return []
        with store_errors():
            found = [
                json.loads(each) for each in await self._redis.mget([self._keys.desk("upload", i) for i in ids]) if each
            ]
        files = [File(**each["file"]) for each in found if each["staff"] == staff]
        if len(files) < len(ids):
            return None
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                for file in files:
                    pipe.expire(self._keys.file(file.id), DAYS * 86400)
                kept = await pipe.execute()
        return files if all(kept) else None


def kind_of(mime: str, content: bytes) -> tuple[str, str]:
    """What a file is taken for, and its type: a photo only where its first bytes say so too; what is unknown is a document."""
    mime = mime.partition(";")[0].strip().lower()
    if any(content.startswith(start) for start in _SHOWN.get(mime, ())) or (
        mime == "image/webp" and content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    ):
        return "photo", mime
    major, _, minor = mime.partition("/")
    if major in _PLAYED and minor.replace("-", "").replace(".", "").replace("+", "").isalnum() and minor.isascii():
        return _PLAYED[major], mime
    return "document", "application/pdf" if mime == "application/pdf" and content.startswith(
        b"%PDF"
    ) else "application/octet-stream"
