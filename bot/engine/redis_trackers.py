"""Rasa's tracker store on Redis. Imports Rasa: only the engine process imports this module.

Of each conversation there is a hash, the state the next turn starts from, and a list, the log of its events. A turn reads
the hash and never the log, so it costs the same at message 5 and at message 5,000.
"""

from __future__ import annotations

import atexit
import contextlib
import os
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    ConversationPaused,
    Event,
    SessionStarted,
    SlotSet,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker
from redis.asyncio import Redis

from bot.engine.track_format import FORMAT, State, event_from_text, event_to_bytes, state_from_text, state_to_bytes
from bot.store.connection import check, connect, socket_url, store_errors
from bot.store.errors import StoreError
from bot.store.keys import PREFIX, Keys
from bot.store.server import EmbeddedServer

DAYS = 30.0
"""Days a conversation is kept after its last message."""

RETENTION = 2_000
"""Events of a conversation that are kept."""

FOUND_AT_ONCE = 500
"""Keys looked at in one round trip when conversations are listed."""

SAVE = """
-- KEYS: state, log. ARGV: revision read, revision to write, format, state, seconds to live, events to keep, events …
if (redis.call('HGET', KEYS[1], 'revision') or '0') ~= ARGV[1] then
  return false
end
redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'format', ARGV[3], 'state', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[5])
if #ARGV > 6 then
  for first = 7, #ARGV, 1000 do
    redis.call('RPUSH', KEYS[2], unpack(ARGV, first, math.min(first + 999, #ARGV)))
  end
  redis.call('HINCRBY', KEYS[1], 'logged', #ARGV - 6)
  redis.call('LTRIM', KEYS[2], -ARGV[6], -1)
end
redis.call('EXPIRE', KEYS[2], ARGV[5])
return ARGV[2]
"""
"""In one step, so that of two engines that read the same revision only one writes."""


class Conflict(StoreError):
    """The conversation was written by somebody else since it was read. Nothing was written; the turn can be run again."""


@dataclass(frozen=True)
class _Kept:
    """What of a tracker is in Redis: the revision it was read or written as, and its latest event there."""

    revision: int
    latest: Event | None


class ConversationStore(TrackerStore):
    """Keeps conversations in Redis. Every method raises StoreUnavailable when Redis does not do its part in time."""

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: Any = None,
        *,
        redis: Redis | None = None,
        data_dir: str | Path = ".data",
        prefix: str = PREFIX,
        days: float = DAYS,
        retention: int = RETENTION,
    ) -> None:
        """host: URL of Redis, `url` in `endpoints.yml`; else that of the environment (`REDIS_URL`); without either our own Redis in
        `data_dir` is used until the process ends.

        redis: a client of `bot.store.connection` instead, which its owner closes. Raises ValueError for a wrong URL or limit.
        """
        super().__init__(domain, event_broker)
        if days <= 0 or retention < 1:
            raise ValueError("days and retention are more than nothing")
        self._own = redis is None
        self._redis = (
            redis if redis is not None else connect(host or os.environ.get("REDIS_URL") or _own_redis(Path(data_dir)))
        )
        self._keys = Keys(prefix)
        self._seconds = max(1, round(days * 24 * 60 * 60))
        self._retention = int(retention)
        self._save = self._redis.register_script(SAVE)

    async def check(self) -> None:
        """Whether conversations can be kept now. Raises StoreUnavailable, TooNew."""
        await check(self._redis, self._keys)

    async def close(self) -> None:
        """Close the connections, unless they belong to somebody else."""
        if self._own:
            await self._redis.close(close_connection_pool=True)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as its next turn needs it, without its words; None if there is none. Raises TooNew."""
        with store_errors():
            found = await self._redis.hmget(self._keys.state(sender_id), ("revision", "format", "state"))
        revision, version, text = found
        if revision is None:
            return None
        state = state_from_text(text, int(version))
        tracker = self._tracker(sender_id, _beginning(state, self.domain), int(revision))
        remember_answer(tracker, state.answered)
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """The conversation with all its events that are kept; None if there is none. Raises TooNew."""
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipeline:
                pipeline.hmget(self._keys.state(conversation_id), ("revision", "format", "state", "logged"))
                pipeline.lrange(self._keys.log(conversation_id), 0, -1)
                (revision, version, text, logged), log = await pipeline.execute()
        if revision is None:
            return None
        events = deserialise_events([event_from_text(event) for event in log])
        if len(log) < int(logged or 0):  # what was set by events no longer kept
            start = events[0].timestamp if events else None
            events = [*_set(state_from_text(text, int(version)), self.domain, start), *events]
        return self._tracker(conversation_id, events, int(revision))

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the state and the events that are new. Raises Conflict if the conversation has changed since it was read."""
        kept = _kept(tracker)
        new = _since(tracker, kept.latest)
        state = _state(tracker)
        with store_errors():
            saved = await self._save(
                keys=(self._keys.state(tracker.sender_id), self._keys.log(tracker.sender_id)),
                args=(
                    kept.revision, kept.revision + 1, FORMAT, state_to_bytes(state), self._seconds, self._retention,
                    *(event_to_bytes(event.as_dict()) for event in new),
                ),
            )  # fmt: skip
        if saved is None:
            raise Conflict("the conversation was written by another engine at the same time")
        _keep(tracker, _Kept(kept.revision + 1, new[-1] if new else kept.latest))
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)

    async def exists(self, conversation_id: str) -> bool:
        with store_errors():
            return bool(await self._redis.exists(self._keys.state(conversation_id)))

    async def delete(self, sender_id: str) -> None:
        """Forget all of a conversation. A turn that has read it before can no longer be saved."""
        with store_errors():
            await self._redis.delete(self._keys.state(sender_id), self._keys.log(sender_id))

    async def keys(self) -> Iterable[str]:
        """The ids of all conversations, see `conversations`."""
        return [conversation async for conversation in self.conversations()]

    async def conversations(self) -> AsyncIterator[str]:
        """The ids of all conversations, each once, in no order; Redis serves others meanwhile."""
        seen: set[str] = set()
        keys = self._redis.scan_iter(match=self._keys.every_state, count=FOUND_AT_ONCE, _type="HASH")
        while True:
            with store_errors():
                key = await anext(keys, None)
                if key is None:
                    return
                conversation = self._keys.conversation(key) or await self._named_inside(key)
            if conversation is not None and conversation not in seen:
                seen.add(conversation)
                yield conversation

    async def _named_inside(self, key: str) -> str | None:
        """The id of a conversation that is too long for a key; None if it is gone by now."""
        version, text = await self._redis.hmget(key, ("format", "state"))
        return state_from_text(text, int(version)).conversation if text else None

    def _tracker(self, sender_id: str, events: list[Event], revision: int) -> DialogueStateTracker:
        tracker = DialogueStateTracker.from_events(sender_id, events, self.domain.slots, self.max_event_history)
        _keep(tracker, _Kept(revision, tracker.events[-1] if tracker.events else None))
        return tracker


