from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from redis.asyncio import Redis

from bot.desk.cases import Case, Move, Outcome, Owner, Ownership, Reason, State, moved, opened, reached_out
from bot.desk.entries import Entry, plain
from bot.desk.store import KEPT_DAYS, Cases, Changed
from bot.engine.protocol import Answer, Button
from bot.messages import File, Outgoing
from bot.store.buttons import Buttons
from bot.store.connection import connect, socket_url
from bot.store.errors import StoreUnavailable
from bot.store.keys import Keys

NOW = 1_795_000_000.0
KEYS = Keys()
KEPT = KEPT_DAYS * 86400


def new(number: str = "1", conversation: str = "web:a", at: float = NOW, **given: Any) -> Case:
    return opened(Case(number, "web", conversation, Reason.asked, "en", at, f"m{number}", **given))


def said(key: str, kind: Any = "person", text: str = "hello", **given: Any) -> Entry:
    return Entry(key, kind, NOW, text, **given)


def outgoing(case: Case, name: str = "o1", buttons: tuple[Button, ...] = (), ids: tuple[str, ...] = ()) -> Outgoing:
    answer = Answer("en", "desk", None, 1.0, "text", buttons)
    return Outgoing(name, "web", case.conversation, (), answer, ids, NOW, "notice", case=case.id)


@pytest.fixture
def cases(redis: Redis) -> Cases:
    return Cases(redis)


async def keys_of(redis: Redis) -> set[str]:
    return {key async for key in redis.scan_iter("*")}


async def test_a_case_is_kept_as_it_is(cases: Cases) -> None:
    case = new(profile=(("身份", "香港居民"),), name="陳大文 😀", interview=(("q", ""),))
    await cases.write(None, case)
    assert await cases.get("1") == case
    assert await cases.ownership("web:a") == Ownership("1", Owner.waiting)
    assert await cases.last_of("web:a") == case and await cases.all_of("web:a") == [case]
    assert await cases.waiting() == [case] and await cases.place(case) == 1


async def test_there_is_nothing_where_nothing_was_written(cases: Cases) -> None:
    assert await cases.get("1") is None and await cases.last_of("a") is None and await cases.all_of("a") == []
    assert await cases.ownership("a") is None and await cases.place(new()) == 0
    assert await cases.log("1") == [] and await cases.whole_log("1") == [] and not await cases.has("k", "1")
    assert await cases.end_of_events() == "0-0" and await cases.events("0", 0) == []


async def test_of_two_changes_of_one_state_only_one_is_made(cases: Cases) -> None:
    case = new()
    await cases.write(None, case)
    claims = [moved(case, Move.claim, NOW, staff=f"s{number}") for number in range(20)]
    entries = [[said(f"claim{number}", "move", "", move="claim")] for number in range(20)]
    done = await asyncio.gather(
        *(cases.write(case, after, entry) for after, entry in zip(claims, entries)), return_exceptions=True
    )
    assert sorted(map(repr, done)) == sorted(["True", *["Changed()"] * 19])
    winner = claims[done.index(True)]
    assert await cases.get("1") == winner
    assert [entry.key for entry in await cases.log("1")] == [f"claim{done.index(True)}"]


async def test_a_change_of_what_is_no_longer_so_is_refused(cases: Cases) -> None:
    case = new()
    await cases.write(None, case)
    await cases.write(case, moved(case, Move.claim, NOW, staff="li"))
    with pytest.raises(Changed):
        await cases.write(case, moved(case, Move.overdue, NOW), [said("k")], [outgoing(case)])
    with pytest.raises(Changed):
        await cases.write(None, case)
    assert await cases.log("1") == []


async def test_a_conversation_has_one_open_case(cases: Cases) -> None:
    done = await asyncio.gather(*(cases.write(None, new(str(n))) for n in range(1, 8)), return_exceptions=True)
    assert sorted(map(repr, done)) == sorted(["True", *["Changed()"] * 6])
    assert len(await cases.waiting()) == len(await cases.all_of("web:a")) == 1


