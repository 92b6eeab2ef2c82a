from __future__ import annotations

import asyncio
import datetime as dt
import json
import random
from collections import Counter
from dataclasses import replace

import pytest
from office import ANN, LI, WANG, WEDNESDAY, Clock, Office
from redis.asyncio import Redis

from bot.desk.cases import COMMENT, REOPEN, Case, Outcome, Owner, Reason, State
from bot.desk.errors import NoSuchCase, NotAllowed, NotTheirs, Over, Taken, Unseen
from bot.desk.hours import Exceptional, Notice, Span, Words, moment
from bot.desk.replies import expected_wait
from bot.desk.texts import said
from bot.engine.protocol import Answer, Button
from bot.messages import File
from bot.store.files import Files
from language.traditional import traditional

PHOTO = File("a" * 22, "photo", "permit.jpg", "image/jpeg", 12)


def titles(answer: Answer) -> list[str]:
    return [button.title for button in answer.buttons]


# -- how a case starts


async def test_somebody_who_asks_in_time_is_told_their_place_and_until_when(office: Office) -> None:
    button = Button("Fees", "/ask_fee")
    answer = await office.asks(
        service="work-permit", profile=(("Who", "foreign national"),), interview=(("Q", "A"),), buttons=(button,)
    )
    until = moment(WEDNESDAY + office.hours.claim_within, WEDNESDAY, "en")
    assert answer.text == said("told", "en", place=1, wait="", until=until) + "\n\nANSWER"
    assert "today at 10:15" in answer.text and answer.handoff
    assert titles(answer) == ["Fees", "No longer needed"]
    case = await office.case()
    assert (case.state, case.owner, case.reason, case.language) == (State.waiting, Owner.waiting, Reason.asked, "en")
    assert (case.service, dict(case.profile), dict(case.interview)) == (
        "work-permit",
        {"Who": "foreign national"},
        {"Q": "A"},
    )
    assert case.said_place == 1 and not case.due and case.asks is None
    assert [(each.kind, each.text, each.move) for each in await office.log(case)] == [
        ("person", "I need a person", None), ("move", "", "open"),
    ]  # fmt: skip


async def test_the_second_in_line_is_told_so(office: Office) -> None:
    await office.asks(message=office.writes(conversation="web:b"))
    answer = await office.asks()
    assert said("told", "en", place=2, wait="", until="today at 10:15") in answer.text


@pytest.mark.parametrize(
    ("language", "back"), [("en", "today at 14:00"), ("zh-Hans", "今天14:00"), ("zh-Hant", "今天14:00")]
)
async def test_out_of_hours_the_next_opening_is_told_and_a_contact_asked(
    office: Office, language: str, back: str
) -> None:
    office.clock.at(12, 30)
    answer = await office.asks(language)
    told = said("closed_now", language, when=back) + "\n\n" + said("contact", language)
    wanted = traditional(told) if language == "zh-Hant" else told
    assert answer.text == f"{wanted}\n\nANSWER"
    case = await office.case()
    assert case.due and case.asks == "contact"
    skip, leave = said("b_skip", language), said("b_leave", language)
    assert titles(answer) == ([traditional(skip), traditional(leave)] if language == "zh-Hant" else [skip, leave])
    again = await office.asks(language)
    assert again.text == wanted.split("\n\n")[0] + "\n\nANSWER"  # asked once


async def test_with_no_opening_in_sight_no_time_is_named(office: Office) -> None:
    office.desk.hours = replace(office.hours, weekly=((),) * 7)
    answer = await office.asks()
    assert said("closed_long", "en") in answer.text


async def test_what_is_to_be_known_of_the_hours_is_told(office: Office) -> None:
    words, note = (
        Words("回复可能较慢。", "Answers may take longer."),
        Words("下午有培训。", "There is a training in the afternoon."),
    )
    office.desk.hours = replace(
        office.hours,
        notices=(Notice(WEDNESDAY - 60, WEDNESDAY + 86400, words),),
        exceptions={dt.date(2026, 11, 25): Exceptional((Span(540, 720),), note)},
    )
    assert (await office.asks()).text.startswith(
        words.en + "\n\n" + said("told", "en", place=1, wait="", until="today at 10:15")
    )
    office.clock.at(14, 30)
    told = (await office.asks("zh-Hant", message=office.writes(conversation="web:b"))).text
    assert traditional(words.zh) in told and traditional(note.zh) in told and "明天（11月26日 週四）9:00" in told


@pytest.mark.parametrize("text", ["13800138000", "li@example.com", "微信：alex_lee"])
async def test_a_contact_is_passed_on(office: Office, text: str) -> None:
    office.clock.at(20)
    await office.asks()
    message = office.writes(text)
    assert await office.desk.wished(message)
    case = await office.case()
    assert (case.contact, case.asks, case.due) == (text, None, True)
    assert (await office.last()).answer.text == said("contact_thanks", "en", contact=text)
    assert not await office.desk.wished(office.writes("91234567"))


async def test_a_contact_with_a_question_is_kept_and_the_question_answered(office: Office) -> None:
    office.clock.at(20)
    await office.asks()
    message = office.writes("My number is +852 9123 4567. What does a permit cost?")
    for _ in range(2):  # also when the turn runs again
        assert not await office.desk.wished(message)
    assert (await office.case()).contact == "+852 9123 4567"
    assert len(await office.sent("notice")) == 1


@pytest.mark.parametrize("how", ["skip", "No.", "跳过", "button"])
async def test_a_contact_can_be_skipped(office: Office, how: str) -> None:
    office.clock.at(20)
    case = await office.waits()
    if how == "button":
        message = office.writes(payload=f'/desk{{"do": "skip", "case": "{case.id}"}}', shown="Skip")
        assert message.payload
        await office.desk.pressed(message, message.payload)
    else:
        assert await office.desk.wished(office.writes(how))
    assert (await office.case()).asks is None and (await office.case()).contact is None
    assert (await office.last()).answer.text == said("contact_skipped", "en")


