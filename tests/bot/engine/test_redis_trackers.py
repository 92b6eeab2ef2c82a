"""The tracker store against a real Redis; modelled on Rasa's own tests of tracker stores. Imports Rasa."""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from bot.engine.quiet import quiet
from bot.engine.track_format import FORMAT
from bot.store.connection import connect, socket_url
from bot.store.errors import StoreUnavailable, TooNew
from bot.store.keys import Keys
from bot.store.server import EmbeddedServer


@pytest.fixture(autouse=True, scope="module")
def asyncios_own_loops_for_the_tests_after() -> Iterator[None]:
    """Sanic, which Rasa's agent imports, sets uvloop for the whole process."""
    yield
    asyncio.set_event_loop_policy(None)


quiet()
with warnings.catch_warnings(record=True):  # while they are imported, libraries undo what `quiet` set
    from rasa.core.agent import Agent
    from rasa.core.brokers.broker import EventBroker
    from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore, check_if_tracker_store_async
    from rasa.shared.core.constants import ACTION_LISTEN_NAME
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import (
        ActionExecuted,
        ActiveLoop,
        AllSlotsReset,
        BotUttered,
        ConversationPaused,
        ConversationResumed,
        Restarted,
        SessionStarted,
        SlotSet,
        UserUttered,
    )
    from rasa.shared.core.trackers import DialogueStateTracker
    from rasa.utils.endpoints import EndpointConfig, read_endpoint_config

    from bot.engine.redis_trackers import Conflict, ConversationStore

    def slot() -> dict[str, Any]:
        return {"type": "any", "mappings": [{"type": "custom"}]}

    DOMAIN = Domain.from_dict(
        {
            "version": "3.1",
            "intents": ["ask"],
            "slots": {
                **{name: slot() for name in ("service", "profile", "interview")},
                "channel": {"type": "text", "initial_value": "web", "mappings": [{"type": "custom"}]},
            },
            "forms": {"interview_form": {"required_slots": []}},
            "actions": ["action_answer"],
        }
    )
    FEWER = Domain.from_dict({"version": "3.1", "slots": {"service": slot()}})

KEYS = Keys()
IDS = ["web:1", "*", "a:b:*", "中文", "\ud800", "", "x" * 3000, "长" * 500]
SCALARS = st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6)


@pytest.fixture(scope="module")
def socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    server = EmbeddedServer(tmp_path_factory.mktemp("redis"))
    yield server.start()
    server.stop()


@pytest.fixture
async def redis(socket: Path) -> AsyncIterator[Redis]:
    """Empty."""
    client = connect(socket_url(socket))
    await client.flushall()
    yield client
    await client.close(close_connection_pool=True)


@pytest.fixture
def store(redis: Redis) -> ConversationStore:
    return ConversationStore(DOMAIN, redis=redis)


@pytest.fixture
async def closing() -> AsyncIterator[contextlib.AsyncExitStack]:
    """For connections that a test opens: an event loop does not end while one is open."""
    async with contextlib.AsyncExitStack() as stack:
        yield stack


def say(tracker: DialogueStateTracker, text: str, *events: Any) -> None:
    """A turn as Rasa adds it to a tracker."""
    parse = {
        "text": text,
        "intent": {"name": "ask", "confidence": 0.9},
        "entities": [],
        "text_tokens": [[0, 1]] * 20,
        "intent_ranking": [{"name": f"intent {n}", "confidence": 0.1} for n in range(20)],
    }
    for event in (
        UserUttered(text, parse["intent"], [], parse, input_channel="gateway"),
        *events,
        ActionExecuted("action_answer", "RulePolicy", 1.0),
        BotUttered(f"answer to {text}", {"buttons": [{"title": "费用", "payload": "/ask_fee"}]}),
        ActionExecuted(ACTION_LISTEN_NAME),
    ):
        tracker.update(event)


