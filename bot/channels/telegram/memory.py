"""What the channel remembers in Redis. Every method raises StoreUnavailable when Redis does not answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from bot.store.connection import store_errors
from bot.store.keys import Keys

DAY = 24 * 60 * 60

OFFSET_DAYS = 6
"""After a week without updates Telegram numbers them anew, and an old offset would throw them away."""

LANGUAGE_DAYS = 30
BLOCKED_DAYS = 90
MOVED_DAYS = 90
REPLY_DAYS = 2
"""Days for which how far a reply was sent, where it belongs, and that an update was answered is kept."""

ONCE_DAYS = 30

PLACE_DAYS = 90
"""Days for which is kept where somebody wrote last, in groups."""


@dataclass(frozen=True)
class Progress:
    """How far a reply was sent. part: the first message of it that is not known to have arrived; begun: its sending had begun."""

    part: int
    begun: bool


@dataclass(frozen=True)
class Sent:
    """A message that a person got. caption: its text stands below a file."""

    chat: int
    message: int
    caption: bool


class Memory:
    """bot: its id, so that two bots on one Redis do not share offsets."""

    def __init__(self, redis: Redis, keys: Keys, bot: str) -> None:
        self._redis = redis
        self._keys = keys
        self._bot = bot

    async def offset(self) -> int | None:
        """The first update that was not handled yet."""
        found = await self._get("offset", self._bot)
        return int(found) if found else None

    async def handled(self, update: int) -> None:
        await self._set("offset", self._bot, str(update + 1), OFFSET_DAYS * DAY)

    async def language(self, conversation: str) -> str | None:
        """The language of the last answer."""
        return await self._get("language", conversation)

    async def set_language(self, conversation: str, language: str) -> None:
        await self._set("language", conversation, language, LANGUAGE_DAYS * DAY)

    async def blocked(self, chat: int) -> bool:
        return await self._get("blocked", str(chat)) is not None

    async def block(self, chat: int) -> None:
        """Nothing is sent there until somebody writes again."""
        await self._set("blocked", str(chat), "1", BLOCKED_DAYS * DAY)

    async def unblock(self, chat: int) -> None:
        await self._delete("blocked", str(chat))

    async def moved(self, chat: int) -> int:
        """Where a chat is now: its own id, or that of the supergroup it became."""
        found = await self._get("moved", str(chat))
        return int(found) if found else chat

    async def move(self, chat: int, to: int) -> None:
        await self._set("moved", str(chat), str(to), MOVED_DAYS * DAY)

    async def place(self, conversation: str, message_id: str) -> tuple[int | None, int | None]:
        """Telegram's message and topic that one of our messages came from, for answers in groups."""
        found = await self._get("place", f"{conversation}/{message_id}")
        if found is None:
            return None, None
        message, thread = json.loads(found)
        return message, thread

    async def set_place(self, conversation: str, message_id: str, message: int | None, thread: int | None) -> None:
        written = json.dumps([message, thread])
        await self._set("place", f"{conversation}/{message_id}", written, REPLY_DAYS * DAY)
        await self._set("place", conversation, written, PLACE_DAYS * DAY)

    async def last_place(self, conversation: str) -> tuple[int | None, int | None]:
        """Telegram's message and topic that a person of a group wrote last, for what answers no message."""
        found = await self._get("place", conversation)
        if found is None:
            return None, None
        message, thread = json.loads(found)
        return message, thread

    async def heard(self, chat: int, message: int) -> str | None:
        """Our id of a message that came lately, by Telegram's."""
        return await self._get("heard", f"{chat}/{message}")

    async def set_heard(self, chat: int, message: int, message_id: str) -> None:
        await self._set("heard", f"{chat}/{message}", message_id, REPLY_DAYS * DAY)

    async def sent(self, reply: str) -> list[Sent]:
        """The messages that a reply of staff became, in order; none where that is not known (any more)."""
        found = await self._get("messages", reply)
        return [Sent(*each) for each in json.loads(found)] if found else []

    async def set_sent(self, reply: str, messages: Sequence[Sent]) -> None:
        written = json.dumps([[each.chat, each.message, each.caption] for each in messages])
        await self._set("messages", reply, written, REPLY_DAYS * DAY)

    async def progress(self, reply: str) -> Progress:
        found = await self._get("sent", reply)
        return Progress(int(found.rstrip("!")), found.endswith("!")) if found else Progress(0, begun=False)

    async def begin(self, reply: str, part: int) -> None:
        """That the sending of a part begins now."""
        await self._set("sent", reply, f"{part}!", REPLY_DAYS * DAY)

    async def reached(self, reply: str, part: int) -> None:
        """That everything before a part is done with."""
        await self._set("sent", reply, str(part), REPLY_DAYS * DAY)

    async def answered(self, update: str) -> bool:
        """Whether an update was answered by the channel itself."""
        return await self._get("answered", f"{self._bot}/{update}") is not None

    async def set_answered(self, update: str) -> None:
        await self._set("answered", f"{self._bot}/{update}", "1", REPLY_DAYS * DAY)

    async def first(self, what: str, about: str) -> bool:
        """Whether this happens for the first time (in a month)."""
        with store_errors():
            key = self._keys.telegram("once", f"{what}/{about}")
            return bool(await self._redis.set(key, "1", nx=True, ex=ONCE_DAYS * DAY))

    async def note(self, what: str) -> str | None:
        """Something noted of the bot itself."""
        return await self._get(what, self._bot)

    async def set_note(self, what: str, value: str) -> None:
        with store_errors():
            await self._redis.set(self._keys.telegram(what, self._bot), value)

    async def forget(self, conversation: str) -> None:
        """Delete what is kept of the person in a conversation that was deleted."""
        await self._delete("language", conversation)
        await self._delete("once", f"edited/{conversation}")
        await self._delete("place", conversation)

    async def _get(self, what: str, about: str) -> str | None:
        with store_errors():
            found: str | None = await self._redis.get(self._keys.telegram(what, about))
        return found

    async def _set(self, what: str, about: str, value: str, seconds: int) -> None:
        with store_errors():
            await self._redis.set(self._keys.telegram(what, about), value, ex=seconds)

    async def _delete(self, what: str, about: str) -> None:
        with store_errors():
            await self._redis.delete(self._keys.telegram(what, about))