async def test_a_closed_case_is_changed_beside_an_open_one(cases: Cases) -> None:
    old = moved(new("1"), Move.close, NOW, outcome=Outcome.answered)
    await cases.write(None, new("1"))
    await cases.write(new("1"), old)
    await cases.write(None, new("2"))
    await cases.write(old, moved(old, Move.rate, NOW, rating=5))
    assert await cases.ownership("web:a") == Ownership("2", Owner.waiting)
    rated = moved(old, Move.rate, NOW, rating=5)
    with pytest.raises(Changed):
        await cases.write(rated, moved(rated, Move.reopen, NOW, opened_by="m"))
    for name in (KEYS.case("2"), KEYS.cases_of("web:a"), KEYS.owner("web:a")):
        assert await cases._redis.ttl(name) == -1


async def test_what_was_written_is_not_written_again(cases: Cases) -> None:
    case = new()
    assert await cases.write(None, case, [said("a"), said("b")], [outgoing(case)])
    assert not await cases.write(None, case, [said("x"), said("b")], [outgoing(case)])
    assert not await cases.add(case, [said("b")], [outgoing(case)])
    assert await cases.add(case, [said("a", text="other"), said("c")], [outgoing(case, "o2")])
    assert [(each.key, each.text) for each in await cases.log("1")] == [("a", "hello"), ("b", "hello"), ("c", "hello")]
    assert await cases._redis.xlen(KEYS.outbox("web")) == 2
    assert await cases.has("c", "9", "1") and not await cases.has("d", "9", "1")


async def test_one_entry_that_many_write_at_once_is_written_once(cases: Cases) -> None:
    case = new()
    await cases.write(None, case)
    done = await asyncio.gather(*(cases.add(case, [said("a")], [outgoing(case)]) for _ in range(10)))
    assert sorted(done) == [False] * 9 + [True]
    assert len(await cases.log("1")) == await cases._redis.xlen(KEYS.outbox("web")) == 1


async def test_different_entries_that_many_write_at_once_are_all_written(cases: Cases) -> None:
    case = new()
    await cases.write(None, case)
    await asyncio.gather(*(cases.add(case, [said(f"k{number}")]) for number in range(25)))
    assert {each.key for each in await cases.log("1")} == {f"k{number}" for number in range(25)}


async def test_an_entry_is_added_for_the_owner_only(cases: Cases) -> None:
    case = new()
    await cases.write(None, case)
    with pytest.raises(Changed):
        await cases.add(case, [said("a")], owner=Owner.staff)
    active = moved(case, Move.claim, NOW, staff="li")
    await cases.write(case, active)
    assert await cases.add(case, [said("a")], owner=Owner.staff)
    await cases.write(active, moved(active, Move.close, NOW, outcome=Outcome.answered))
    with pytest.raises(Changed):
        await cases.add(case, [said("b")], owner=Owner.staff)
    await cases.write(None, reached_out(new("2"), "li", NOW))
    with pytest.raises(Changed):
        await cases.add(case, [said("b")], owner=Owner.staff)
    assert [each.key for each in await cases.log("1")] == ["a"]


async def test_nothing_is_added_to_a_case_that_is_not_there(cases: Cases) -> None:
    with pytest.raises(Changed):
        await cases.add(new(), [said("a")])
    assert not await cases._redis.exists(KEYS.case_log("1"))


async def test_nothing_is_done_that_came_before_the_person_wrote(cases: Cases) -> None:
    case = reached_out(new(), "li", NOW)
    await cases.write(None, case, [said("m", "move", "", move="reach_out")])
    seen = (await cases.log("1"))[-1].place
    await cases.add(case, [said("n", "note"), said("s", "staff"), said("a", "assistant")])
    closed = moved(case, Move.close, NOW, outcome=Outcome.answered)
    await cases.add(case, [said("p")])
    for place in (seen, ""):
        with pytest.raises(Changed):
            await cases.write(case, closed, [said("c", "move", "", move="close")], unseen=place)
    assert await cases.get("1") == case
    seen = (await cases.log("1"))[-1].place
    await cases.add(case, [said("s2", "staff")])
    assert await cases.write(case, closed, [said("c", "move", "", move="close")], unseen=seen)


async def test_how_long_a_case_is_kept(cases: Cases, redis: Redis) -> None:
    case = new()
    names = [KEYS.case("1"), KEYS.case_log("1"), KEYS.case_once("1"), KEYS.cases_of("web:a")]
    await cases.write(None, case, [said("a")])
    assert [await redis.ttl(name) for name in names] == [-1] * 4
    closed = moved(case, Move.close, NOW, outcome=Outcome.answered)
    await cases.write(case, closed, [said("b")])
    await cases.add(case, [said("late")])  # by somebody who has not heard yet that it ended
    assert [KEPT - 5 <= await redis.ttl(name) <= KEPT for name in names] == [True] * 4
    again = moved(closed, Move.reopen, NOW + 1, opened_by="m2")
    await cases.write(closed, again, [said("c")])
    await cases.add(closed, [said("late2")])
    assert [await redis.ttl(name) for name in names] == [-1] * 4