async def test_a_no_that_answers_the_assistant_is_not_the_desks(office: Office) -> None:
    office.clock.at(20)
    case = await office.waits()
    question = office.writes("What does a permit cost?")
    assert not await office.desk.wished(question)
    await office.desk.overhear(case.id, question)
    assert not await office.desk.wished(office.writes("no"))
    assert await office.desk.wished(office.writes("91234567"))


async def test_ordinary_messages_of_somebody_who_waits_are_the_assistants(office: Office) -> None:
    office.clock.at(20)
    await office.asks()
    for text in ("How long does it take?", "1", "/restart", "我的年薪是1500000元", "2026-01-01", ""):
        assert not await office.desk.wished(office.writes(text))


async def test_a_turn_that_runs_again_opens_nothing_twice(office: Office) -> None:
    message = office.writes()
    first = await office.asks(message=message)
    office.clock.now += 5
    assert await office.asks(message=message) == first
    assert len(await office.desk.cases.all_of(office.conversation)) == 1
    assert len(await office.log(await office.case())) == 2
    await office.desk.close("1", LI, Outcome.other, "web")
    assert (await office.asks(message=message)).text == "ANSWER"
    assert (await office.case()).state is State.closed


async def test_two_desks_open_one_case(office: Office) -> None:
    other = office.another()
    answer = Answer("en", "ask_human", None, 1.0, "ANSWER", handoff=True)
    await asyncio.gather(*(desk.ask(office.writes(), answer, Reason.asked) for desk in [office.desk, other] * 5))
    assert [case.id for case in await office.desk.cases.waiting()] == [(await office.case()).id]
    assert len(await office.desk.cases.all_of(office.conversation)) == 1


async def test_what_was_said_before_stands_in_the_case(office: Office) -> None:
    for number in range(25):
        await office.desk.answered(
            office.writes(f"question {number}"), Answer("en", "x", None, 1.0, f"answer {number}")
        )
        office.clock.now += 1
    case = await office.waits()
    await office.desk.answered(office.writes("later"), Answer("en", "x", None, 1.0, "later answer"))
    texts = [each.text for each in await office.log(case) if each.kind in ("person", "assistant")]
    assert texts[:2] == ["question 5", "answer 5"] and texts[38:40] == ["question 24", "answer 24"]
    assert texts[40:] == ["I need a person", "later answer"]
    times = [each.at for each in await office.log(case)]
    assert times == sorted(times)


async def test_without_staff_there_is_no_desk(redis: Redis) -> None:
    office = Office(redis, Clock())
    answer = await office.asks()
    assert answer.text == "ANSWER" and not answer.buttons
    assert await office.desk.cases.last_of(office.conversation) is None


# -- while it waits


async def test_somebody_who_asks_again_is_told_their_place(office: Office) -> None:
    await office.asks(message=office.writes(conversation="web:b"))
    case = await office.waits()
    again = await office.asks()
    assert again.text == said("place", "en", place=2, wait="") + "\n\nANSWER"
    ordinary = Answer("en", "ask_fee", None, 1.0, "FEES")
    assert await office.desk.place(case.id, ordinary) == ordinary
    await office.desk.claim((await office.case("web:b")).id, LI, "web")
    told = await office.desk.place(case.id, ordinary)
    assert told.text == said("place", "en", place=1, wait="") + "\n\nFEES" and not told.handoff
    assert await office.desk.place(case.id, ordinary) == ordinary
    assert await office.desk.place("99", ordinary) == ordinary


async def test_when_nobody_comes_it_is_said_once(office: Office) -> None:
    case = await office.waits()
    office.clock.now += office.hours.claim_within - 1
    await office.desk.tick()
    assert await office.sent() == []
    office.clock.now += 1
    other = office.another()
    await asyncio.gather(*(desk.tick() for desk in [office.desk, other] * 5))
    for _ in range(10):
        await office.desk.tick()
    (told,) = await office.sent()
    assert told.voice == "notice" and told.case == case.id
    assert told.answer.text == said("overdue", "en") + "\n\n" + said("contact", "en")
    assert titles(told.answer) == ["Skip", "No longer needed"] and len(told.buttons) == 2
    assert (await office.case()).due
    assert [each.move for each in await office.log(case, "move")] == ["open", "overdue"]
    again = await office.asks()
    assert again.text == said("overdue", "en") + "\n\nANSWER"  # true now: the desk is open


async def test_who_comes_back_is_told_again_when_nobody_comes(office: Office) -> None:
    case = await office.waits()
    office.clock.now += 1000
    await office.desk.tick()
    await office.desk.close(case.id, LI, Outcome.no_answer, "web")
    office.clock.now += 60
    assert (await office.waits()).reopened == 1
    await office.desk.tick()
    assert len(await office.sent()) == 2
    office.clock.now += 1000
    for _ in range(3):
        await office.desk.tick()
    assert [out.answer.text.split("\n")[0] for out in await office.sent()][2:] == [said("overdue", "en")]


async def test_whoever_waits_over_the_closing_time_is_told_when_staff_are_back(office: Office) -> None:
    office.clock.at(17, 55)
    answer = await office.asks("zh-Hans")
    assert "今天18:10" in answer.text
    office.clock.at(18, 0)
    await office.desk.tick()
    told = await office.last()
    assert told.answer.text.startswith(said("overdue_closed", "zh-Hans", when="明天（11月26日 周四）9:00"))
    office.clock.at(9, 30, day=26)
    await office.desk.tick()
    assert len(await office.sent()) == 1 and (await office.case()).due


async def test_a_contact_is_welcome_after_it_was_skipped(office: Office) -> None:
    office.clock.at(20, 0)
    await office.asks()
    assert await office.desk.wished(office.writes("skip"))
    assert not await office.desk.wished(office.writes("How long does it take?"))
    assert await office.desk.wished(office.writes("ann@example.com"))
    assert (await office.case()).contact == "ann@example.com"


