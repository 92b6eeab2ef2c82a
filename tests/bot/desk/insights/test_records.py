"""What a turn leaves behind, in a real Redis."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.desk.insights.records import Records
from bot.desk.insights.vain import Label, Mark
from bot.engine.protocol import Answer
from bot.messages import Incoming
from bot.store.connection import connect
from bot.store.errors import StoreUnavailable
from bot.store.keys import Keys

DAY = 86400
NOON = 1_764_000_000.0
DOWN = '/feedback{"says": "down"}'
_numbers = itertools.count()


def said(
    text: str | None, at: float, *, conversation: str = "web:1", number: str | None = None, **given: Any
) -> Incoming:
    return Incoming("web", conversation, number or f"m{next(_numbers)}", at, text, **given)


def answered(
    intent: str = "ask_fee", service: str | None = "work-permit", language: str = "en", **given: Any
) -> Answer:
    return Answer(language, intent, service, 0.9, "…", **given)


async def test_messages_without_half_an_hour_of_silence_are_one_visit(redis: Redis) -> None:
    records = Records(redis)
    await records.turn(said("how much is a work permit", NOON), answered())
    await records.turn(said("体检呢", NOON + 1799), answered("ask_time", "health-check", "zh-Hans"))
    await records.turn(said("blah blah", NOON + 3598), answered("nlu_fallback", None, "zh-Hans"))
    await records.turn(said("back again", NOON + 3598 + 1800), answered())
    await records.turn(said("somebody else", NOON + 5, conversation="web:2"), answered())
    first, other, second = await records.visits(NOON, NOON + DAY)
    assert (first.start, first.last, first.messages, first.missed) == (NOON, NOON + 3598, 3, 1)
    assert first.services == {"work-permit": 1, "health-check": 1}
    assert first.intents == {"ask_fee": 1, "ask_time": 1, "nlu_fallback": 1}
    assert (first.language, first.channel) == ("zh-Hans", "web")
    assert second.who == first.who != other.who
    assert (second.start, second.messages) == (NOON + 5398, 1)


async def test_a_message_that_comes_again_counts_once(redis: Redis) -> None:
    records = Records(redis)
    for _ in range(3):
        await records.turn(said("what is the weather", NOON, number="same"), answered("out_of_scope", None))
    [visit] = await records.visits(0, NOON + 1)
    assert (visit.messages, visit.out_of_scope) == (1, 1)
    assert len(await records.vain(10)) == 1


async def test_staff_who_have_the_conversation_are_counted_and_nothing_is_kept_of_the_words(redis: Redis) -> None:
    records = Records(redis)
    await records.turn(said("I want a person", NOON, language="zh-Hant"), None)
    await records.turn(said("hidden words", NOON + 1), None)
    [visit] = await records.visits(0, NOON + 1)
    assert (visit.staff, visit.messages, visit.language, visit.services) == (2, 2, "zh-Hant", {})
    assert not await records.vain(10)
    assert "hidden" not in await everything(redis)


async def test_thumbs_down_is_about_the_last_question(redis: Redis) -> None:
    records = Records(redis)
    await records.turn(said("how much is a work permit", NOON, number="q1"), answered())
    await records.turn(said("can I bring a dog", NOON + 10, number="q2"), answered("ask_overview", "short-visit"))
    await records.turn(said("thanks", NOON + 20), answered("thank", None))
    for number in range(2):
        await records.turn(said(None, NOON + 30 + number, button=f"b{number}"), answered("feedback", None), DOWN)
    [found] = await records.vain(10)
    assert (found.text, found.kind, found.service, found.intents) == (
        "can I bring a dog",
        "down",
        "short-visit",
        ("ask_overview",),
    )
    [visit] = await records.visits(0, NOON + 1)
    assert visit.down == 2


async def test_thumbs_down_in_an_interview_is_about_the_question_that_began_it(redis: Redis) -> None:
    records = Records(redis)
    await records.turn(said("check whether I qualify", NOON), answered("check_eligibility"))
    await records.turn(said("I am German", NOON + 10), answered("check_eligibility"))
    await records.turn(said(None, NOON + 20, button="b"), answered("feedback", None), DOWN)
    assert [each.text for each in await records.vain(10)] == ["check whether I qualify"]


async def test_thumbs_down_without_a_question_keeps_none(redis: Redis) -> None:
    records = Records(redis)
    await records.turn(said(None, NOON, button="b"), answered("feedback", None), DOWN)
    assert not await records.vain(10)


async def test_a_question_not_understood_and_then_rated_down_is_kept_once(redis: Redis) -> None:
    records = Records(redis)
    await records.turn(said("frobnicate the permit", NOON), answered("nlu_fallback", None))
    await records.turn(said(None, NOON + 1, button="b"), answered("feedback", None), DOWN)
    assert [each.kind for each in await records.vain(10)] == ["fallback"]


async def test_no_word_and_no_conversation_stands_in_redis_but_a_masked_question(redis: Redis) -> None:
    records = Records(redis)
    conversation = "tg:987654321"
    await records.turn(said("my mail is li@example.com, is it free", NOON, conversation=conversation), answered())
    await records.turn(
        said("call 13812345678 about dogs", NOON + 1, conversation=conversation), answered("out_of_scope", None)
    )
    kept = await everything(redis)
    assert "call *** about dogs" in kept
    for secret in ("987654321", "13812345678", "li@example"):
        assert secret not in kept


async def test_what_is_deleted_is_gone_and_others_stay(redis: Redis) -> None:
    records = Records(redis)
    for conversation in ("web:1", "web:2"):
        await records.turn(said("weather?", NOON, conversation=conversation), answered("out_of_scope", None))
        await records.turn(said("later weather", NOON + DAY, conversation=conversation), answered("out_of_scope", None))
    for question in await records.vain(10):
        assert await records.mark(question.id, None, Mark("li", NOON))
    await records.turn(said("delete it all", NOON + DAY + 1), answered("delete_my_data", None, forgotten=True))
    who = await records.who("web:2")
    assert {visit.who for visit in await records.visits(0, NOON + 9 * DAY)} == {who}
    assert [each.who for each in await records.vain(10)] == [who, who]
    assert len(await records.marks()) == 2
    gone = await records.who("web:1")
    assert gone not in await everything(redis)
    await records.forget("web:2")
    keys = Keys()
    left = {key for key in await redis.keys("*") if not key.startswith(keys.desk("seen"))}
    assert left == {keys.desk("insights-secret")}


async def test_everything_but_the_secret_goes_when_nobody_writes_any_more(redis: Redis) -> None:
    records = Records(redis)
    await records.turn(said("weather?", NOON), answered("out_of_scope", None))
    [question] = await records.vain(10)
    assert await records.mark(question.id, None, Mark("li", NOON))
    await records.turn(said(None, NOON + 1, payload=DOWN), answered("feedback", None))
    assert await records.marks()
    for_good = [key async for key in redis.scan_iter("*") if await redis.ttl(key) < 0]
    assert for_good == [Keys().desk("insights-secret")]


async def test_old_visits_and_questions_go_as_new_ones_come(redis: Redis) -> None:
    records = Records(redis)
    await records.turn(said("weather?", NOON), answered("out_of_scope", None))
    [old] = await records.vain(10)
    await records.mark(old.id, None, Mark("li", NOON))
    await records.turn(said("weather now?", NOON + 91 * DAY), answered("out_of_scope", None))
    assert [each.text for each in await records.vain(10)] == ["weather now?"]
    assert await records.marks() == {}
    assert len(await records.visits(0, NOON + 99 * DAY)) == 2
    await records.turn(said("hello", NOON + 401 * DAY, conversation="web:9"), answered())
    assert [visit.start for visit in await records.visits(0, NOON + 999 * DAY)] == [NOON + 91 * DAY, NOON + 401 * DAY]


async def test_a_turn_is_one_command_however_long_the_history(redis: Redis) -> None:
    records = Records(redis)
    await records.turn(said("first", NOON), answered())

    async def commands() -> int:
        return int((await redis.info("commandstats"))["cmdstat_evalsha"]["calls"])

    before = await commands()
    for number in range(50):
        await records.turn(said("again and again", NOON + number * 4000), answered())
    assert await commands() - before == 50


async def test_a_decision_holds_only_if_nobody_decided_meanwhile(redis: Redis) -> None:
    records = Records(redis)
    await records.turn(said("weather?", NOON), answered("out_of_scope", None))
    [question] = await records.vain(10)
    mine, theirs = Mark("li", NOON, Label(None, "out_of_scope")), Mark("wang", NOON)
    assert await records.mark(question.id, None, mine)
    assert not await records.mark(question.id, None, theirs)
    assert await records.marks() == {question.id: mine}
    assert await records.mark(question.id, mine, None)
    assert not await records.mark("no-such", None, theirs)


async def test_another_process_knows_the_same_conversation(redis: Redis) -> None:
    await Records(redis).turn(said("hi there you", NOON), answered())
    await Records(redis).forget("web:1")
    assert not await Records(redis).visits(0, NOON + 1)


async def test_no_redis_is_said_as_such() -> None:
    nowhere = connect("unix:///nowhere.sock")
    with pytest.raises(StoreUnavailable):
        await Records(nowhere).turn(said("hello there", NOON), answered())


async def everything(redis: Redis) -> str:
    """All keys and values as text."""
    found = []
    for key in await redis.keys("*"):
        kind = await redis.type(key)
        value = {
            "string": redis.get, "hash": redis.hgetall, "set": redis.smembers,
            "zset": lambda key: redis.zrange(key, 0, -1),
        }[kind](key)  # fmt: skip
        found.append(f"{key} {await value}")
    return "\n".join(found)