async def test_cases_in_order(cases: Cases) -> None:
    for number, at in (("2", NOW + 2), ("1", NOW + 1), ("3", NOW + 3)):
        await cases.write(None, new(number, f"web:{number}", at))
    assert [case.id for case in await cases.waiting()] == ["1", "2", "3"]
    assert [await cases.place(case) for case in await cases.waiting()] == [1, 2, 3]
    first = (await cases.waiting())[0]
    active = moved(first, Move.claim, NOW + 4, staff="li")
    await cases.write(first, active)
    assert [case.id for case in await cases.active()] == ["1"]
    assert [await cases.place(case) for case in await cases.waiting()] == [1, 2]
    passed_on = moved(active, Move.transfer, NOW + 5, team=None)
    await cases.write(active, passed_on)
    assert [case.id for case in await cases.waiting()] == ["1", "2", "3"]
    closed = moved(passed_on, Move.close, NOW + 6, outcome=Outcome.other)
    await cases.write(passed_on, closed)
    await cases.write(closed, moved(closed, Move.reopen, NOW + 7, opened_by="m"))
    assert [case.id for case in await cases.waiting()] == ["2", "3", "1"]


async def test_closed_cases_of_a_time(cases: Cases) -> None:
    for number in range(1, 6):
        case = new(str(number), f"web:{number}")
        await cases.write(None, case)
        await cases.write(case, moved(case, Move.close, NOW + number, outcome=Outcome.answered))
    assert [case.id for case in await cases.closed()] == ["5", "4", "3", "2", "1"]
    assert [case.id for case in await cases.closed(NOW + 2, NOW + 4)] == ["4", "3", "2"]
    assert [case.id for case in await cases.closed(most=1)] == ["5"]
    assert await cases.counts() == ({"waiting": 0, "active": 0, "closed": 5}, {})


async def test_a_case_that_cannot_be_read_hides_no_other(cases: Cases, redis: Redis) -> None:
    for number in ("1", "2", "3"):
        await cases.write(None, new(number, f"web:{number}"))
    await redis.set(KEYS.case("2"), json.dumps({**new("2").to_json(), "state": "asleep"}))
    assert [case.id for case in await cases.waiting()] == ["1", "3"]


async def test_a_long_log_is_read_whole(cases: Cases) -> None:
    case = new()
    await cases.write(None, case)
    for first in range(0, 2_200, 440):
        await cases.add(case, [said(f"k{number}") for number in range(first, first + 440)])
    assert len(await cases.log("1")) == 1_000
    assert [each.key for each in await cases.whole_log("1")] == [f"k{number}" for number in range(2_200)]
    place = (await cases.log("1"))[-1].place
    assert (await cases.log("1", place, 2))[0].key == "k1000"


async def test_news_of_all_cases(cases: Cases) -> None:
    start = await cases.end_of_events()
    case = new()
    await cases.write(None, case, [said("a"), said("m", "move", "", move="open", author="li")])
    (_, first), (place, second) = await cases.events(start, 0)
    assert first == {"case": "1", "key": "a", "kind": "person"}
    assert second == {"case": "1", "key": "m", "kind": "move", "move": "open", "by": "li"}
    assert await cases.end_of_events() == place and await cases.events(place, 0.01) == []
    listening = asyncio.create_task(cases.events(place, 2))
    await asyncio.sleep(0.05)
    await cases.add(case, [said("b")])
    assert [event["key"] for _, event in await listening] == ["b"]
    assert (await cases.counts())[1] == {"open": 1}


async def test_buttons_that_are_said_can_be_pressed(cases: Cases, redis: Redis) -> None:
    import time

    case = new()
    button = Button("⭐ 5", '/desk{"do": "rate"}')
    shown = replace(outgoing(case, buttons=(button,), ids=("abc",)), at=time.time())
    await cases.write(None, case, [said("a")], [shown])
    assert await Buttons(redis).find("web:a", "abc") == button
    assert await Buttons(redis).find("web:b", "abc") is None