@pytest.mark.parametrize(("language", "hour", "text"), [("en", 10, "lapsed"), ("zh-Hant", 17, "lapsed_closed")])
async def test_whoever_is_left_without_an_answer_is_handed_back(
    office: Office, language: str, hour: int, text: str
) -> None:
    office.clock.at(hour, 30)
    case = await office.served(language)
    question = office.writes("What papers do I need?" if language == "en" else "需要哪些材料？")
    await office.desk.hear(case.id, question)
    office.clock.now = question.at + 3500
    await office.desk.tick()
    assert (await office.case()).state is State.active
    office.clock.now = question.at + 3700
    for _ in range(3):
        await office.desk.tick()
    lapsed = await office.case()
    assert (lapsed.owner, lapsed.due, lapsed.staff) == (Owner.waiting, True, None)
    told = (await office.last()).answer.text
    names = {"name": LI.display(language), "when": "明天（11月26日 周四）9:00"}
    assert told.split("\n")[0] == (traditional if language == "zh-Hant" else str)(said(text, language, **names))
    assert len([entry for entry in await office.log(case, "move") if entry.move == "lapse"]) == 1
    await office.desk.say(case.id, LI, "Sorry, here I am", "later", "web")
    assert (await office.case()).owner is Owner.staff


async def test_staff_who_join_and_say_nothing_owe_an_answer_too(office: Office) -> None:
    case = await office.waits()
    await office.desk.claim(case.id, LI, "web")
    office.clock.now += 3700
    await office.desk.tick()
    assert (await office.case()).owner is Owner.waiting


async def test_thanks_are_no_question_and_a_day_of_silence_ends_the_case(office: Office) -> None:
    case = await office.served()
    await office.desk.hear(case.id, office.writes("Thank you!"))
    office.clock.now += 5 * 3600
    await office.desk.tick()
    assert (await office.case()).state is State.active
    office.clock.now += 20 * 3600
    await office.desk.tick()
    ended = await office.case()
    assert (ended.state, ended.outcome, ended.owner) == (State.closed, Outcome.left, Owner.assistant)
    assert (await office.last()).answer.text.startswith(said("gone", "en"))


async def test_one_case_that_cannot_be_told_does_not_keep_others(office: Office, redis: Redis) -> None:
    first = await office.waits()
    await office.asks(message=office.writes(conversation="web:b"))
    office.clock.now += 1000
    broken = first.to_json() | {"conversation": None, "waiting_since": 1.0}
    await redis.set(office.keys.case(first.id), json.dumps(broken))
    await office.desk.tick()
    assert (await office.case("web:b")).due


@pytest.mark.parametrize(
    ("place", "ready", "waits", "minutes"),
    [
        (1, 1, [600.0] * 5, 10),
        (1, 1, [600.0] * 4, None),
        (1, 0, [600.0] * 5, None),
        (0, 1, [600.0] * 5, None),
        (2, 1, [600.0] * 5, 20),
        (2, 2, [600.0] * 5, 10),
        (3, 2, [600.0] * 5, 20),
        (1, 1, [61.0] * 5, 2),
        (1, 1, [0.0] * 9, 1),
        (1, 1, [301.0] * 5, 10),
        (1, 5, [60.0, 120.0, 180.0, 240.0, 36000.0], 3),
    ],
)
def test_how_long_it_takes(place: int, ready: int, waits: list[float], minutes: int | None) -> None:
    assert expected_wait(place, ready, waits) == minutes


@pytest.mark.parametrize(("seconds", "words"), [(60.0, "wait_one"), (180.0, "wait")])
async def test_how_long_it_takes_is_told_when_it_is_known(office: Office, seconds: float, words: str) -> None:
    for number in range(5):
        await office.asks(message=office.writes(conversation=f"web:{number}"))
        found = await office.case(f"web:{number}")
        office.clock.now += seconds
        await office.desk.say(found.id, LI, "hello", f"k{number}", "web")
        await office.desk.say(found.id, LI, "again", f"l{number}", "web")
    answer = await office.asks()
    assert said(words, "en", minutes=3) in answer.text
    for each in (LI, WANG, ANN):
        await office.staff.set_available(each.id, False)
    assert said(words, "en", minutes=3) not in (await office.asks()).text


# -- staff


async def test_of_two_who_claim_at_once_one_has_it(office: Office) -> None:
    desks = [office.desk, office.another()]
    for number in range(50):
        await office.asks(message=office.writes(conversation=f"web:{number}"))
        case = await office.case(f"web:{number}")
        done = await asyncio.gather(
            desks[0].claim(case.id, LI, "web"), desks[1].claim(case.id, WANG, "telegram"), return_exceptions=True
        )
        (winner,) = [each for each in done if isinstance(each, Case)]
        (loser,) = [each for each in done if isinstance(each, Taken)]
        assert loser.by == winner.staff == (await office.case(f"web:{number}")).staff
    assert Counter(out.conversation for out in await office.sent()) == {f"web:{number}": 1 for number in range(50)}


async def test_a_claim_is_told_and_may_come_twice(office: Office) -> None:
    case = await office.waits("zh-Hant")
    first = await office.desk.claim(case.id, LI, "web")
    assert await office.desk.claim(case.id, LI, "telegram") == first
    assert (first.state, first.owner, first.staff) == (State.active, Owner.staff, LI.id)
    (told,) = await office.sent()
    assert told.voice == "notice" and told.answer.text == traditional(said("joined", "zh-Hant", name="李娜"))
    assert told.answer.text != said("joined", "zh-Hant", name="李娜")
    with pytest.raises(Taken) as error:
        await office.desk.claim(case.id, WANG, "web")
    assert error.value.by == LI.id
    with pytest.raises(NoSuchCase):
        await office.desk.claim("99", LI, "web")
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    with pytest.raises(Over):
        await office.desk.claim(case.id, LI, "web")


async def test_who_attends_is_known_by_name(office: Office) -> None:
    case = await office.waits("zh-Hans")
    owned = await office.desk.ownership(office.conversation)
    assert owned is not None and await office.desk.attending(owned) is None
    await office.desk.claim(case.id, LI, "web")
    assert await office.desk.attending(owned) == "李娜"
    await office.staff.remove(LI.id)
    assert await office.desk.attending(owned) is None


