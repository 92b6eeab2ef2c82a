"""A person on Telegram while the desk has their conversation: all they do goes to staff, and the assistant says nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from bot_api import BotApi

from bot.channels.telegram.attachments import NO_WORDS
from bot.channels.telegram.texts import COMMANDS, said
from bot.desk.cases import State
from bot.desk.telegram.texts import said as staff_said
from bot.desk.texts import said as desk_said
from bot.store.outbox import Outbox

PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]


@pytest.fixture
async def owned(api: BotApi, room: Any) -> Any:
    """A case that Li Na has, with the channel running."""
    await room.start()
    case = await room.opens()
    await room.desk.say(case.id, await room.staff.get("li.na"), "Hello", "w1", "web")
    await api.until(lambda: "Li Na\nHello" in api.texts(7))
    await room.quiet()
    return case


async def test_whatever_the_person_does_staff_get_it_and_the_assistant_is_silent(
    api: BotApi, room: Any, owned: Any
) -> None:
    before = list(api.texts(7))
    sent: list[tuple[dict[str, Any], str]] = [
        ({"text": "/start"}, "/start"),
        ({"text": "/start work-permit"}, "/start work-permit"),
        ({"text": "/services"}, "/services"),
        ({"text": "/forget"}, "/forget"),
        ({"text": "/restart"}, "/restart"),
        ({"text": "/human"}, "/human"),
        ({"text": '/ask_fee{"service": "x"}'}, '/ask_fee{"service": "x"}'),
        ({"text": "plain"}, "plain"),
        (
            {"text": "forwarded", "forward_origin": {"type": "hidden_user", "sender_user_name": "S", "date": 1}},
            "forwarded",
        ),
        ({"text": None, "sticker": {"emoji": "👍"}}, "👍"),
        ({"text": None, "location": {"latitude": 22.5, "longitude": 113.9}}, "📍 22.50000, 113.90000"),
        ({"text": None, "contact": {"first_name": "A", "phone_number": "+1"}}, "👤 A, +1"),
        ({"text": None, "poll": {"question": "Q?", "options": [{"text": "a"}]}}, "📊 Q? a"),
        ({"text": None, "story": {"id": 1}}, NO_WORDS),
        ({"text": None, "photo": PHOTO, "media_group_id": "a", "caption": "two"}, "two"),
        ({"text": None, "photo": PHOTO, "media_group_id": "a"}, ""),
        ({"text": None, "voice": {"file_id": "v"}}, ""),
        ({"text": None, "document": {"file_id": "d", "file_name": "x.pdf"}, "caption": "/start"}, "/start"),
    ]
    for given, _ in sent:
        api.say(given["text"], user=7, **{name: value for name, value in given.items() if name != "text"})
    await api.until(lambda: len(room.accepted) == len(sent))
    await room.quiet()
    assert [message.text for message in room.accepted] == [expected for _, expected in sent]
    assert [len(message.files) for message in room.accepted[-4:]] == [1, 1, 1, 1]
    assert {message.name for message in room.accepted} == {"Person 7"}
    assert api.texts(7) == [*before, desk_said("forget_how", "en")]
    log = await room.desk.cases.whole_log(owned.id)
    assert [entry.text for entry in log if entry.kind == "person"][1:] == [expected for _, expected in sent]


async def test_every_command_of_the_menu_goes_to_staff(api: BotApi, room: Any, owned: Any) -> None:
    before = list(api.texts(7))
    commands = set(COMMANDS) - {"end", "transcript"}
    for command in commands:
        api.say(f"/{command}", user=7)
    await api.until(lambda: len(room.accepted) == len(commands))
    await room.quiet()
    assert api.texts(7) == [*before, desk_said("forget_how", "en")]
    assert not any(message.payload for message in room.accepted)


async def test_the_transcript_comes_as_a_file(api: BotApi, room: Any, owned: Any) -> None:
    api.say("/transcript", user=7)
    await api.until(lambda: "Here is what was said with staff." in api.texts(7))
    name, content = next(iter(next(call.files for call in api.calls if call.method == "sendDocument").values()))
    assert name == f"transcript-{owned.id}.txt"
    assert "Li Na: Hello" in content.decode("utf-8-sig")


async def test_end_ends_it(api: BotApi, room: Any, owned: Any) -> None:
    api.say("/end", user=7)
    await api.until(lambda: any("You have left" in text for text in api.texts(7)))
    assert (await room.desk.case(owned.id)).state is State.closed
    api.say("/services", user=7)
    await api.until(lambda: any("Choose a group" in text for text in api.texts(7)))


async def test_buttons_of_menus_become_words_and_others_stay_buttons(api: BotApi, room: Any) -> None:
    await room.start()
    api.say("/services", user=7)
    menu = (await api.got(1, 7))[0]
    title = api.titles(menu)[0]
    api.press(menu, title)
    await api.until(lambda: menu["text"] != api.messages[0]["text"] or "which service" in api.messages[0]["text"])
    case = await room.opens()
    await room.desk.say(case.id, await room.staff.get("li.na"), "Hello", "w1", "web")
    await api.until(lambda: "Li Na\nHello" in api.texts(7))
    await room.quiet()
    shown = dict(api.messages[0])
    service = api.titles(shown)[0]
    api.press(shown, service)
    api.press(shown, said("human", "en"))
    api.press_data("b:unknown", shown)
    await api.until(lambda: len(room.accepted) == 2)
    await api.until(lambda: len(api.of("answerCallbackQuery")) == 4)
    await room.quiet()
    assert api.messages[0]["text"] == shown["text"], "the menu is not turned"
    menu_message, human = room.accepted
    assert (menu_message.text, menu_message.button) == (service, None)
    assert (human.text, human.shown) == (None, said("human", "en"))
    assert human.button


async def test_while_they_wait_files_and_edits_go_along_and_the_rest_is_as_ever(api: BotApi, room: Any) -> None:
    await room.start()
    case = await room.opens()
    api.say(None, user=7, photo=PHOTO, caption="My passport")
    api.say(None, user=7, document={"file_id": "d", "file_name": "x.pdf"})
    await api.until(lambda: len(room.accepted) == 2)
    question = api.message("How mcuh is it?", 7)
    number = api.update("message", question)
    await api.until(lambda: len(room.accepted) == 3)
    api.update("edited_message", {**question, "text": "How much is it?"})
    await api.until(lambda: len(room.accepted) == 4)
    assert [(m.text, len(m.files), m.edits) for m in room.accepted] == [
        ("My passport", 1, None), ("", 1, None), ("How mcuh is it?", 0, None), ("How much is it?", 0, str(number)),
    ]  # fmt: skip
    assert not api.texts(7)
    api.say("/services", user=7)
    api.say(None, user=7, sticker={"emoji": "👍"})
    api.update("edited_message", api.message("never seen before", 7))
    await api.until(lambda: len(api.texts(7)) == 3)
    assert api.texts(7)[1:] == [said("sticker", "en"), said("edited", "en")]
    await room.quiet()
    log = await room.desk.cases.whole_log(case.id)
    assert [(e.text, e.edits) for e in log if e.kind == "person"][-1] == ("How much is it?", f"p:{number}")


async def test_without_a_case_files_are_not_taken(api: BotApi, room: Any) -> None:
    await room.start()
    api.say(None, user=7, photo=PHOTO)
    await api.until(lambda: api.texts(7) == [said("photo", "en")])
    assert not room.accepted


async def test_claimed_between_a_look_and_an_answer(api: BotApi, room: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The channel still thinks that the assistant has the conversation when staff take it."""
    await room.start()
    case = await room.opens()
    await room.topic(case)
    real = Outbox.record

    async def record(self: Outbox, outgoing: Any) -> bool:
        if outgoing.conversation == "tg:7" and outgoing.voice == "assistant":
            await room.desk.claim(case.id, await room.staff.get("li.na"), "web")
        return await real(self, outgoing)

    monkeypatch.setattr(Outbox, "record", record)
    for text in ("/services", "/help"):
        api.say(text, user=7)
    api.say(None, user=7, sticker={"emoji": "👍"})
    await api.until(lambda: len(room.accepted) == 3)
    await room.quiet()
    assert [message.text for message in room.accepted] == ["/services", "/help", "👍"]
    assert len(api.texts(7)) == 1
    assert "Li Na has joined" in api.texts(7)[0]