async def test_nothing_of_a_person_is_left(cases: Cases, redis: Redis) -> None:
    mine, theirs = "web:someone", "web:other"
    file = File("f" * 22, "photo", "x.jpg", "image/jpeg", 1)
    for number, conversation in ((17, mine), (18, mine), (19, theirs)):
        case = new(str(number), conversation, NOW + number)
        await cases.write(None, case, [said("secret", text="geheim", files=(file,))])
        if number != 18:
            await cases.write(case, moved(case, Move.close, NOW + number, outcome=Outcome.answered), [said("x")])
    await redis.rpush(KEYS.recent(mine), "geheim")
    forgotten = await cases.forget(mine)
    assert {case.id for case in forgotten} == {"17", "18"}
    left = await keys_of(redis)
    assert not [key for key in left if "someone" in key or ":17" in key or ":18" in key]
    assert [case.id for case in await cases.closed()] == ["19"]
    assert await cases.waiting() == [] and await cases.ownership(mine) is None and await cases.all_of(mine) == []
    assert [event["case"] for _, event in (await cases.events("0", 0)) if event["kind"] == "forgotten"] == ["18", "17"]
    with pytest.raises(Changed):
        await cases.write(new("18", mine, NOW + 18), new("18", mine, NOW + 18))
    with pytest.raises(Changed):
        await cases.add(new("18", mine, NOW + 18), [said("again")])
    assert await keys_of(redis) == left


WORDS = [
    "a\ud83db",
    "\ude00",
    "\ud83d" + "\ude00",
    "nul\0nul",
    "好" * 4096,
    "👩‍👩‍👧‍👦 \ufeff\u200b\u202e",
    "<b>&amp;\r\n\t",
    '"\\{}',
    "",
]


@pytest.mark.parametrize("text", WORDS)
async def test_any_words_are_kept(cases: Cases, text: str) -> None:
    await cases.write(None, new(), [said("a", text=plain(text))])
    assert (await cases.log("1"))[0].text == plain(text)
    plain(text).encode()
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\ud83db", "a\ufffdb"),
        ("\ude00", "\ufffd"),
        ("\ud83d" + "\ude00", "😀"),
        ("x\ud83d", "x\ufffd"),
        ("好\0", "好\0"),
    ],
)
def test_half_characters_are_replaced(text: str, kept: str) -> None:
    assert plain(text) == kept


def test_an_entry_as_json() -> None:
    file = File("f" * 22, "voice", "x.ogg", "audio/ogg", 1, "tg")
    entry = Entry("k", "staff", NOW, "text", "li", "web", (file,), "s:1", None, {"to": "wang"})
    data = json.loads(json.dumps(entry.to_json()))
    assert Entry.from_json(data) == entry
    assert Entry.from_json({**data, "mood": 1}, "1-1") == replace(entry, place="1-1")
    assert Entry("k", "note", 0.0).to_json() == {"key": "k", "kind": "note", "at": 0.0}


async def test_a_redis_that_is_away_is_said_so() -> None:
    cases = Cases(connect("redis://127.0.0.1:9/0"))
    for work in (
        cases.get("1"), cases.ownership("a"), cases.write(None, new()), cases.add(new(), [said("a")]), cases.events("0", 0),
        cases.forget("a"), cases.whole_log("1"), cases.has("a", "1"), cases.counts(),
    ):  # fmt: skip
        with pytest.raises(StoreUnavailable):
            await work