async def test_who_answers_a_case_that_waits_has_it(office: Office) -> None:
    case = await office.waits("zh-Hant")
    after = await office.desk.say(case.id, LI, "我哋睇咗，简体字 stay", "k1", "telegram", (PHOTO,))
    assert (after.state, after.staff, after.replied_at) == (State.active, LI.id, office.clock.now)
    joined, words = await office.sent()
    assert (joined.voice, words.voice, words.author) == ("notice", "staff", "李娜")
    assert words.answer.text == "我哋睇咗，简体字 stay" and words.files == (PHOTO,)  # as typed
    assert [each.move or each.kind for each in await office.log(case)][2:] == ["notice", "claim", "staff"]


async def test_a_word_that_comes_twice_is_said_once(office: Office) -> None:
    case = await office.served()
    before = await office.sent()
    done = await asyncio.gather(*(office.desk.say(case.id, LI, "hello", "same", "web") for _ in range(5)))
    assert {each.state for each in done} == {State.active}
    assert len(await office.sent()) == len(before) + 1
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    after = await office.desk.say(case.id, LI, "hello", "same", "web")
    assert after.state is State.closed
    with pytest.raises(Over):
        await office.desk.say(case.id, LI, "hello", "other", "web")


async def test_two_who_answer_at_once_are_both_heard(office: Office) -> None:
    case = await office.waits()
    done = await asyncio.gather(
        *(office.desk.say(case.id, who, f"{who.id} {n}", f"{who.id}{n}", "web") for who in (LI, WANG) for n in range(8))
    )
    assert len({each.staff for each in done}) == 1
    words = await office.sent("staff")
    assert sorted(out.answer.text for out in words) == sorted(f"{who.id} {n}" for who in (LI, WANG) for n in range(8))
    assert len(await office.sent("notice")) == 1


async def test_in_a_crowd_nobody_is_turned_away(office: Office) -> None:
    case = await office.waits()
    await asyncio.gather(
        *(office.desk.say(case.id, who, f"{n}", f"{who.id}{n}", "web") for who in (LI, WANG) for n in range(15)),
        *(office.desk.overhear(case.id, office.writes(str(n))) for n in range(30)),
    )
    assert len(await office.sent("staff")) == 30 and len(await office.log(case, "person")) == 31


async def test_what_staff_said_is_changed_and_taken_back_by_themselves_only(office: Office) -> None:
    case = await office.waits()
    await office.desk.say(case.id, LI, "first", "k1", "web")
    original = await office.last()
    await office.desk.edit(case.id, LI, "k1", "second", "k2", "web")
    await office.desk.edit(case.id, LI, "k1", "second", "k2", "web")
    await office.desk.edit(case.id, LI, "k2", "third", "k3", "web")  # a change of the change
    await office.desk.edit(case.id, LI, "k1", "", "k4", "web")
    changes = (await office.sent("staff"))[1:]
    assert [(out.answer.text, out.edits) for out in changes] == [
        ("second", original.id), ("third", original.id), ("", original.id),
    ]  # fmt: skip
    for who, of in ((WANG, "k1"), (LI, "unknown"), (ANN, "k1")):
        with pytest.raises(NotTheirs):
            await office.desk.edit(case.id, who, of, "x", "k9", "web")
    assert len(await office.sent("staff")) == 4


async def test_old_words_of_a_long_case_can_be_changed(office: Office) -> None:
    case = await office.served()
    first = (await office.log(case))[0]
    await office.desk.cases.add(case, [replace(first, key=f"p:x{number}", place="") for number in range(1_100)])
    await office.desk.say(case.id, LI, "late", "late", "web")
    await office.desk.edit(case.id, LI, "late", "later", "k2", "web")
    assert (await office.last()).answer.text == "later"


async def test_a_note_never_reaches_the_person(office: Office) -> None:
    case = await office.served()
    before = await office.sent()
    for _ in range(2):
        await office.desk.note(case.id, WANG, "rich, be careful", "k1", "web", (PHOTO,))
    await office.desk.edit(case.id, WANG, "k1", "not so rich", "k2", "web")
    assert await office.sent() == before
    assert [each.text for each in await office.log(case, "note")] == ["rich, be careful", "not so rich"]
    assert not any("rich" in line or "permit.jpg" in line for line in await office.desk.transcript(case))
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    await office.desk.note(case.id, WANG, "after the end", "k3", "web")


async def test_a_case_goes_to_a_colleague(office: Office) -> None:
    case = await office.served()
    with pytest.raises(NotAllowed):
        await office.desk.assign(case.id, WANG, WANG, "web")
    after = await office.desk.assign(case.id, LI, WANG, "web")
    assert (after.state, after.staff, after.owner) == (State.active, WANG.id, Owner.staff)
    assert (await office.last()).answer.text == said("assigned", "en", name="Wang Wei")
    sent = len(await office.sent())
    await office.desk.assign(case.id, WANG, WANG, "web")
    assert len(await office.sent()) == sent
    assert (await office.desk.assign(case.id, ANN, LI, "web")).staff == LI.id


async def test_a_case_that_waits_is_reserved_without_a_word(office: Office) -> None:
    case = await office.waits()
    after = await office.desk.assign(case.id, LI, WANG, "web")
    assert (after.state, after.staff, after.owner) == (State.waiting, WANG.id, Owner.waiting)
    assert await office.sent() == []
    assert (await office.desk.claim(case.id, LI, "web")).staff == LI.id


async def test_a_case_goes_to_another_team_and_the_assistant_stays_silent(office: Office) -> None:
    case = await office.served()
    with pytest.raises(NotAllowed):
        await office.desk.transfer(case.id, WANG, "tax", "web")
    after = await office.desk.transfer(case.id, LI, "tax", "web")
    assert (after.state, after.owner, after.team, after.staff) == (State.waiting, Owner.staff, "tax", None)
    assert (await office.last()).answer.text == said("transferred", "en")
    assert await office.desk.hear(case.id, office.writes("are you there?"))
    await office.desk.tick()
    assert (await office.case()).owner is Owner.staff
    office.clock.now += office.hours.claim_within
    await office.desk.tick()
    late = await office.case()
    assert (late.owner, late.due) == (Owner.waiting, True)
    assert said("back_meanwhile", "en") in (await office.last()).answer.text
    assert not await office.desk.hear(case.id, office.writes("hello?"))
    assert (await office.desk.claim(case.id, WANG, "web")).owner is Owner.staff


