"""Files that people and staff send each other, for as long as cases are kept."""

from __future__ import annotations

import base64
import re
import secrets

from redis.asyncio import Redis

from bot.messages import File
from bot.store.connection import store_errors
from bot.store.keys import Keys

MOST_BYTES = 10 * 1024 * 1024
"""Of one file."""

DAYS = 180
"""How long a file is kept."""

_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_UNSAFE = re.compile('[\x00-\x1f\x7f-\x9f\ud800-\udfff/\\\\"<>|:*?]+')
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
"""Characters that turn the direction of text, so that a name looks like another."""


class TooLarge(Exception):
    """A file has more than MOST_BYTES."""


def new_file(kind: str, name: str, mime: str, size: int, telegram: str | None = None) -> File:
    """A file with an id that nobody can guess and a name that is safe in a header and on a disk."""
    clean = _UNSAFE.sub("_", _TURNING.sub("", name)).strip(". ")[-100:] or kind
    return File(secrets.token_urlsafe(16), kind, clean, mime[:100], size, telegram)


class Files:
    """Bytes of files by id. Every method raises StoreUnavailable when Redis does not answer."""

    def __init__(self, redis: Redis, keys: Keys = Keys()) -> None:  # noqa: B008
        self._redis, self._keys = redis, keys

    async def put(self, file: File, content: bytes) -> None:
        """Keep a file. Raises TooLarge."""
        if len(content) > MOST_BYTES:
            raise TooLarge(f"{len(content)} bytes")
        with store_errors():
            await self._redis.set(self._keys.file(file.id), base64.b64encode(content), ex=DAYS * 86400)

    async def get(self, file: str) -> bytes | None:
        """The bytes of a file; None for one that is not (or no longer) there."""
        if not _ID.fullmatch(file):
            return None
        with store_errors():
            found = await self._redis.get(self._keys.file(file))
        return base64.b64decode(found) if found else None

    async def forget(self, files: list[str]) -> None:
        if files:
            with store_errors():
                await self._redis.delete(*(self._keys.file(each) for each in files))