async def test_edits_of_files_never_take_words_back(api: BotApi, room: Any, owned: Any) -> None:
    message = api.message(None, 7, photo=PHOTO)
    api.update("message", message)
    api.update("edited_message", {**message, "photo": [{"file_id": "other", "width": 1, "height": 1}]})
    api.update("edited_message", {**message, "caption": "now with words"})
    await api.until(lambda: len(room.accepted) == 3)
    assert [(m.text, bool(m.files), bool(m.edits)) for m in room.accepted] == [
        ("", True, False), ("", True, False), ("now with words", False, True),
    ]  # fmt: skip


async def test_names_are_clean_and_short(api: BotApi, room: Any, owned: Any) -> None:
    person = {"id": 7, "is_bot": False, "first_name": "Ma\u202erie\n", "last_name": "x" * 90}
    api.update("message", {**api.message("hi", 7), "from": person})
    await api.until(lambda: room.accepted)
    assert room.accepted[0].name == "Marie " + "x" * 58
    await asyncio.sleep(0)


async def test_staff_are_told_that_their_words_did_not_arrive(api: BotApi, room: Any, owned: Any) -> None:
    api.tell(
        "sendMessage",
        status=403,
        description="Forbidden: bot was blocked by the user",
        only=lambda p: p["chat_id"] == 7,
    )
    for number in range(2):
        await room.desk.say(owned.id, await room.staff.get("li.na"), "Are you there?", f"lost{number}", "web")
        await room.quiet()
        assert room.lines().count(staff_said("m_undelivered")) == number + 1
    api.say("Yes", user=7)
    await room.quiet()
    await room.desk.say(owned.id, await room.staff.get("li.na"), "Welcome back", "w2", "web")
    await api.until(lambda: "Li Na\nWelcome back" in api.texts(7))
    await room.quiet()
    assert room.lines().count(staff_said("m_undelivered")) == 2