async def test_a_case_on_the_due_list_stays_there_with_another_team(office: Office) -> None:
    case = await office.waits()
    office.clock.now += 1000
    await office.desk.tick()
    assert (await office.desk.transfer(case.id, LI, "tax", "web")).due
    office.clock.now += 2000
    await office.desk.tick()
    assert len(await office.sent()) == 1


async def test_a_case_is_not_closed_over_what_the_person_wrote(office: Office) -> None:
    case = await office.served()
    seen = (await office.log(case))[-1].place
    assert await office.desk.hear(case.id, office.writes("one more thing"))
    for place in (seen, ""):
        with pytest.raises(Unseen):
            await office.desk.close(case.id, LI, Outcome.answered, "web", place)
    assert (await office.case()).state is State.active
    seen = (await office.log(case))[-1].place
    await office.desk.note(case.id, WANG, "a note", "k", "web")
    closed = await office.desk.close(case.id, LI, Outcome.answered, "web", seen)
    assert (closed.state, closed.outcome, closed.owner) == (State.closed, Outcome.answered, Owner.assistant)
    told = await office.last()
    assert told.answer.text == said("handed_back", "en", name="Li Na") + "\n\n" + said("rate", "en")
    assert titles(told.answer) == ["⭐ 1", "⭐ 2", "⭐ 3", "⭐ 4", "⭐ 5", "Skip", "Send me the transcript"]
    assert len(told.buttons) == 7 and not told.answer.numbered


async def test_of_two_who_close_one_does(office: Office) -> None:
    case = await office.served()
    done = await asyncio.gather(
        *(office.desk.close(case.id, who, Outcome.answered, "web") for who in (LI, ANN)), return_exceptions=True
    )
    assert sorted(type(each) for each in done if isinstance(each, Over)) == [Over]
    with pytest.raises(Over):
        await office.desk.close(case.id, LI, Outcome.other, "web")
    assert (await office.case()).outcome is Outcome.answered


async def test_closing_what_another_has_is_for_supervisors(office: Office) -> None:
    case = await office.served()
    with pytest.raises(NotAllowed):
        await office.desk.close(case.id, WANG, Outcome.answered, "web")
    assert (await office.desk.close(case.id, ANN, Outcome.referred, "web")).outcome is Outcome.referred


async def test_nobody_is_asked_to_rate_who_was_not_spoken_to(office: Office) -> None:
    case = await office.waits()
    await office.desk.close(case.id, LI, Outcome.no_answer, "web")
    told = await office.last()
    assert told.answer.text == said("handed_back_unnamed", "en") and not told.answer.buttons
    case = await office.served()  # reopened, and spoken to
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    assert said("rate", "en") in (await office.last()).answer.text
    case = await office.waits()  # reopened, and not spoken to
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    assert (await office.last()).answer.text == said("handed_back_unnamed", "en")


async def test_spam_is_closed_without_a_word_unless_staff_had_joined(office: Office) -> None:
    case = await office.waits()
    await office.desk.close(case.id, LI, Outcome.spam, "web")
    assert await office.sent() == []
    case = await office.waits()
    assert case.reopened == 0  # another
    await office.desk.say(case.id, LI, "hello", "k", "web")
    await office.desk.transfer(case.id, LI, None, "web")
    await office.desk.close(case.id, LI, Outcome.spam, "web")
    assert (await office.last()).answer.text == said("handed_back", "en", name="Li Na")
    assert not (await office.last()).answer.buttons


# -- the person ends it


@pytest.mark.parametrize("text", ["end", "END.", "／end", "结束", "“結束”", "结束对话。"])
async def test_the_person_leaves_staff(office: Office, text: str) -> None:
    case = await office.served()
    message = office.writes(text)
    assert await office.desk.hear(case.id, message)
    after = await office.case()
    assert (after.state, after.outcome, after.owner) == (State.closed, Outcome.left, Owner.assistant)
    assert (await office.last()).answer.text == said("left", "en") + "\n\n" + said("rate", "en")
    sent = len(await office.sent())
    assert not await office.desk.hear(case.id, message)  # the turn runs again
    assert await office.desk.wished(message)
    assert len(await office.sent()) == sent
    assert not await office.desk.wished(office.writes("end"))


async def test_the_person_leaves_the_line(office: Office) -> None:
    await office.waits()
    assert await office.desk.wished(office.writes("结束"))
    assert (await office.case()).outcome is Outcome.left
    assert (await office.last()).answer.text == said("left_waiting", "en") and not (await office.last()).answer.buttons


async def test_the_person_leaves_the_line_by_a_button(office: Office) -> None:
    case = await office.waits()
    payload = f'/desk{{"do": "leave", "case": "{case.id}"}}'
    for _ in range(2):
        await office.desk.pressed(office.writes(payload=payload), payload)
    assert (await office.case()).outcome is Outcome.left
    assert [out.answer.text for out in await office.sent()] == [said("left_waiting", "en"), said("skipped", "en")]


@pytest.mark.parametrize("text", ["the end", "end of contract?", "不想结束", "wait, do not end"])
async def test_words_about_an_end_are_none(office: Office, text: str) -> None:
    case = await office.served()
    assert await office.desk.hear(case.id, office.writes(text))
    assert (await office.case()).state is State.active
    assert (await office.log(case, "person"))[-1].text == text


async def test_an_end_that_meets_the_end_is_the_assistants(office: Office) -> None:
    case = await office.served()
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    assert not await office.desk.hear(case.id, office.writes("end"))


