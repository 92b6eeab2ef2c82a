"""Cases in Redis. Every change compares before it sets: of two that were decided on the same state only one is made."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import WatchError

from bot.desk.cases import Case, Owner, Ownership, State
from bot.desk.entries import Entry
from bot.messages import Outgoing
from bot.store.buttons import kept
from bot.store.connection import store_errors
from bot.store.keys import Keys

logger = logging.getLogger(__name__)

KEPT_DAYS = 180
"""How long a case is kept after its end. An open case is kept."""

EVENTS = 100_000
"""News kept for listeners that were away."""

STATES = tuple(state.value for state in State)


class Changed(Exception):
    """The case, or who owns the conversation, is not what the change was decided on. Look again, and decide again."""


class Cases:
    """Every method raises StoreUnavailable when Redis does not answer."""

    def __init__(self, redis: Redis, keys: Keys = Keys()) -> None:  # noqa: B008
        self._redis, self._keys = redis, keys

    async def ownership(self, conversation: str) -> Ownership | None:
        """Who answers besides, or instead of, the assistant; None: the assistant alone."""
        with store_errors():
            found = await self._redis.hgetall(self._keys.owner(conversation))
        return Ownership(found["case"], Owner(found["owner"])) if found else None

    async def get(self, case: str) -> Case | None:
        with store_errors():
            return _read(await self._redis.get(self._keys.case(case)))

    async def last_of(self, conversation: str) -> Case | None:
        """The newest case of a conversation, open or closed."""
        with store_errors():
            found = await self._redis.zrevrange(self._keys.cases_of(conversation), 0, 0)
        return await self.get(found[0]) if found else None

    async def all_of(self, conversation: str) -> list[Case]:
        """All cases of a conversation, the newest first."""
        with store_errors():
            found = await self._redis.zrevrange(self._keys.cases_of(conversation), 0, -1)
        return await self._of(found)

    async def waiting(self) -> list[Case]:
        """Those nobody has, oldest first."""
        return await self._in(State.waiting)

    async def active(self) -> list[Case]:
        """Those somebody has, oldest first."""
        return await self._in(State.active)

    async def closed(self, since: float = 0.0, until: float = float("inf"), most: int = 2_000) -> list[Case]:
        """Those that ended in a time, the last first."""
        with store_errors():
            found = await self._redis.zrevrangebyscore(
                self._keys.desk("closed"), _score(until), _score(since), start=0, num=most
            )
        return await self._of(found)

    async def place(self, case: Case) -> int:
        """The place of a waiting case in the queue, from 1; 0 if it does not wait."""
        with store_errors():
            rank = await self._redis.zrank(self._keys.desk("waiting"), case.id)
        return 0 if rank is None else rank + 1

    async def new_id(self) -> str:
        """The number of the next case, as text."""
        with store_errors():
            return str(await self._redis.incr(self._keys.desk("number")))

    async def write(
        self,
        before: Case | None,
        after: Case,
        entries: Sequence[Entry] = (),
        outgoing: Sequence[Outgoing] = (),
        unseen: str | None = None,
    ) -> bool:
        """A case as it is after a move, with what it adds to the log and to the outbox, all in one step.

        before: as it was read; None for a new one. unseen: the last place of the log that was seen; if the person wrote after
        it, this raises Changed. False, and nothing is written, if the last entry is in the log already; others that are there are
        left out. Raises Changed.
        """
        keys = self._keys
        watched = [keys.case(after.id), keys.owner(after.conversation), keys.case_once(after.id)]
        if unseen is not None:
            watched.append(keys.case_log(after.id))
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                await pipe.watch(*watched)
                fresh = await self._fresh(pipe, after.id, entries)
                if entries and not fresh:
                    return False
                if _read(await pipe.get(keys.case(after.id))) != before:
                    raise Changed
                open_case = await pipe.hget(keys.owner(after.conversation), "case")
                if open_case not in (None, after.id) and after.state is not State.closed:
                    raise Changed  # the conversation has another case by now
                if unseen is not None and await self._wrote_since(pipe, after.id, unseen):
                    raise Changed
                pipe.multi()
                self._put(pipe, after, open_case)
                self._add(pipe, after, fresh)
                self._say(pipe, outgoing)
                try:
                    await pipe.execute()
                except WatchError:
                    raise Changed from None
        return True

    async def add(
        self, case: Case, entries: Sequence[Entry], outgoing: Sequence[Outgoing] = (), owner: Owner | None = None
    ) -> bool:
        """Entries for the log and what is said with them, without a move. False if the last of them is there already.

        owner: who must own the conversation, with this case. Raises Changed.
        """
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                while True:
                    try:
                        return await self._added(pipe, case, entries, outgoing, owner)
                    except WatchError:  # noqa: PERF203  (somebody else wrote in between: look again)
                        continue

    async def log(self, case: str, after: str = "-", most: int = 1_000) -> list[Entry]:
        """Entries after a place, oldest first."""
        first = after if after == "-" else f"({after}"
        with store_errors():
            found = await self._redis.xrange(self._keys.case_log(case), first, "+", most)
        return read(found)

    async def tails(self, cases: Sequence[str], most: int) -> list[list[Entry]]:
        """The last entries of logs, the newest first, in one round trip."""
        return [read(rows) for rows in await self.rows(cases, most)]

    async def rows(self, cases: Sequence[str], most: int) -> list[list[tuple[str, dict[str, str]]]]:
        """The same as it is kept; `read` reads it."""
        if not cases:
            return []
        with store_errors():
            async with self._redis.pipeline(transaction=False) as pipe:
                for case in cases:
                    pipe.xrevrange(self._keys.case_log(case), count=most)
                return list(await pipe.execute())

    async def whole_log(self, case: str) -> list[Entry]:
        """All entries, oldest first, however many."""
        found: list[Entry] = []
        while more := await self.log(case, found[-1].place if found else "-"):
            found += more
        return found

    async def has(self, key: str, *cases: str) -> bool:
        """Whether an entry is in the log of one of these cases."""
        with store_errors():
            async with self._redis.pipeline(transaction=False) as pipe:
                for case in cases:
                    pipe.sismember(self._keys.case_once(case), key)
                return any(await pipe.execute())

    async def events(self, after: str, wait: float, most: int = 500) -> list[tuple[str, Mapping[str, str]]]:
        """News of all cases after a place of the feed (`$`: from now on): `case`, `key`, `kind`, and of a move `move`
        and `by` (the id of a member of staff, or empty).

        wait: seconds to wait if there is none.
        """
        with store_errors():
            found = await self._redis.xread(
                {self._keys.desk("events"): after}, count=most, block=round(wait * 1000) or None
            )
        return list(found[0][1]) if found else []

    async def end_of_events(self) -> str:
        """The place after the last of the news."""
        with store_errors():
            found = await self._redis.xrevrange(self._keys.desk("events"), count=1)
        return str(found[0][0]) if found else "0-0"

    async def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many cases there are in each state, and how many moves of each kind there ever were."""
        with store_errors():
            async with self._redis.pipeline(transaction=False) as pipe:
                for state in STATES:
                    pipe.zcard(self._keys.desk(state))
                pipe.hgetall(self._keys.desk("moves"))
                *cards, moves = await pipe.execute()
        return dict(zip(STATES, cards)), {move: int(count) for move, count in moves.items()}

    async def forget(self, conversation: str) -> list[Case]:
        """Delete all cases of a conversation with everything that was said in them. Returns what they were."""
        keys = self._keys
        cases = await self.all_of(conversation)
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                for case in cases:
                    pipe.delete(keys.case(case.id), keys.case_log(case.id), keys.case_once(case.id))
                    for state in STATES:
                        pipe.zrem(keys.desk(state), case.id)
                    pipe.xadd(
                        keys.desk("events"), {"case": case.id, "key": "forgotten", "kind": "forgotten"}, maxlen=EVENTS
                    )
                pipe.delete(keys.owner(conversation), keys.cases_of(conversation), keys.recent(conversation))
                await pipe.execute()
        return cases

    async def _in(self, state: State) -> list[Case]:
        with store_errors():
            found = await self._redis.zrange(self._keys.desk(state.value), 0, -1)
        return await self._of(found)

    async def _of(self, ids: Sequence[str]) -> list[Case]:
        if not ids:
            return []
        with store_errors():
            found = await self._redis.mget([self._keys.case(each) for each in ids])
        return [case for case in map(_readable, ids, found) if case]

    async def _added(
        self, pipe: Pipeline, case: Case, entries: Sequence[Entry], outgoing: Sequence[Outgoing], owner: Owner | None
    ) -> bool:
        keys = self._keys
        await pipe.watch(keys.owner(case.conversation), keys.case_once(case.id), keys.case(case.id))
        fresh = await self._fresh(pipe, case.id, entries)
        if entries and not fresh:
            await pipe.unwatch()
            return False
        as_it_is = _read(await pipe.get(keys.case(case.id)))
        if as_it_is is None:
            raise Changed
        if owner:
            found = await pipe.hgetall(keys.owner(case.conversation))
            if found.get("case") != case.id or found.get("owner") != owner.value:
                raise Changed
        pipe.multi()
        self._add(pipe, as_it_is, fresh)
        self._say(pipe, outgoing)
        await pipe.execute()
        return True

    async def _fresh(self, pipe: Pipeline, case: str, entries: Sequence[Entry]) -> list[Entry]:
        """Those that are not in the log; none if the last is."""
        if not entries:
            return []
        known = await pipe.smismember(self._keys.case_once(case), [entry.key for entry in entries])
        return [] if known[-1] else [entry for entry, there in zip(entries, known) if not there]

    async def _wrote_since(self, pipe: Pipeline, case: str, place: str) -> bool:
        found = await pipe.xrange(self._keys.case_log(case), f"({place}" if place else "-", "+")
        return any(json.loads(fields["entry"])["kind"] == "person" for _, fields in found)

    def _put(self, pipe: Pipeline, case: Case, open_case: str | None) -> None:
        keys = self._keys
        written = json.dumps(case.to_json())
        ends = case.state is State.closed
        pipe.set(keys.case(case.id), written, ex=KEPT_DAYS * 86400 if ends else None)
        pipe.zadd(keys.cases_of(case.conversation), {case.id: case.opened_at})
        for state in STATES:
            if state != case.state.value:
                pipe.zrem(keys.desk(state), case.id)
        pipe.zadd(keys.desk(case.state.value), {case.id: _since(case)})
        if not ends:
            pipe.hset(keys.owner(case.conversation), mapping={"case": case.id, "owner": case.owner.value})
            for key in (keys.case_log(case.id), keys.case_once(case.id), keys.cases_of(case.conversation)):
                pipe.persist(key)
            return
        if open_case == case.id:
            pipe.delete(keys.owner(case.conversation))
        for key in (keys.case_log(case.id), keys.case_once(case.id)):
            pipe.expire(key, KEPT_DAYS * 86400)
        if open_case in (None, case.id):
            pipe.expire(keys.cases_of(case.conversation), KEPT_DAYS * 86400)
        pipe.zremrangebyscore(keys.desk("closed"), "-inf", (case.closed_at or 0) - KEPT_DAYS * 86400)

    def _add(self, pipe: Pipeline, case: Case, entries: Sequence[Entry]) -> None:
        keys = self._keys
        for entry in entries:
            pipe.sadd(keys.case_once(case.id), entry.key)
            pipe.xadd(keys.case_log(case.id), {"entry": json.dumps(entry.to_json())})
            news = {"case": case.id, "key": entry.key, "kind": entry.kind}
            if entry.move:
                news |= {"move": entry.move, "by": entry.author or ""}
                pipe.hincrby(keys.desk("moves"), entry.move, 1)
            pipe.xadd(keys.desk("events"), news, maxlen=EVENTS)
        if entries and case.state is State.closed:
            for key in (keys.case_log(case.id), keys.case_once(case.id)):
                pipe.expire(key, KEPT_DAYS * 86400)

    def _say(self, pipe: Pipeline, outgoing: Sequence[Outgoing]) -> None:
        for each in outgoing:
            pipe.xadd(self._keys.outbox(each.channel), {"reply": json.dumps(each.to_json())})
            buttons = kept(each.buttons, each.answer.buttons, each.at)
            if buttons:
                key = self._keys.buttons(each.conversation)
                pipe.hset(key, mapping=dict(zip(buttons[::2], buttons[1::2])))
                pipe.expire(key, 7 * 86400)


def read(rows: Sequence[tuple[str, Mapping[str, str]]]) -> list[Entry]:
    """What is kept in a log, with its places."""
    return [Entry.from_json(json.loads(fields["entry"]), place) for place, fields in rows]


def _read(written: str | None) -> Case | None:
    return Case.from_json(json.loads(written)) if written else None


def _readable(case: str, written: str | None) -> Case | None:
    """One of many, of which one that cannot be read (of another version) shall not hide the others."""
    try:
        return _read(written)
    except (ValueError, TypeError, KeyError):
        logger.error("case %s cannot be read", case)  # noqa: TRY400
        return None


def _since(case: Case) -> float:
    """What the cases of a state are ordered by. Whoever comes back with a case that had ended lines up anew."""
    if case.closed_at is not None:
        return case.closed_at
    return case.waiting_since if case.reopened else case.opened_at


def _score(at: float) -> str | float:
    return "+inf" if at == float("inf") else at