def _beginning(state: State, domain: Domain) -> list[Event]:
    """Events that bring a new tracker to `state`. Rasa replays them all, so they are few."""
    if state.action is None:
        return _set(state, domain)
    return [
        ActionExecuted(ACTION_SESSION_START_NAME),
        SessionStarted(),
        *_set(state, domain),
        ActionExecuted(ACTION_LISTEN_NAME),
    ]


def _set(state: State, domain: Domain, timestamp: float | None = None) -> list[Event]:
    """Events that set the slots that the domain still has, the form and the pause."""
    known = {slot.name for slot in domain.slots}
    form = [ActionExecuted(state.loop, timestamp=timestamp), ActiveLoop(state.loop, timestamp)] if state.loop else []
    return [
        *(SlotSet(name, value, timestamp) for name, value in state.slots.items() if name in known),
        *form,
        *([ConversationPaused(timestamp)] if state.paused else []),
    ]


def _state(tracker: DialogueStateTracker) -> State:
    return State(
        conversation=tracker.sender_id,
        slots={name: slot.value for name, slot in tracker.slots.items() if slot.value != slot.initial_value},
        loop=tracker.active_loop_name,
        action=tracker.latest_action_name,
        paused=tracker.is_paused(),
        active=tracker.events[-1].timestamp if tracker.events else 0.0,
        answered=remembered_answer(tracker),
    )


def remembered_answer(tracker: DialogueStateTracker) -> dict[str, Any] | None:
    """The message of a conversation that was answered last, and its answer; see `State.answered`."""
    answered: dict[str, Any] | None = getattr(tracker, "_qta_answered", None)
    return answered


def remember_answer(tracker: DialogueStateTracker, answered: dict[str, Any] | None) -> None:
    """Keep the message answered last with its answer. No event: the log has both already."""
    tracker._qta_answered = answered  # noqa: SLF001


def _since(tracker: DialogueStateTracker, latest: Event | None) -> list[Event]:
    """The events of a tracker after `latest`; all if it is not among them. Trackers may drop their oldest events."""
    events = list(tracker.events)
    position = next((i for i in range(len(events), 0, -1) if events[i - 1] is latest), 0)
    return events[position:]


def _kept(tracker: DialogueStateTracker) -> _Kept:
    """Belongs to the tracker and not to the conversation: two engines, or two turns, may have read different revisions."""
    kept: _Kept = getattr(tracker, "_qta_kept", _Kept(0, None))
    return kept


def _keep(tracker: DialogueStateTracker, kept: _Kept) -> None:
    tracker._qta_kept = kept  # noqa: SLF001


def _own_redis(data_dir: Path) -> str:
    server = EmbeddedServer(data_dir)
    place = server.start()

    def stop() -> None:
        with contextlib.suppress(StoreError, OSError):
            server.stop()

    atexit.register(stop)
    return socket_url(place)