def machine(loop: asyncio.AbstractEventLoop, socket: Path) -> type[RuleBasedStateMachine]:
    class Machine(RuleBasedStateMachine):
        """Two writers, of whom one may look at what is no longer so."""

        def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
            return loop.run_until_complete(asyncio.wait_for(doing, 10))

        @initialize()
        def begin(self) -> None:
            self.redis = connect(socket_url(socket))
            self.run(self.redis.flushall())
            self.cases = Cases(self.redis)
            self.model: dict[str, Case] = {}
            self.log: dict[str, list[str]] = defaultdict(list)
            self.old: dict[str, Case] = {}
            self.now = NOW
            self.count = 0

        def teardown(self) -> None:
            if hasattr(self, "redis"):
                self.run(self.redis.close(close_connection_pool=True))

        def open_in(self, conversation: str) -> Case | None:
            return next(
                (c for c in self.model.values() if c.conversation == conversation and c.state is not State.closed), None
            )

        def key(self) -> str:
            self.count += 1
            self.now += 1
            return f"k{self.count}"

        @rule(conversation=st.sampled_from("ab"))
        def opens(self, conversation: str) -> None:
            key = self.key()
            number = self.run(self.cases.new_id())
            case = new(number, conversation, self.now)
            if self.open_in(conversation):
                try:
                    self.run(self.cases.write(None, case, [said(key)]))
                except Changed:
                    return
                raise AssertionError("two open cases")
            assert self.run(self.cases.write(None, case, [said(key)]))
            self.model[number] = case
            self.log[number].append(key)

        @rule(
            pick=st.integers(0, 50),
            move=st.sampled_from([m for m in Move if m is not Move.open]),
            stale=st.booleans(),
        )
        def moves(self, pick: int, move: Move, stale: bool) -> None:
            if not self.model:
                return
            number = sorted(self.model)[pick % len(self.model)]
            before = self.old.get(number, self.model[number]) if stale else self.model[number]
            given = {
                "staff": "li", "team": None, "outcome": Outcome.answered, "rating": 3, "comment": None, "contact": None,
                "opened_by": "m",
            }  # fmt: skip
            key = self.key()
            try:
                after = moved(before, move, self.now, **given)
            except Exception:  # noqa: BLE001
                return
            other = self.open_in(after.conversation)
            possible = before == self.model[number] and (
                after.state is State.closed or other is None or other.id == number
            )
            entry = said(key, "move", "", move=move.value)
            try:
                done = self.run(self.cases.write(before, after, [entry], [outgoing(after, key)]))
            except Changed:
                assert not possible
                return
            assert done and possible
            self.old[number], self.model[number] = before, after
            self.log[number].append(key)

        @rule(pick=st.integers(0, 50), owner=st.sampled_from([None, Owner.staff]))
        def adds(self, pick: int, owner: Owner | None) -> None:
            if not self.model:
                return
            number = sorted(self.model)[pick % len(self.model)]
            key = self.key()
            allowed = owner is None or self.model[number].owner is owner
            try:
                done = self.run(self.cases.add(self.model[number], [said(key)], owner=owner))
            except Changed:
                assert not allowed
                return
            assert done and allowed
            self.log[number].append(key)

        @rule(conversation=st.sampled_from("ab"))
        def forgets(self, conversation: str) -> None:
            forgotten = self.run(self.cases.forget(conversation))
            assert {case.id for case in forgotten} == {
                c.id for c in self.model.values() if c.conversation == conversation
            }
            for case in forgotten:
                del self.model[case.id]
                self.old.pop(case.id, None)
                self.log.pop(case.id, None)

        @invariant()
        def agrees(self) -> None:
            if not hasattr(self, "redis"):
                return
            self.run(self.compare())

        async def compare(self) -> None:
            for conversation in "ab":
                open_case = self.open_in(conversation)
                wanted = Ownership(open_case.id, open_case.owner) if open_case else None
                assert await self.cases.ownership(conversation) == wanted
                mine = {case.id: case for case in self.model.values() if case.conversation == conversation}
                assert {case.id: case for case in await self.cases.all_of(conversation)} == mine
            counts = (await self.cases.counts())[0]
            for state, found in (
                (State.waiting, await self.cases.waiting()),
                (State.active, await self.cases.active()),
                (State.closed, await self.cases.closed()),
            ):
                wanted_ids = {case.id for case in self.model.values() if case.state is state}
                assert {case.id for case in found} == wanted_ids and counts[state.value] == len(wanted_ids)
            for number, case in self.model.items():
                assert await self.cases.get(number) == case
                assert [entry.key for entry in await self.cases.log(number)] == self.log[number]
                ends = case.state is State.closed
                assert (await self.redis.ttl(KEYS.case(number)) > 0) == ends
                assert (await self.redis.ttl(KEYS.case_log(number)) > 0) == ends

    return Machine


def test_indexes_and_owners_agree_with_the_cases_whatever_happens(socket: Path) -> None:
    loop = asyncio.new_event_loop()
    try:
        run_state_machine_as_test(
            machine(loop, socket),
            settings=settings(
                max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck),
                phases=(Phase.explicit, Phase.generate, Phase.shrink),
            ),
        )  # fmt: skip
    finally:
        loop.close()
