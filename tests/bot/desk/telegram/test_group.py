"""The group of staff, end to end: a person on one side, members of staff in a forum on the other."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest
from bot_api import BotApi

from bot.channels.telegram.pacing import GROUP as GROUP_RATE
from bot.channels.telegram.pacing import Pace, Rate
from bot.desk.cases import Outcome, State
from bot.desk.telegram.texts import said
from bot.store.errors import StoreUnavailable
from bot.store.files import new_file

GROUP = -1001234567
FAST = Rate(1000, 100)
LI, WANG, STRANGER = 4711, 4712, 666
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


async def test_a_case_gets_a_topic_with_a_card_and_the_talk_so_far(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens(text="Help me <please>")
    topic = await room.topic(case)
    card = await room.card(case)
    await room.quiet()
    assert topic.name == "🟡 #1 Person 7 · 工作许可"
    assert card["params"]["message_thread_id"] == topic.id
    for words in (
        "等候中 waiting",
        "Person 7",
        "工作许可",
        "English",
        "Telegram",
        "Nationality：<b>French</b>",
        "Help me <please>",
    ):
        assert words in card["text"]
    assert room.lines(topic.id) == ["👤 Help me <please>", said("m_open", who=said("person"))]
    assert api.titles(card) == [said(f"b_{name}") for name in ("claim", "transfer", "reply", "close", "ban")]


async def test_claimed_by_a_button_told_to_the_person_and_shown(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    await room.presses(case, said("b_claim"))
    await api.until(lambda: any("Li Na has joined" in text for text in api.texts(7)))
    await room.quiet()
    assert (await room.topic(case)).name == "🟢 #1 Person 7 · 工作许可 · 李娜"
    card = await room.card(case)
    assert "处理人 With：李娜" in card["text"]
    assert said("b_claim") not in api.titles(card)
    assert room.lines()[-1] == said("m_claim", who="李娜")
    assert not room.alerts()


async def test_of_two_who_claim_one_wins_and_the_other_is_told_who(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    card = await room.card(case)
    for by in (WANG, LI):
        api.press(card, said("b_claim"), by)
    await api.until(room.alerts)
    assert room.alerts() == [said("taken", name="王伟")]
    await room.quiet()
    assert (await room.desk.case(case.id)).staff == "wang"
    assert sum("has joined" in text for text in api.texts(7)) == 1


async def test_what_staff_write_goes_to_the_person_and_notes_do_not(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    await room.says("// careful, an important one", topic)
    await room.says("Good morning <b>", topic)
    await api.until(lambda: any("Good morning" in text for text in api.texts(7)))
    await room.says("／／ full width", topic, WANG)
    await room.says("/nonsense", topic)
    api.say("Thank you, and…", user=7)
    await api.until(lambda: "👤 Thank you, and…" in room.lines(topic.id))
    await room.quiet()
    assert api.texts(7)[-1] == "Li Na\nGood morning <b>"
    assert next(m for m in api.messages if "Good morning" in m["text"] and m["chat"]["id"] == 7)["params"][
        "text"
    ].startswith("<b>Li Na</b>\n")
    assert not any("careful" in text or "full width" in text or "nonsense" in text for text in api.texts(7))
    log = [(entry.kind, entry.text, entry.author) for entry in await room.desk.cases.log(case.id)]
    assert ("note", "careful, an important one", "li.na") in log
    assert ("note", "full width", "wang") in log
    assert (await room.desk.case(case.id)).staff == "li.na"
    assert not any("Good morning" in line or "careful" in line for line in room.lines()), (
        "what is in the group is not repeated"
    )
    assert said("help").split("\n")[0] in room.lines()


async def test_the_assistant_and_the_web_desk_are_shown_but_not_what_the_desk_told(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    wang = await room.staff.get("wang")
    await room.desk.say(case.id, wang, "From <i>the</i> web", "w1", "web")
    await room.desk.note(case.id, wang, "A note", "w2", "web")
    await api.until(lambda: "📝 王伟: A note" in room.lines(topic.id))
    await room.desk.edit(case.id, wang, "w1", "From the web, better", "w3", "web")
    await api.until(lambda: "💬 王伟: From the web, better ✏️" in room.lines(topic.id))
    await room.desk.edit(case.id, wang, "w1", "", "w4", "web")
    await api.until(lambda: f"💬 王伟: {said('withdrawn')} ✏️" in room.lines(topic.id))
    await room.quiet()
    lines = room.lines(topic.id)
    assert len([line for line in lines if line.startswith("💬")]) == 1
    assert not any("has joined" in line for line in lines)
    assert not any("web" in text for text in api.texts(7)), "it was deleted for the person too"


async def test_edits_and_withdrawals_of_staff_change_the_persons_copy(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    first = await room.says("Teh fee is 100", topic)
    await api.until(lambda: "Li Na\nTeh fee is 100" in api.texts(7))
    room.edits(first, "The fee is 100")
    await api.until(lambda: "Li Na\nThe fee is 100" in api.texts(7))
    assert "Li Na\nTeh fee is 100" not in api.texts(7)
    await room.says("/delete", topic, WANG, reply_to_message={**first, "date": 1})
    await api.until(lambda: said("not_theirs") in room.lines())
    assert "Li Na\nThe fee is 100" in api.texts(7)
    await room.says("/撤回", topic, reply_to_message={**first, "date": 1})
    await api.until(lambda: "Li Na\nThe fee is 100" not in api.texts(7))
    second = await room.says("Your file is incomplete", topic)
    await api.until(lambda: "Li Na\nYour file is incomplete" in api.texts(7))
    room.edits(second, "// that was for you, Wang")
    await api.until(lambda: "Li Na\nYour file is incomplete" not in api.texts(7))
    await room.quiet()
    assert not any("that was for you" in text for text in api.texts(7))
    assert any(e.kind == "note" and e.text == "that was for you, Wang" for e in await room.desk.cases.log(case.id))


async def test_a_note_never_becomes_words_to_the_person(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    await room.says("Hello", topic)
    note = await room.says("// a fraud?", topic)
    await room.quiet()
    room.edits(note, "a fraud, I am sure")
    await room.quiet()
    assert not any("fraud" in text for text in api.texts(7))
    last = (await room.desk.cases.log(case.id))[-1]
    assert (last.kind, last.text) == ("note", "a fraud, I am sure")


async def test_what_the_person_edits_is_edited_in_the_topic(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    await room.says("Hello", topic)
    await api.until(lambda: "Li Na\nHello" in api.texts(7))
    message = api.message("I am Frnech", 7)
    api.update("message", message)
    api.say("and I live here", user=7)
    await api.until(lambda: "👤 and I live here" in room.lines())
    api.update("edited_message", {**message, "text": "I am French"})
    await api.until(lambda: "👤 I am French ✏️" in room.lines())
    await room.quiet()
    assert "👤 I am Frnech" not in room.lines()
    assert room.lines().count("👤 and I live here") == 1


async def test_files_go_both_ways(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    form, photo, voice = api.file("document", b"form"), api.file("photo", PNG), api.file("voice", b"ogg")
    await room.says(
        None, topic, document={"file_id": form, "file_name": "form.pdf", "file_size": 4}, caption="Fill this <in>"
    )
    await api.until(lambda: "Li Na\nFill this <in>" in api.texts(7))
    sent = api.messages[-1]
    assert sent["document"]["file_id"] == form
    await room.says(None, topic, photo=[{"file_id": photo, "width": 9, "height": 9}], caption="// only for us")
    api.say(
        None,
        user=7,
        photo=[{"file_id": "small", "width": 1, "height": 1}, {"file_id": photo, "width": 9, "height": 9}],
        caption="Here",
    )
    api.say(None, user=7, voice={"file_id": voice, "duration": 1})
    api.say(None, user=7, sticker={"emoji": "👍"})
    await api.until(lambda: "👤 👍" in room.lines())
    await room.quiet()
    files = [m for m in room.seen() if "caption" in m]
    assert [(m["text"], m["params"]["message_thread_id"]) for m in files] == [("👤 Here", topic.id), ("👤", topic.id)]
    assert files[0]["photo"][0]["file_id"] == photo
    assert files[1]["voice"]["file_id"] == voice
    assert sum(m["chat"]["id"] == 7 and "photo" in m for m in api.messages) == 0
    big = {"file_id": form, "file_name": "big.pdf", "file_size": 11 * 1024 * 1024}
    await room.says(None, topic, document=big)
    await room.says(None, topic, location={"latitude": 22.5, "longitude": 113.9})
    await api.until(lambda: said("too_large") in room.lines())
    await api.until(lambda: any("22.5" in text for text in api.texts(7)))


async def test_files_of_the_web_are_uploaded_and_what_is_gone_is_said(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    good, gone = (
        new_file("photo", "a.png", "image/png", len(PNG)),
        new_file("document", "lost.pdf", "application/pdf", 9),
    )
    no_photo = new_file("photo", "b.png", "image/png", 4)
    await room.desk.files.put(good, PNG)
    await room.desk.files.put(no_photo, b"nope")
    await room.hears(case, "three files", "m1", files=(good, gone, no_photo))
    await api.until(lambda: len([m for m in room.seen() if "caption" in m]) == 2)
    await room.quiet()
    assert "photo" in next(m for m in room.seen() if m["text"] == "👤 three files")
    assert any("document" in m for m in room.seen()), "what Telegram takes for no picture comes as a document"
    assert said("file_gone", name="lost.pdf") in room.lines(topic.id)


async def test_strangers_and_anonymous_administrators_do_nothing_and_are_told_once(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    card = await room.card(case)
    for text in ("hello person", "// note", "/claim", "/close spam"):
        await room.says(text, topic, STRANGER)
    for _ in range(2):
        api.press(card, said("b_claim"), STRANGER)
        anonymous = {"sender_chat": api.chat(GROUP), "from": {**api.person(1087968824), "is_bot": True}}
        message = api.message("as the group", chat=GROUP, message_thread_id=topic.id, is_topic_message=True)
        api.update("message", {**message, **anonymous})
    await api.until(lambda: said("anonymous").split("\n")[0] in room.lines())
    await room.quiet()
    assert room.lines().count(said("not_listed").split("\n")[0]) == 1
    assert room.lines().count(said("anonymous").split("\n")[0]) == 1
    assert room.alerts() == [said("not_listed")] * 2
    assert (await room.desk.case(case.id)).state is State.waiting
    assert not api.texts(7)
    assert len(await room.desk.cases.log(case.id)) == 2


async def test_whoever_is_removed_can_do_nothing_from_then_on(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    await room.says("Hello", topic)
    await api.until(lambda: "Li Na\nHello" in api.texts(7))
    await room.staff.remove("li.na")
    await room.says("Are you there?", topic)
    await api.until(lambda: said("not_listed").split("\n")[0] in room.lines())
    assert not any("Are you there" in text for text in api.texts(7))


async def test_what_is_no_message_to_anybody_is_left_alone(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    await room.quiet()
    before = len(api.messages)
    await room.says("just talking, @QianhaiTestBot how are you?", None)
    await room.says("/help@OtherBot", None)
    for more in (
        {"forum_topic_edited": {"name": "x"}},
        {"pinned_message": {}},
        {"new_chat_members": [api.person(9)]},
        {"forum_topic_closed": {}},
    ):
        await room.says(None, topic, **more)
    api.update("message", {**api.message("x", chat=GROUP), "from": {**api.person(5), "is_bot": True}})
    states = {
        f"{w}_chat_member": {"status": s, "user": api.me()} for w, s in (("old", "member"), ("new", "administrator"))
    }
    api.update("my_chat_member", {"chat": api.chat(GROUP), "from": api.person(LI), "date": 1, **states})
    api.update("message", {"message_id": "broken", "chat": {"id": GROUP}})
    await room.says("Hello", topic)
    await api.until(lambda: "Li Na\nHello" in api.texts(7))
    await room.quiet()
    assert not room.accepted, "people's code never sees the group"
    assert [m["text"] for m in api.messages[before:] if m["chat"]["id"] == GROUP] == [said("m_claim", who="李娜")]


async def test_without_topics_a_case_stands_in_replies_to_its_card(api: BotApi, room: Any) -> None:
    api.forums.clear()
    await room.start()
    case, other = await room.opens(), await room.opens(8)
    card = await room.card(case)
    await room.card(other)
    await room.quiet()
    assert not api.topics
    entry = next(
        m
        for m in room.seen()
        if m["text"].startswith("👤 I need") and m["params"]["reply_parameters"]["message_id"] == card["message_id"]
    )
    assert "message_thread_id" not in card["params"]
    mine = await room.says("Hello there", None, reply_to_message={**entry, "date": 1})
    await api.until(lambda: "Li Na\nHello there" in api.texts(7))
    await room.says("// to my colleague", None, WANG, reply_to_message={**mine, "date": 1})
    await room.says("talk", None, reply_to_message={**api.message("other", WANG, GROUP), "date": 1})
    room.edits(mine | {"reply_to_message": {**entry, "date": 1}}, "Hello again")
    await api.until(lambda: "Li Na\nHello again" in api.texts(7))
    await room.quiet()
    assert not api.texts(8)
    assert any(e.kind == "note" and e.author == "wang" for e in await room.desk.cases.log(case.id))


async def test_without_the_right_to_topics_replies_do(api: BotApi, room: Any) -> None:
    api.manages_topics = False
    await room.start()
    case = await room.opens()
    card = await room.card(case)
    await room.quiet()
    assert not api.topics
    assert [m["params"]["reply_parameters"]["message_id"] for m in room.seen() if m is not card] == [card["message_id"]]


async def test_a_topic_that_was_deleted_comes_again_with_its_card(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    await room.quiet()
    api.remove_topic(topic.id)
    await room.hears(case, "still here?", "m1")
    await api.until(lambda: api.topics)
    await room.quiet()
    again = await room.topic(case)
    assert again.id != topic.id
    assert (await room.card(case))["params"]["message_thread_id"] == again.id
    assert "👤 still here?" in room.lines(again.id)
    await room.says("Yes", again)
    await api.until(lambda: "Li Na\nYes" in api.texts(7))


async def test_closing_needs_to_have_seen_what_the_person_wrote(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    await room.says("Hello", topic)
    await room.quiet()
    api.tell("sendMessage", status=429, parameters={"retry_after": 1}, description="Too Many Requests: retry after 1", only=lambda p: p["chat_id"] == GROUP)  # fmt: skip
    await room.hears(case, "wait, one more thing", "m1")
    api.press_data(f"d:close:{case.id}:answered", await room.card(case), LI)
    await api.until(room.alerts)
    assert room.alerts() == [said("unseen")]
    assert (await room.desk.case(case.id)).state is State.active
    await room.quiet()
    await room.presses(case, said("b_close"))
    await room.presses(case, "已答复 answered")
    await api.until(lambda: any("has ended the conversation" in text for text in api.texts(7)))
    await room.quiet()
    assert (await room.desk.case(case.id)).outcome is Outcome.answered
    assert topic.closed
    assert topic.name.startswith("⚪ #1")
    assert api.titles(await room.card(case)) == []
    assert said("m_close", who="李娜", outcome="已答复 answered") in room.lines()
    await room.says("too late", topic)
    await api.until(lambda: said("say_closed").split("\n")[0] in room.lines())
    assert not any("too late" in text for text in api.texts(7))
    await room.says("/reopen I forgot: bring a photo", topic)
    await api.until(lambda: "Li Na\nI forgot: bring a photo" in api.texts(7))
    await room.quiet()
    assert not topic.closed
    assert topic.name == "🟢 #1 Person 7 · 工作许可 · 李娜"


async def test_a_reopened_case_comes_back_to_its_topic(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    li = await room.staff.get("li.na")
    await room.desk.close(case.id, li, Outcome.no_answer, "web")
    await api.until(lambda: topic.closed)
    api.writes_in_closed = False
    assert (await room.opens(text="me again")).id == case.id
    await api.until(lambda: "👤 me again" in room.lines(topic.id))
    await room.quiet()
    assert len(api.topics) == 1
    assert not topic.closed
    assert topic.name.startswith("🟡 #1")
    await room.desk.close(case.id, li, Outcome.no_answer, "web")
    await api.until(lambda: topic.closed)
    await room.hears(case, "after the end", "m9")
    await api.until(lambda: "👤 after the end" in room.lines(topic.id))
    await room.quiet()
    assert topic.closed, "opened for what came, and closed again"


async def test_transfer_canned_reply_and_ban_by_buttons(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens(language="zh-Hant")
    topic = await room.topic(case)
    await room.presses(case, said("b_transfer"))
    await room.presses(case, "👥 税务")
    await api.until(lambda: "团队 Team：税务" in (room.find_card(case) or {"text": ""})["text"])
    await room.presses(case, said("b_claim"), WANG)
    await api.until(lambda: topic.name.startswith("🟢"))
    await room.presses(case, said("b_transfer"), LI)
    card = await room.card(case)
    await api.until(lambda: "🟢 李娜" in api.titles(card))
    api.press(card, "🟢 李娜", LI)
    await api.until(room.alerts)
    assert room.alerts() == [said("not_allowed")]
    api.press(card, "🟢 李娜", WANG)
    await api.until(lambda: topic.name.endswith("李娜"))
    await room.presses(case, said("b_reply"))
    await api.until(lambda: "问候" in api.titles(card))
    for _ in range(2):
        api.press(card, "问候", LI)
    await room.quiet()
    greetings = [text for text in api.texts(7) if "我是工作人員" in text]
    assert len(greetings) == 1, "in Traditional, and once though it was pressed twice"
    assert any(line.startswith("💬 李娜: ") for line in room.lines(topic.id))
    assert said("b_reply") in api.titles(card)
    await room.presses(case, said("b_ban"))
    assert (await room.desk.case(case.id)).state is State.active, "asked once more first"
    await room.presses(case, said("b_ban_yes"))
    await api.until(lambda: topic.closed)
    assert (await room.desk.case(case.id)).outcome is Outcome.spam
    await room.opens(text="again?")
    assert len(await room.desk.cases.all_of("tg:7")) == 1


async def test_commands(api: BotApi, room: Any) -> None:
    await room.start()
    assert not room.lines()
    await room.says("/queue", None)
    await api.until(lambda: said("queue_empty") in room.lines())
    case = await room.opens()
    topic = await room.topic(case)
    await room.quiet()
    await room.says("/queue@QianhaiTestBot", None)
    await api.until(lambda: topic.name in room.lines())
    assert (
        f'href="https://t.me/c/1234567/{topic.id}"'
        in next(m for m in room.seen() if topic.name in m["text"])["params"]["text"]
    )
    await room.says("/away", None)
    await api.until(lambda: said("away") in room.lines())
    assert not (await room.staff.get("li.na")).available
    await room.says("/available", topic)
    await api.until(lambda: said("available") in room.lines(topic.id))
    await room.says("/claim", None)
    await api.until(lambda: said("in_topic") in room.lines())
    await room.says("/transfer nobody", topic)
    await api.until(lambda: any("anyone" in line and "wang" in line for line in room.lines(topic.id)))
    await room.says("/transfer 王伟", topic)
    await api.until(lambda: said("m_assign", who="李娜", to="王伟") in room.lines(topic.id))
    await room.says("/claim", topic)
    await api.until(lambda: topic.name.endswith("李娜"))
    await room.says("/close whatever", topic)
    await api.until(lambda: said("outcomes") in room.lines(topic.id))
    await room.says("/close no answer", topic)
    await api.until(lambda: topic.closed)
    assert (await room.desk.case(case.id)).outcome is Outcome.no_answer


async def test_much_at_once_comes_in_few_messages_within_the_budget(api: BotApi, room: Any) -> None:
    await room.start(Pace(Rate(1000, 100), Rate(2, 4), FAST))
    case = await room.opens()
    topic = await room.topic(case)
    await room.quiet()
    begun, before = time.monotonic(), len(api.calls)
    for number in range(60):
        await room.hears(case, f"line {number}", f"m{number}")
    await api.until(lambda: "👤 line 59" in room.lines(topic.id))
    asked = [c for c in api.calls[before:] if c.params.get("chat_id") == GROUP]
    assert len(asked) <= 4 + 2 * (time.monotonic() - begun) + 1
    assert [line for line in room.lines(topic.id) if line.startswith("👤 line")] == [f"👤 line {n}" for n in range(60)]
    assert GROUP_RATE.per_second * 60 + GROUP_RATE.burst <= 20


async def test_a_group_that_must_wait_holds_up_no_person(api: BotApi, room: Any) -> None:
    await room.start()
    case, other = await room.opens(), await room.opens(8)
    await room.topic(case)
    topic = await room.topic(other)
    await room.quiet()
    api.tell("sendMessage", status=429, parameters={"retry_after": 2}, description="Too Many Requests: retry after 2", times=1, only=lambda p: p["chat_id"] == GROUP)  # fmt: skip
    began = time.monotonic()
    await room.hears(case, "a", "m1")
    await asyncio.sleep(0.2)
    for number in range(3):
        await room.says("/help", topic, LI)
        await room.says(f"Hello {number}", topic, LI)
    api.say("/services", user=9)
    await api.until(lambda: api.texts(9) and "Li Na\nHello 2" in api.texts(8))
    assert time.monotonic() - began < 1.5
    await api.until(lambda: "👤 a" in room.lines())
    assert time.monotonic() - began > 1.9


async def test_restarted_in_the_middle_nothing_is_lost_or_doubled(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    await room.quiet()
    api.tell("sendMessage", slow=0.05, times=1000)
    for number in range(40):
        if number % 10 == 5:
            await room.stop()
            await room.hears(case, f"while away {number}", f"a{number}")
            await room.says(f"staff {number}", topic)
            await room.start()
        await room.hears(case, f"line {number}", f"m{number}")
        await asyncio.sleep(0.02)
    await api.until(lambda: "👤 line 39" in room.lines(topic.id))
    await room.quiet()
    lines = [line for line in room.lines(topic.id) if "line" in line or "away" in line]
    assert lines == [
        line for n in range(40) for line in ([f"👤 while away {n}"] if n % 10 == 5 else []) + [f"👤 line {n}"]
    ]
    assert [text for text in api.texts(7) if "staff" in text] == [f"Li Na\nstaff {n}" for n in (5, 15, 25, 35)]
    assert len(api.topics) == 1


async def test_killed_in_the_middle_nothing_is_lost(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    await room.quiet()
    api.tell("sendMessage", slow=0.1, times=1000)
    for number in range(3):
        await room.hears(case, f"line {number}", f"m{number}")
        await asyncio.sleep(0.05)
        await room.kill()
        await room.redis.delete("qta:lease:desk%20telegram:0")  # as after the seconds a lease lasts
        await room.start()
    await api.until(lambda: "👤 line 2" in room.lines(topic.id))
    await room.quiet()
    lines = [line for line in room.lines(topic.id) if line.startswith("👤 line")]
    assert list(dict.fromkeys(lines)) == [f"👤 line {n}" for n in range(3)]
    said_so = [m["text"] for m in room.seen() if "👤 line" in m["text"]]
    assert len(said_so) <= 3 + 3, "one message under way can come twice at each kill"


async def test_two_gateways_show_everything_once(api: BotApi, room: Any) -> None:
    await room.start()
    second = type(room)(api, room.redis, room.catalog)
    await second.start()
    case = await room.opens()
    topic = await room.topic(case)
    for number in range(20):
        await room.hears(case, f"line {number}", f"m{number}")
    await api.until(lambda: "👤 line 19" in room.lines(topic.id))
    await room.stop()
    await room.hears(case, "last", "m20")
    await api.until(lambda: "👤 last" in room.lines(topic.id))
    await second.stop()
    lines = [line for line in room.lines(topic.id) if line.startswith("👤 l")]
    assert lines == [*(f"👤 line {n}" for n in range(20)), "👤 last"]
    assert len(api.topics) == 1


async def test_a_message_that_could_not_be_kept_comes_again_and_is_said_once(api: BotApi, room: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    real, failures = room.desk.cases.write, [0]

    async def write(*given: Any, **more: Any) -> bool:
        failures[0] += 1
        if failures[0] == 1:
            raise StoreUnavailable("as told")
        done = await real(*given, **more)
        if failures[0] == 2:
            raise StoreUnavailable("its answer was lost")
        return bool(done)

    monkeypatch.setattr(room.desk.cases, "write", write)
    await room.says("Hello", topic)
    await api.until(lambda: "Li Na\nHello" in api.texts(7))
    await room.quiet()
    assert failures[0] >= 3
    assert api.texts(7).count("Li Na\nHello") == 1


async def test_what_is_forgotten_goes_from_the_group_and_from_redis(api: BotApi, room: Any) -> None:
    await room.start()
    case, other = await room.opens(text="my secret"), await room.opens(8, "not mine")
    topic = await room.topic(case)
    await room.topic(other)
    await room.says("Hello", topic)
    await room.quiet()
    await room.desk.forget("tg:7")
    await api.until(lambda: topic.id not in api.topics)
    await room.quiet()
    assert not any("my secret" in m["text"] for m in room.seen())
    assert any("not mine" in m["text"] for m in room.seen())
    keys = await room.redis.keys("qta:desk:tg-*")
    assert not [
        key for key in keys if key.startswith("qta:desk:tg-message:") and (await room.redis.get(key)).startswith("1 ")
    ]
    assert not {f"qta:desk:tg-{w}:1" for w in ("case", "entries", "messages")} & {*keys}
    assert f"qta:desk:tg-topic:{topic.id}" not in keys
    await room.says("Are you there?", topic)
    await room.quiet()
    assert not any("Are you there" in text for text in api.texts(7))


async def test_without_topics_the_messages_of_what_is_forgotten_are_deleted(api: BotApi, room: Any) -> None:
    api.forums.clear()
    await room.start()
    case, other = await room.opens(text="my secret"), await room.opens(8, "not mine")
    card = await room.card(case)
    await room.card(other)
    await room.says("/away", None, reply_to_message={**card, "date": 1})
    await room.quiet()
    mine = await room.says("secret of staff", None, reply_to_message={**card, "date": 1})
    await room.quiet()
    api.tell("deleteMessages", status=400, description="Bad Request: message can't be deleted")
    await room.desk.forget("tg:7")
    await api.until(lambda: len(room.seen()) == 2)
    await room.quiet()
    assert all("not mine" in m["text"] for m in room.seen())
    assert mine["message_id"] in [params["message_id"] for params in api.of("deleteMessage")]


async def test_a_group_that_became_a_supergroup_is_followed(api: BotApi, room: Any) -> None:
    await room.start()
    await room.quiet()
    api.forums.add(-100999)
    await room.says(None, None, migrate_to_chat_id=-100999)
    await room.quiet()
    case = await room.opens()
    topic = await room.topic(case)
    await api.until(lambda: any(m["chat"]["id"] == -100999 for m in api.messages))
    message = api.message("Hello", LI, -100999, message_thread_id=topic.id, is_topic_message=True)
    api.update("message", message)
    await api.until(lambda: "Li Na\nHello" in api.texts(7))


async def test_logs_hold_no_words(api: BotApi, room: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await room.start()
    case = await room.opens(text="secret words")
    topic = await room.topic(case)
    for how in ({"status": 400}, {"status": 500}, {"raw": b"{secret words"}, {"drop": "before"}, {"status": 403}):
        api.tell("sendMessage", **how)
        await room.hears(case, "secret words", f"m{how}")
        await room.says("secret words", topic)
        await asyncio.sleep(0.05)
    await room.quiet()
    assert "secret words" in " ".join(room.lines())
    assert "secret words" not in caplog.text
    assert api.token not in caplog.text


async def test_a_bot_that_may_not_write_loses_nothing(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    await room.quiet()
    api.tell(
        "sendMessage",
        status=400,
        times=2,
        description="Bad Request: not enough rights to send text messages to the chat",
    )
    await room.hears(case, "still there?", "m1")
    await api.until(lambda: "👤 still there?" in room.lines(topic.id))


async def test_what_telegram_never_takes_holds_up_nothing(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    topic = await room.topic(case)
    await room.quiet()
    api.tell("sendMessage", status=400, times=9, only=lambda params: "poison" in params["text"])
    await room.hears(case, "poison", "m1")
    await room.quiet()
    await room.hears(case, "next", "m2")
    await api.until(lambda: "👤 next" in room.lines(topic.id))
    assert "👤 poison" not in room.lines(topic.id)


async def test_trouble_of_telegram_is_waited_for(api: BotApi, room: Any) -> None:
    await room.start()
    api.tell("createForumTopic", status=500, times=2, description="Internal Server Error")
    api.tell("sendMessage", status=502, times=2, description="Bad Gateway")
    api.tell("editMessageText", status=400, description="Bad Request: message to edit not found")
    case = await room.opens()
    topic = await room.topic(case)
    await room.presses(case, said("b_claim"))
    await api.until(lambda: topic.name.startswith("🟢"))
    await room.quiet()
    cards = [m for m in room.seen() if "原因 Reason" in m["text"]]
    assert len(cards) == 2, "a card that cannot be changed is posted again"
    assert "处理人 With：李娜" in cards[-1]["text"]