async def test_leave_and_close_at_once_is_one_end(office: Office) -> None:
    for number in range(15):
        await office.asks(message=office.writes(conversation=f"web:{number}"))
        case = await office.case(f"web:{number}")
        await office.desk.say(case.id, LI, "x", f"k{number}", "web")
        await asyncio.gather(
            office.desk.hear(case.id, office.writes("end", conversation=f"web:{number}")),
            office.desk.close(case.id, LI, Outcome.answered, "web"),
            return_exceptions=True,
        )
        assert len([e for e in await office.log(case, "move") if e.move in ("leave", "close")]) == 1
    ends = [out for out in await office.sent("notice") if said("rate", "en") in out.answer.text]
    assert Counter(out.conversation for out in ends) == {f"web:{number}": 1 for number in range(15)}


# -- rating


async def test_a_rating_and_its_comment(office: Office) -> None:
    case = await office.served()
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    office.clock.now += 86400 * 3  # later
    message = await office.presses("⭐ 4")
    assert message.payload
    await office.desk.pressed(message, message.payload)  # the turn runs again
    assert (await office.case()).rating == 4
    assert (await office.last()).answer.text == said("rated", "en") and len(await office.sent()) == 4
    comment = office.writes("Very kind, thank you")
    for _ in range(2):
        assert await office.desk.wished(comment)
    assert (await office.case()).comment == "Very kind, thank you"
    assert (await office.last()).answer.text == said("commented", "en") and len(await office.sent()) == 5
    await office.presses("⭐ 1")
    assert (await office.case()).rating == 4
    assert (await office.last()).answer.text == said("rated_already", "en")
    assert not await office.desk.wished(office.writes("What does it cost?"))


@pytest.mark.parametrize("how", ["skip", "跳過", "end", "button"])
async def test_a_comment_can_be_skipped(office: Office, how: str) -> None:
    case = await office.served()
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    await office.presses("⭐ 5")
    if how == "button":
        await office.presses("Skip")
    else:
        assert await office.desk.wished(office.writes(how))
    after = await office.case()
    assert (after.rating, after.comment, after.asks) == (5, None, None)
    assert (await office.last()).answer.text == said("skipped", "en")


async def test_a_rating_can_be_skipped(office: Office) -> None:
    case = await office.served()
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    await office.presses("Skip")
    assert (await office.case()).rating is None and (await office.last()).answer.text == said("skipped", "en")
    await office.presses("⭐ 5")
    assert (await office.case()).rating == 5


async def test_what_is_written_long_after_a_rating_is_no_comment(office: Office) -> None:
    case = await office.served()
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    await office.presses("⭐ 5")
    office.clock.now += COMMENT + 1
    assert not await office.desk.wished(office.writes("How do I get a work permit?"))


async def test_a_transcript_after_a_rating_is_no_comment(office: Office) -> None:
    case = await office.served()
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    await office.presses("⭐ 5")
    assert await office.desk.wished(office.writes("Transcript"))
    assert (await office.case()).comment is None and (await office.last()).files


async def test_an_older_case_is_rated_and_commented_beside_a_new_one(office: Office) -> None:
    old = await office.served()
    await office.desk.close(old.id, LI, Outcome.answered, "web")
    office.clock.now += REOPEN + 86400
    new = await office.waits()
    assert new.id != old.id
    await office.presses("⭐ 2")
    assert await office.desk.wished(office.writes("too slow"))
    assert (await office.desk.case(old.id)).comment == "too slow"
    assert (await office.desk.case(new.id)).comment is None


async def test_a_rating_while_staff_are_there_asks_for_no_comment(office: Office) -> None:
    old = await office.served()
    await office.desk.close(old.id, LI, Outcome.answered, "web")
    office.clock.now += REOPEN + 86400
    new = await office.waits()
    await office.desk.claim(new.id, LI, "web")
    await office.presses("⭐ 2")
    rated = await office.desk.case(old.id)
    assert (rated.rating, rated.asks) == (2, None)
    assert (await office.last()).answer.text == said("commented", "en")


async def test_a_case_that_comes_back_can_be_rated_again(office: Office) -> None:
    case = await office.served()
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    await office.presses("⭐ 2")
    case = await office.served()
    assert (case.reopened, case.rating, case.asks) == (1, None, None)
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    await office.presses("⭐ 5")
    assert (await office.case()).rating == 5
    assert [e.details["rating"] for e in await office.log(case, "move") if e.move == "rate"] == [2, 5]


async def test_buttons_of_another_conversation_do_nothing(office: Office) -> None:
    case = await office.waits()
    payload = f'/desk{{"do": "leave", "case": "{case.id}"}}'
    await office.desk.pressed(office.writes(payload=payload, conversation="web:b"), payload)
    await office.desk.pressed(office.writes(payload=payload), payload.replace(case.id, "99"))
    assert (await office.case()).state is State.waiting and await office.sent() == []


# -- the transcript


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
async def test_the_transcript_is_sent_as_a_file(office: Office, language: str) -> None:
    thanks = {"en": "Fine, thank you", "zh-Hans": "好的，谢谢", "zh-Hant": "好的，謝謝"}[language]
    case = await office.served(language, text="请带护照")
    await office.desk.hear(case.id, office.writes(thanks))
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    message = office.writes("对话记录")
    for _ in range(2):
        assert await office.desk.wished(message)
    told = await office.last()
    (file,) = told.files
    assert len([out for out in await office.sent() if out.files]) == 1
    content = await Files(office.redis).get(file.id)
    assert content is not None and content.startswith(b"\xef\xbb\xbf") and file.size == len(content)
    lines = content.decode("utf-8-sig").split("\r\n")
    you, staff = {"en": ("You: ", "Li Na: "), "zh-Hans": ("您：", "李娜："), "zh-Hant": ("您：", "李娜：")}[language]
    assert f"2026-11-25 10:00  {staff}请带护照" in lines and f"2026-11-25 10:00  {you}{thanks}" in lines
    joined = said("joined", language, name=LI.display(language))
    assert any(line.endswith(traditional(joined) if language == "zh-Hant" else joined) for line in lines)


