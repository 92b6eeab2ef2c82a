"""Files of a conversation: taken from a browser within limits, named by messages, given back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from redis.asyncio import Redis
from starlette.requests import Request

from bot.channels.web.files import Uploads, uploaded
from bot.channels.web.history import History
from bot.channels.web.limits import Limits
from bot.channels.web.session import conversation_of
from bot.channels.web.settings import (
    ADDRESS_FILE_BYTES_A_DAY,
    ADDRESS_FILES_PER_MINUTE,
    FILE_BYTES_A_DAY,
    FILES_PER_MINUTE,
)
from bot.channels.web.wire import Refused
from bot.messages import File
from bot.store.files import MOST_BYTES, Files
from bot.store.keys import Keys

Download = Callable[[File], Awaitable["bytes | None"]]
"""The bytes of a file that is kept elsewhere, if they can be had."""


class Attachments:
    """Every method raises StoreUnavailable when Redis does not answer."""

    def __init__(self, redis: Redis, keys: Keys, history: History, limits: Limits, download: Download | None) -> None:
        self._history, self._limits, self._download = history, limits, download
        self._files, self._uploads = Files(redis, keys), Uploads(redis, keys)

    async def take(self, request: Request, session: str, address: str) -> File:
        """Keep the body of a request for a message to come; `name` in its address is the name. Raises Refused."""
        wait = await self._limits.take(
            {f"files:{session}": FILES_PER_MINUTE, f"files:{address}": ADDRESS_FILES_PER_MINUTE}
        )
        if wait:
            raise Refused("too_fast", wait)
        content = await _bytes(request)
        budgets = {f"bytes:{session}": FILE_BYTES_A_DAY, f"bytes:{address}": ADDRESS_FILE_BYTES_A_DAY}
        if not await self._limits.spend(len(content), budgets):
            raise Refused("files_full")
        file = uploaded(request.query_params.get("name", "")[:300], content)
        await self._uploads.put(conversation_of(session), file, content)
        return file

    async def sent(self, conversation: str, names: Sequence[str], *, to_staff: bool) -> tuple[File, ...]:
        """The files that a message names, which are kept from now on. to_staff: whether anybody will look at them. Raises Refused."""
        found: list[File] = []
        for name in names:
            known = await self._history.file(conversation, name)  # the message comes again
            file = known or await self._uploads.find(conversation, name)
            if file is None:
                raise Refused("files_gone")
            if known is None and not to_staff:
                raise Refused("no_case")
            found.append(file)
        if found and not await self._uploads.sent(found):
            raise Refused("files_gone")
        return tuple(found)

    async def get(self, conversation: str, name: str) -> tuple[File, bytes] | None:
        """A file that stands in this conversation, or was uploaded in it lately."""
        file = await self._history.file(conversation, name) or await self._uploads.find(conversation, name)
        if file is None:
            return None
        content = await self._files.get(file.id)
        if content is None and self._download is not None and file.telegram is not None:
            content = await self._download(file)
        return None if content is None else (file, content)

    async def forget(self, conversation: str) -> None:
        """Delete what was uploaded and may not have been sent."""
        await self._uploads.forget(conversation)


async def _bytes(request: Request) -> bytes:
    """The file in a body. Raises Refused."""
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said[:12]) > MOST_BYTES:
        raise Refused("file_too_large")
    parts: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BYTES:
            raise Refused("file_too_large")
        parts.append(chunk)
    if not size:
        raise Refused("file_empty")
    return b"".join(parts)