async def turn(store: ConversationStore, conversation: str, text: str, *events: Any) -> None:
    tracker = await store.get_or_create_tracker(conversation)
    say(tracker, text, *events)
    await store.save(tracker)


def slots_of(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Those that are set."""
    return {name: value for name, value in tracker.current_slot_values().items() if value is not None}


async def texts(store: ConversationStore, conversation: str) -> list[str]:
    tracker = await store.retrieve_full_tracker(conversation)
    return [event.text for event in tracker.events if isinstance(event, UserUttered)] if tracker else []


async def log(redis: Redis, conversation: str) -> list[dict[str, Any]]:
    return [json.loads(event) for event in await redis.lrange(KEYS.log(conversation), 0, -1)]


# as every tracker store


@pytest.mark.parametrize("conversation", IDS)
async def test_get_or_create(store: ConversationStore, conversation: str) -> None:
    tracker = await store.get_or_create_tracker(conversation)
    assert [type(event) for event in tracker.events] == [ActionExecuted]
    tracker.update(SlotSet("service", "work-permit"))
    await store.save(tracker)
    again = await store.get_or_create_tracker(conversation)
    assert again.get_slot("service") == "work-permit"
    assert again.sender_id == conversation


async def test_a_conversation_that_is_not_there(store: ConversationStore) -> None:
    assert await store.retrieve("nobody") is None
    assert await store.retrieve_full_tracker("nobody") is None
    assert not await store.exists("nobody")
    assert list(await store.keys()) == []
    await store.delete("nobody")


async def test_a_created_tracker_waits_for_its_session_to_start(store: ConversationStore) -> None:
    created = await store.create_tracker("c", append_action_listen=False)
    assert list(created.events) == []
    retrieved = await store.retrieve("c")
    assert retrieved is not None
    assert list(retrieved.events) == []
    assert await store.exists("c")


async def test_a_turn_begins_by_listening_in_a_started_session(store: ConversationStore) -> None:
    await turn(store, "c", "hello")
    tracker = await store.retrieve("c")
    assert tracker.latest_action_name == ACTION_LISTEN_NAME
    assert any(isinstance(event, SessionStarted) for event in tracker.events)
    assert not any(isinstance(event, UserUttered) for event in tracker.events)
    assert len(tracker.events) == 3


async def test_max_history_is_remembered(store: ConversationStore) -> None:
    tracker = await store.get_or_create_tracker("c", max_event_history=4)
    for n in range(5):
        say(tracker, f"message {n}", SlotSet("service", n))
        await store.save(tracker)
    retrieved = await store.retrieve("c")
    assert retrieved._max_event_history == tracker._max_event_history == 4
    assert retrieved.get_slot("service") == 4


async def test_a_restart_forgets_the_slots(store: ConversationStore) -> None:
    await turn(store, "c", "hello", SlotSet("service", "work-permit"), ActiveLoop("interview_form"))
    tracker = await store.retrieve("c")
    tracker.update(Restarted())
    await store.save(tracker)
    again = await store.retrieve("c")
    assert slots_of(again) == {"channel": "web"}
    assert again.active_loop_name is None
    assert again.applied_events() == []


async def test_it_counts_as_asynchronous(store: ConversationStore) -> None:
    assert check_if_tracker_store_async(store)


async def test_rasa_builds_it_from_endpoints(
    socket: Path, tmp_path: Path, redis: Redis, closing: contextlib.AsyncExitStack
) -> None:
    endpoints = tmp_path / "endpoints.yml"
    endpoints.write_text(
        "tracker_store:\n"
        "  type: bot.engine.redis_trackers.ConversationStore\n"
        f"  url: {socket_url(socket)}\n"
        "  days: 2\n"
        "  retention: 7\n"
        "  prefix: 'shell:'\n"
    )
    config = read_endpoint_config(str(endpoints), "tracker_store")
    store = TrackerStore.create(config, DOMAIN)
    assert isinstance(store, ConversationStore)
    closing.push_async_callback(store.close)
    await turn(store, "c", "hello")
    await turn(store, "c", "hello again")
    assert 0 < await redis.ttl(Keys("shell:").state("c")) <= 2 * 24 * 60 * 60
    assert await redis.llen(Keys("shell:").log("c")) == 7


async def test_rasas_agent_takes_it(store: ConversationStore) -> None:
    agent = Agent(domain=DOMAIN, tracker_store=store)
    tracker = await agent.tracker_store.get_or_create_tracker("c")
    say(tracker, "hello", SlotSet("service", 1))
    await agent.tracker_store.save(tracker)
    assert (await store.retrieve("c")).get_slot("service") == 1


async def test_rasas_agent_hides_conflicts_unless_it_is_unwrapped(store: ConversationStore) -> None:
    """Why the engine has to set `agent.tracker_store` itself."""
    agent = Agent(domain=DOMAIN, tracker_store=store)
    assert isinstance(agent.tracker_store, FailSafeTrackerStore)
    await turn(store, "c", "hello")
    late = DialogueStateTracker("c", DOMAIN.slots)
    await agent.tracker_store.save(late)
    with pytest.raises(Conflict):
        await store.save(late)


async def test_without_a_url_it_uses_our_own_redis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closing: contextlib.AsyncExitStack
) -> None:
    at_exit: list[Any] = []
    monkeypatch.setattr("atexit.register", at_exit.append)
    store = TrackerStore.create(
        EndpointConfig(type="bot.engine.redis_trackers.ConversationStore", data_dir=str(tmp_path)), DOMAIN
    )
    (stop,) = at_exit
    closing.callback(stop)
    closing.push_async_callback(store.close)
    await turn(store, "c", "hello", SlotSet("service", 1))
    await store.check()
    assert EmbeddedServer(tmp_path).alive()
    await closing.aclose()
    assert not EmbeddedServer(tmp_path).alive()


@pytest.mark.parametrize(
    "options",
    [{"host": "localhost"}, {"days": 0}, {"retention": 0}, {"prefix": "*"}],
    ids=str,
)
async def test_wrong_options(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"URL|days|prefix"):
        ConversationStore(DOMAIN, **{"host": "redis://host", **options})


async def test_an_event_broker_gets_the_new_events(redis: Redis) -> None:
    published: list[dict[str, Any]] = []

    class Broker(EventBroker):
        def publish(self, event: dict[str, Any]) -> None:
            published.append(event)

    store = ConversationStore(DOMAIN, event_broker=Broker(), redis=redis)
    await turn(store, "c", "one")
    await turn(store, "c", "two")
    assert [e["text"] for e in published if e["event"] == "user"] == ["one", "two"]
    assert {e["sender_id"] for e in published} == {"c"}


# what is kept


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from(["service", "profile", "interview"]), st.none() | VALUES),
    st.none() | st.text(),
    st.sampled_from([None, "interview_form"]),
)
def test_slots_and_form_come_back(socket: Path, slots: dict[str, Any], channel: str | None, form: str | None) -> None:
    async def there_and_back() -> None:
        redis = connect(socket_url(socket))
        try:
            await compare(redis)
        finally:
            await redis.close(close_connection_pool=True)

    async def compare(redis: Redis) -> None:
        await redis.flushall()
        store = ConversationStore(DOMAIN, redis=redis)
        tracker = await store.get_or_create_tracker("c")
        say(
            tracker, "hello", *(SlotSet(*slot) for slot in slots.items()), SlotSet("channel", channel), ActiveLoop(form)
        )
        await store.save(tracker)
        for other in (await store.retrieve("c"), await store.retrieve_full_tracker("c")):
            assert other.current_slot_values() == tracker.current_slot_values()
            assert other.active_loop_name == form
            assert other.latest_action_name == ACTION_LISTEN_NAME

    asyncio.run(there_and_back())


async def test_a_pause_lasts(store: ConversationStore) -> None:
    await turn(store, "c", "hello", ConversationPaused())
    assert (await store.retrieve("c")).is_paused()
    await turn(store, "c", "hello", ConversationResumed())
    assert not (await store.retrieve("c")).is_paused()


async def test_slots_the_domain_no_longer_has_are_left_out(store: ConversationStore, redis: Redis) -> None:
    await turn(store, "c", "hello", SlotSet("service", 1), SlotSet("profile", 2))
    tracker = await ConversationStore(FEWER, redis=redis).retrieve("c")
    assert slots_of(tracker) == {"service": 1}
    assert "profile" not in tracker.slots


async def test_the_log_has_each_event_once_in_order(store: ConversationStore) -> None:
    for n in range(5):
        await turn(store, "c", f"message {n}", SlotSet("service", n))
    assert await texts(store, "c") == [f"message {n}" for n in range(5)]
    full = await store.retrieve_full_tracker("c")
    assert len(full.events) == 1 + 5 * 5
    assert full.get_slot("service") == 4


async def test_events_come_back_as_they_were(store: ConversationStore) -> None:
    tracker = await store.get_or_create_tracker("c")
    say(tracker, "工作许可 work permit", SlotSet("profile", {"age": 30}), AllSlotsReset(), ActiveLoop("interview_form"))
    await store.save(tracker)
    full = await store.retrieve_full_tracker("c")
    assert list(full.events) == list(tracker.events)
    assert [event.timestamp for event in full.events] == [event.timestamp for event in tracker.events]


async def test_the_log_is_readable_and_small(store: ConversationStore, redis: Redis) -> None:
    await turn(store, "c", "前海")
    (user,) = [e for e in await redis.lrange(KEYS.log("c"), 0, -1) if '"event":"user"' in e]
    assert "前海" in user
    assert "text_tokens" not in user
    assert len(json.loads(user)["parse_data"]["intent_ranking"]) == 3


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\x00", "前海\U0001f600", "x" * 100_000])
async def test_any_text(store: ConversationStore, text: str) -> None:
    await turn(store, "c", text, SlotSet("service", text))
    assert await texts(store, "c") == [text]
    assert (await store.retrieve("c")).get_slot("service") == text


async def test_saving_a_full_tracker_adds_only_what_is_new(store: ConversationStore) -> None:
    await turn(store, "c", "one")
    tracker = await store.retrieve_full_tracker("c")
    say(tracker, "two")
    await store.save(tracker)
    assert await texts(store, "c") == ["one", "two"]


async def test_saving_twice_adds_nothing(store: ConversationStore, redis: Redis) -> None:
    tracker = await store.get_or_create_tracker("c")
    say(tracker, "one")
    await store.save(tracker)
    before = await redis.lrange(KEYS.log("c"), 0, -1)
    await store.save(tracker)
    assert await redis.lrange(KEYS.log("c"), 0, -1) == before


async def test_very_many_events_at_once(redis: Redis) -> None:
    store = ConversationStore(DOMAIN, redis=redis, retention=20_000)
    tracker = DialogueStateTracker("c", DOMAIN.slots)
    tracker.events.extend(SlotSet("service", n) for n in range(12_000))
    await store.save(tracker)
    assert [e["value"] for e in await log(redis, "c")] == list(range(12_000))


async def test_old_events_are_dropped_but_not_what_they_set(redis: Redis) -> None:
    store = ConversationStore(DOMAIN, redis=redis, retention=10)
    await turn(store, "c", "message 0", SlotSet("profile", "old"), SlotSet("service", 0), ActiveLoop("interview_form"))
    for n in range(1, 6):
        await turn(store, "c", f"message {n}", SlotSet("service", n))
    assert await redis.llen(KEYS.log("c")) == 10
    assert await texts(store, "c") == ["message 4", "message 5"]
    full = await store.retrieve_full_tracker("c")
    assert slots_of(full) == {"profile": "old", "service": 5, "channel": "web"}
    assert full.active_loop_name == "interview_form"


async def test_conversations_live_for_a_time_after_their_last_message(redis: Redis) -> None:
    store = ConversationStore(DOMAIN, redis=redis, days=1)
    await turn(store, "c", "hello")
    for key in (KEYS.state("c"), KEYS.log("c")):
        assert 24 * 60 * 60 - 60 < await redis.ttl(key) <= 24 * 60 * 60
        await redis.expire(key, 5)
    await turn(store, "c", "hello")
    for key in (KEYS.state("c"), KEYS.log("c")):
        assert 24 * 60 * 60 - 60 < await redis.ttl(key) <= 24 * 60 * 60


async def test_deleting_leaves_nothing(store: ConversationStore, redis: Redis) -> None:
    for conversation in IDS:
        await turn(store, conversation, "hello")
    for conversation in IDS:
        await store.delete(conversation)
        assert not await store.exists(conversation)
    assert await redis.keys("*") == []


async def test_listing_conversations(store: ConversationStore) -> None:
    many = [*IDS, *(f"listed:{n}" for n in range(1500))]
    for conversation in many:
        await store.create_tracker(conversation)
    found = list(await store.keys())
    assert len(found) == len(set(many))
    assert set(found) == set(many)


# who may write


async def test_the_later_of_two_writers_is_refused(redis: Redis) -> None:
    one, two = ConversationStore(DOMAIN, redis=redis), ConversationStore(DOMAIN, redis=redis)
    await turn(one, "c", "start")
    first, second = await one.retrieve("c"), await two.retrieve("c")
    say(first, "first", SlotSet("service", "first"))
    say(second, "second", SlotSet("service", "second"))
    await two.save(second)
    before = await redis.dump(KEYS.state("c")), await log(redis, "c")
    with pytest.raises(Conflict):
        await one.save(first)
    assert (await redis.dump(KEYS.state("c")), await log(redis, "c")) == before
    assert await texts(one, "c") == ["start", "second"]


async def test_a_new_conversation_must_not_exist(store: ConversationStore) -> None:
    await turn(store, "c", "hello")
    with pytest.raises(Conflict):
        await store.create_tracker("c")
    assert await texts(store, "c") == ["hello"]


async def test_a_deleted_conversation_is_not_brought_back(store: ConversationStore, redis: Redis) -> None:
    await turn(store, "c", "hello")
    tracker = await store.retrieve("c")
    await store.delete("c")
    say(tracker, "too late")
    with pytest.raises(Conflict):
        await store.save(tracker)
    assert await redis.keys("*") == []


async def test_racing_engines_never_both_write_a_revision(
    socket: Path, redis: Redis, closing: contextlib.AsyncExitStack
) -> None:
    """Three engines with connections of their own, 40 conversations, each engine trying each 10 times."""
    clients = [connect(socket_url(socket)) for _ in range(3)]
    for client in clients:
        closing.push_async_callback(client.close, close_connection_pool=True)
    stores = [ConversationStore(DOMAIN, redis=client) for client in clients]
    conversations = [f"race:{n}" for n in range(40)]
    written: dict[str, list[str]] = {conversation: [] for conversation in conversations}
    conflicts = 0

    async def work(number: int, conversation: str) -> None:
        nonlocal conflicts
        for n in range(10):
            text = f"engine {number}, try {n}"
            try:
                tracker = await stores[number].get_or_create_tracker(conversation)
                seen = list(tracker.get_slot("profile") or [])
                await asyncio.sleep(0)
                say(tracker, text, SlotSet("profile", [*seen, text]))
                await stores[number].save(tracker)
                written[conversation].append(text)
            except Conflict:
                conflicts += 1

    await asyncio.gather(*(work(number, c) for number in range(3) for c in conversations))
    for conversation in conversations:
        logged = await texts(stores[0], conversation)
        assert sorted(logged) == sorted(written[conversation])
        # each turn built on the one before: none was lost or written twice
        assert (await stores[0].retrieve(conversation)).get_slot("profile") == logged
    assert conflicts > 0
    assert sum(map(len, written.values())) >= len(conversations)


# what goes wrong


async def test_a_newer_format_is_an_error_each_time_and_stays(store: ConversationStore, redis: Redis) -> None:
    await turn(store, "c", "hello")
    await redis.hset(KEYS.state("c"), "format", FORMAT + 1)
    for _ in range(2):
        with pytest.raises(TooNew, match=str(FORMAT + 1)):
            await store.retrieve("c")
    assert await redis.hget(KEYS.state("c"), "format") == str(FORMAT + 1)
    await turn(store, "another", "hello")


async def test_a_value_json_does_not_know_writes_nothing(store: ConversationStore, redis: Redis) -> None:
    await turn(store, "c", "hello")
    before = await redis.dump(KEYS.state("c")), await log(redis, "c")
    tracker = await store.retrieve("c")
    say(tracker, "hello", SlotSet("service", {1, 2}))
    with pytest.raises(TypeError, match="set"):
        await store.save(tracker)
    assert (await redis.dump(KEYS.state("c")), await log(redis, "c")) == before


async def test_without_redis(tmp_path: Path) -> None:
    store = ConversationStore(DOMAIN, socket_url(tmp_path / "none"))
    tracker = DialogueStateTracker("c", DOMAIN.slots)
    for call in (store.check(), store.retrieve("c"), store.retrieve_full_tracker("c"), store.save(tracker),
                 store.delete("c"), store.exists("c"), store.keys(), store.get_or_create_tracker("c")):  # fmt: skip
        with pytest.raises(StoreUnavailable):
            await call
    await store.close()


async def test_a_script_that_redis_has_forgotten(store: ConversationStore, redis: Redis) -> None:
    await turn(store, "c", "one")
    await redis.script_flush()
    await turn(store, "c", "two")
    assert await texts(store, "c") == ["one", "two"]


async def test_a_cancelled_turn_leaves_the_store_usable(store: ConversationStore) -> None:
    await turn(store, "c", "start")
    for steps in range(25):
        task = asyncio.create_task(turn(store, "c", f"cancelled {steps}"))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        while True:
            try:
                await turn(store, "c", f"message {steps}")
                break
            except Conflict:  # the cancelled one was written after all
                continue
    done = [text for text in await texts(store, "c") if text.startswith("message")]
    assert done == [f"message {n}" for n in range(25)]


# what it costs


async def _trips(redis: Redis) -> int:
    """Commands that came from outside, not from scripts."""
    stats = await redis.info("commandstats")
    counted = ("cmdstat_hmget", "cmdstat_evalsha", "cmdstat_eval", "cmdstat_get", "cmdstat_exists", "cmdstat_lrange")
    return sum(stats[name]["calls"] for name in counted if name in stats)


async def test_one_round_trip_each(store: ConversationStore, redis: Redis) -> None:
    await turn(store, "c", "hello")
    await redis.config_resetstat()
    tracker = await store.retrieve("c")
    assert await _trips(redis) == 1
    say(tracker, "hello")
    await store.save(tracker)
    assert await _trips(redis) == 2


async def test_turn_5000_costs_what_turn_10_does(store: ConversationStore) -> None:
    """Measured in pairs, so that a busy machine slows both: a conversation of 5,000 turns and one of 10."""
    for n in range(5_000):
        await turn(store, "long", f"message {n}", SlotSet("service", n))
    for n in range(10):
        await turn(store, "short", f"message {n}", SlotSet("service", n))
    spent: dict[str, list[float]] = {"long": [], "short": []}
    for n in range(200):
        for conversation, times in spent.items():
            started = time.perf_counter()
            await turn(store, conversation, f"more {n}", SlotSet("service", n))
            times.append(time.perf_counter() - started)
    assert statistics.median(spent["long"]) <= 1.5 * statistics.median(spent["short"])