async def test_the_transcript_is_sent_while_staff_are_there(office: Office) -> None:
    case = await office.served()
    message = office.writes("Transcript")
    for _ in range(2):
        assert await office.desk.hear(case.id, message)
    assert [out.voice for out in await office.sent() if out.files] == ["notice"]
    assert (await office.case()).state is State.active


async def test_without_a_case_there_is_no_transcript(office: Office) -> None:
    assert not await office.desk.wished(office.writes("transcript"))


# -- coming back


async def test_who_comes_back_within_a_day_goes_to_the_same_member(office: Office) -> None:
    case = await office.served()
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    office.clock.at(9, 50, day=26)
    answer = await office.asks("zh-Hant")
    again = await office.case()
    assert (again.id, again.staff, again.reopened, again.state) == (case.id, LI.id, 1, State.waiting)
    assert answer.text.startswith(traditional(said("again", "zh-Hant", name="李娜")))
    assert again.language == "zh-Hant" and again.waiting_since == office.clock.now
    office.clock.now += office.hours.claim_within
    await office.desk.tick()
    assert (await office.case()).staff is None  # now for anybody


async def test_who_comes_back_out_of_hours_goes_to_the_same_member(office: Office) -> None:
    case = await office.served()
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    office.clock.at(21)
    answer = await office.asks()
    again = await office.case()
    assert (again.staff, again.due) == (LI.id, True)
    assert answer.text.startswith(
        said("again", "en", name="Li Na") + "\n\n" + said("closed_now", "en", when="tomorrow (Thu 26 Nov) at 09:00")
    )


async def test_after_a_day_it_is_a_new_case_with_what_is_known(office: Office) -> None:
    office.clock.at(20)
    await office.asks()
    await office.desk.wished(office.writes("91234567"))
    case = await office.case()
    await office.desk.close(case.id, LI, Outcome.no_answer, "web")
    office.clock.now += REOPEN + 1
    new = await office.waits()
    assert new.id != case.id and new.contact == "91234567" and new.asks is None and new.reopened == 0


async def test_a_member_who_is_gone_is_not_waited_for(office: Office) -> None:
    case = await office.served()
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    await office.staff.remove(LI.id)
    answer = await office.asks()
    assert (await office.case()).staff is None and answer.text.startswith(
        said("told", "en", place=1, wait="", until="")[:20]
    )


@pytest.mark.parametrize("later", [60.0, REOPEN + 60.0])
async def test_staff_write_again(office: Office, later: float) -> None:
    case = await office.served()
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    office.clock.now += later
    done = [await office.desk.reopen(case.id, WANG, "One more thing", "k9", "web") for _ in range(2)]
    assert done[0] == done[1]
    after = done[0]
    assert (after.id == case.id) == (later < REOPEN)
    assert (after.state, after.owner, after.staff, after.spoke) == (State.active, Owner.staff, WANG.id, True)
    told, words = (await office.sent())[-2:]
    assert told.answer.text == said("reached_out", "en", name="Wang Wei")
    assert (words.answer.text, words.author, words.voice) == ("One more thing", "Wang Wei", "staff")
    assert len(await office.sent()) == 5
    with pytest.raises(Over if after.id == case.id else Taken):
        await office.desk.reopen(case.id, LI, "me too", "k10", "web")


async def test_an_old_case_that_staff_reopened_is_the_one_the_person_has(office: Office) -> None:
    first = await office.served()
    await office.desk.close(first.id, LI, Outcome.spam, "web")
    office.clock.now += 1
    second = await office.served()
    await office.desk.close(second.id, LI, Outcome.answered, "web")
    assert first.id != second.id
    await office.desk.reopen(first.id, LI, "hello", "k9", "web")
    await office.desk.transfer(first.id, LI, None, "web")
    office.clock.now += 1000
    await office.desk.tick()
    assert said("overdue", "en") in (await office.asks()).text
    assert await office.desk.wished(office.writes("91234567"))
    assert (await office.desk.case(first.id)).contact == "91234567"
    assert await office.desk.wished(office.writes("end"))
    assert (await office.desk.case(first.id)).outcome is Outcome.left


async def test_a_person_and_staff_who_come_back_at_once_have_one_case(office: Office) -> None:
    for number in range(10):
        await office.asks(message=office.writes(conversation=f"web:{number}"))
        case = await office.case(f"web:{number}")
        await office.desk.close(case.id, LI, Outcome.answered, "web")
        await asyncio.gather(
            office.asks(message=office.writes(conversation=f"web:{number}")),
            office.desk.reopen(case.id, LI, "hello", f"k{number}", "web"),
            return_exceptions=True,
        )
        owned = await office.desk.ownership(f"web:{number}")
        found = await office.case(f"web:{number}")
        assert owned is not None and (owned.case, owned.owner) == (found.id, found.owner)
        assert len(await office.desk.cases.all_of(f"web:{number}")) == 1


async def test_a_banned_conversation_opens_no_case(office: Office) -> None:
    case = await office.served()
    banned = await office.desk.ban(case.id, WANG, "web")  # anybody may
    assert (banned.state, banned.outcome) == (State.closed, Outcome.spam)
    assert [each.move for each in await office.log(case, "move")][-2:] == ["ban", "close"]
    answer = await office.asks("zh-Hant")
    assert answer.text.startswith(traditional(said("banned", "zh-Hant"))) and not answer.buttons
    assert (await office.case()).id == case.id
    assert (await office.asks(message=office.writes(conversation="web:b"))).buttons
    assert (await office.desk.ban(case.id, LI, "web")).state is State.closed
    assert await office.desk.unban(office.conversation) and not await office.desk.unban(office.conversation)
    assert (await office.waits()).id != case.id


async def test_all_that_the_desk_knows_of_a_person_is_deleted(office: Office) -> None:
    case = await office.served()
    files = Files(office.redis)
    await files.put(PHOTO, b"x")
    await office.desk.hear(case.id, office.writes("my permit", files=(PHOTO,)))
    await office.desk.answered(office.writes("secret"), Answer("en", "x", None, 1.0, "answer"))
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    await office.desk.wished(office.writes("transcript"))
    sent = (await office.last()).files[0]
    await office.desk.forget(office.conversation)
    assert await files.get(PHOTO.id) is None and await files.get(sent.id) is None
    left = [key async for key in office.redis.scan_iter("*")]
    assert not [key for key in left if ("web%3Aa" in key and ":buttons:" not in key) or f"case:{case.id}" in key]
    with pytest.raises(NoSuchCase):
        await office.desk.case(case.id)


# -- files, edits, words of all kinds


async def test_what_a_person_sends_stands_in_the_case_as_it_is(office: Office) -> None:
    case = await office.served()
    first = office.writes("/restart")
    messages = [
        first, office.writes("", files=(PHOTO,)), office.writes("changed", edits=first.message_id),
        office.writes(payload="/ask_fee", shown="Fees"), office.writes("end", edits=first.message_id),
        office.writes("half \ud83d\0" + "好" * 4096), office.writes("1"),
    ]  # fmt: skip
    for message in messages * 2:
        assert await office.desk.hear(case.id, message)
    log = [each for each in await office.log(case, "person") if each.text != "I need a person"]
    assert [each.text for each in log] == [
        "/restart", "", "changed", "[Fees]", "end", "half \ufffd\0" + "好" * 4096, "1",
    ]  # fmt: skip
    assert log[1].files == (PHOTO,) and log[2].edits == log[0].key
    assert (await office.case()).state is State.active


@pytest.mark.parametrize("how", ["/forget", "刪除我的資料", "[button]", "[command]"])
async def test_who_wants_their_data_deleted_is_told_how_while_staff_have_them(office: Office, how: str) -> None:
    case = await office.served("zh-Hant")
    payloads = {"[button]": '/delete_my_data{"says": "yes"}', "[command]": "/delete_my_data"}
    given = {"payload": payloads[how], "shown": "yes"} if how in payloads else {"text": how}
    message = office.writes(**given)
    for _ in range(2):
        assert await office.desk.hear(case.id, message, payloads.get(how))
    told = traditional(said("forget_how", "zh-Hant"))
    assert [out.answer.text for out in await office.sent("notice")][1:] == [told]
    assert (await office.log(case, "person"))[-1].text == ("[yes]" if how in payloads else how)


async def test_a_wish_to_be_forgotten_is_no_comment(office: Office) -> None:
    case = await office.served()
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    await office.presses("⭐ 5")
    assert not await office.desk.wished(office.writes("Delete my data"))
    assert (await office.case()).comment is None


async def test_the_desk_speaks_the_language_that_the_person_goes_over_to(office: Office) -> None:
    case = await office.served()
    assert await office.desk.hear(case.id, office.writes("我想問一下個人所得稅補貼怎麼申請"))
    assert (await office.case()).language == "zh-Hant"
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    assert (await office.last()).answer.text.startswith(traditional(said("handed_back", "zh-Hant", name="李娜")))


async def test_who_waits_is_told_in_the_language_of_the_last_answer(office: Office) -> None:
    case = await office.waits()
    answer = Answer("zh-Hant", "ask_fee", None, 1.0, "ANSWER")
    assert await office.desk.place(case.id, answer) == answer
    await office.desk.claim(case.id, LI, "web")
    assert (await office.last()).answer.text == traditional(said("joined", "zh-Hant", name="李娜"))


async def test_an_edit_of_one_of_several_messages_leaves_the_others(office: Office) -> None:
    """Messages that come fast stand in the log as one."""
    case = await office.served()
    parts = (("fast1", "My phone is"), ("fast2", "13800000000"), ("fast3", "call me"))
    together = office.writes("\n".join(text for _, text in parts), message_id="fast3", parts=parts)
    assert await office.desk.hear(case.id, together)
    for of, text in (("fast2", "13900000000"), ("fast3", "call me soon"), ("fast1", "Phone:")):
        assert await office.desk.hear(case.id, office.writes(text, edits=of))
    edits = [each for each in await office.log(case, "person") if each.edits]
    assert {each.edits for each in edits} == {"p:fast3"}
    assert [each.text for each in edits] == [
        "My phone is\n13900000000\ncall me",
        "My phone is\n13900000000\ncall me soon",
        "Phone:\n13900000000\ncall me soon",
    ]


async def test_an_edit_of_what_staff_never_got_is_something_new(office: Office) -> None:
    case = await office.served()
    assert await office.desk.hear(case.id, office.writes("I meant this", edits="long ago"))
    last = (await office.log(case, "person"))[-1]
    assert (last.text, last.edits) == ("I meant this", None)


async def test_a_rating_of_a_case_that_is_open_again_is_asked_for_later(office: Office) -> None:
    case = await office.served()
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    await office.asks()
    for number in range(2):  # while it waits, and while staff have it
        await office.presses("⭐ 5")
        assert (await office.last()).answer.text == said("rate_later", "en")
        await office.desk.say(case.id, LI, "Here again", f"again{number}", "web")
    await office.desk.close(case.id, LI, Outcome.answered, "web")
    await office.presses("⭐ 5")
    assert (await office.case()).rating == 5


async def test_two_conversations_never_mix(office: Office) -> None:
    rng = random.Random(9)
    conversations = [f"web:{number}" for number in range(6)]
    for conversation in conversations:
        await office.asks(message=office.writes(conversation, conversation=conversation))
    cases = {conversation: await office.case(conversation) for conversation in conversations}
    work = []
    for number in range(60):
        conversation = rng.choice(conversations)
        work += [
            office.desk.say(cases[conversation].id, LI, f"to {conversation}", f"s{number}", "web"),
            office.desk.hear(cases[conversation].id, office.writes(f"from {conversation}", conversation=conversation)),
        ]
    rng.shuffle(work)
    await asyncio.gather(*work)
    for out in await office.sent("staff"):
        assert out.answer.text == f"to {out.conversation}" and out.case == cases[out.conversation].id
    for conversation, case in cases.items():
        texts = {each.text for each in await office.log(case) if each.kind in ("person", "staff")}
        assert texts <= {conversation, f"to {conversation}", f"from {conversation}"}
