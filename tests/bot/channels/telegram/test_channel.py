"""Updates of every kind in, replies out, through a real Bot API server and a real Redis."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from bot_api import BotApi

from bot.channels.telegram.texts import COMMANDS, said
from language.script import has_han

GROUP = -100123
PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]


async def settled(api: BotApi, gateway: Any, seconds: float = 0.4) -> None:
    """Wait until everything said was handled, and a moment longer."""
    await api.until(
        lambda: not api.updates or api.updates[-1]["update_id"] < (api.of("getUpdates")[-1].get("offset") or 0)
    )
    await asyncio.sleep(seconds)


async def test_a_question_is_answered(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    number = api.say("How long does a <work> permit take?")
    message = (await api.got(1))[0]
    assert message["text"] == "heard How long does a <work> permit take?"
    assert message["chat"]["id"] == 7
    assert gateway.accepted[0].message_id == str(number)
    assert gateway.accepted[0].conversation == "tg:7"
    assert message["params"]["link_preview_options"] == {"is_disabled": True}
    assert all(b["callback_data"].startswith("b:") and "ask" not in b["callback_data"] for row in message["reply_markup"]["inline_keyboard"] for b in row)  # fmt: skip


async def test_a_pressed_button_goes_to_the_engine_and_is_always_answered(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    api.say("hi")
    message = (await api.got(1))[0]
    api.press(message, "Fees")
    await api.got(2)
    assert gateway.accepted[-1].button == api.button(message, "Fees")[2:]
    await api.until(lambda: len(api.of("answerCallbackQuery")) == 1)
    for data in ("b:unknown", "/restart", "menu:root"):
        api.press_data(data, message)
    api.press(message, "Fees", user=8)  # from another conversation
    await api.until(lambda: len(api.of("answerCallbackQuery")) == 5)
    texts = [params.get("text") for params in api.of("answerCallbackQuery")]
    assert texts.count(said("stale", "en")) == 3
    assert len(gateway.accepted) == 3  # hi, Fees, and Fees of a private chat, which is the same conversation


async def test_buttons_of_another_person_in_a_group_do_nothing(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    api.say("@QianhaiTestBot hi", user=7, chat=GROUP)
    message = (await api.got(1))[0]
    api.press(message, "Fees", user=8, code="zh-hans")
    await api.until(lambda: api.of("answerCallbackQuery"))
    assert api.of("answerCallbackQuery")[0]["text"] == said("stale_group", "zh-Hans")
    assert len(gateway.accepted) == 1


async def test_menus_are_turned_in_place_until_an_aspect_is_chosen(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    api.say("/services", code="zh-hans")
    menu = (await api.got(1))[0]
    for title, expected in (
        ("签证与居留", "签证与居留：请选择"),
        ("‹ 返回", "我可以回答"),
        ("来前海工作", "请选择一项服务"),
    ):
        api.press(menu, title, code="zh-hans")
        await api.until(lambda expected=expected: expected in menu_text(api))
        menu = api.messages[0]
    short = gateway.catalog.services["work-permit"].short.zh
    api.press(menu, short, code="zh-hans")
    await api.until(lambda: f"{short} · 简介" in menu_text(api))
    assert len(api.messages) == 1
    assert not gateway.accepted
    api.press(api.messages[0], "所需材料", code="zh-hans")
    await api.got(2)
    found = await gateway.buttons.find("tg:7", gateway.accepted[0].button)
    assert found.payload == '/ask_documents{"service": "work-permit"}'


def menu_text(api: BotApi) -> str:
    return str(api.messages[0]["text"])


async def test_a_menu_that_cannot_be_edited_comes_as_a_new_message(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    api.say("/services")
    menu = (await api.got(1))[0]
    api.tell("editMessageText", status=400, description="Bad Request: message can't be edited")
    api.press(menu, "Visas and residence")
    assert "Visas and residence: which service?" in (await api.got(2))[1]["text"]


async def test_a_menu_pressed_twice_is_no_trouble(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    api.say("/services")
    menu = dict((await api.got(1))[0])
    api.tell(
        "editMessageText", status=429, parameters={"retry_after": 1}, description="Too Many Requests: retry after 1"
    )
    for _ in range(2):
        api.press(menu, "Visas and residence")
    await api.until(lambda: len(api.of("editMessageText")) >= 3)
    await settled(api, gateway)
    assert len(api.messages) == 1
    assert len(api.of("answerCallbackQuery")) == 2


async def test_a_service_comes_as_a_file(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    api.say("/services", code="zh-hant")
    menu = (await api.got(1))[0]
    api.press(menu, "來前海工作", code="zh-hant")
    await api.until(lambda: "請選擇" in menu_text(api))
    api.press(api.messages[0], api.titles(api.messages[0])[0], code="zh-hant")
    await api.until(lambda: "簡介" in menu_text(api))
    api.press(api.messages[0], said("file", "zh-Hant"), code="zh-hant")
    await api.until(lambda: api.of("sendDocument"))
    name, content = next(call.files["document"] for call in api.calls if call.method == "sendDocument")
    assert name.endswith(".txt")
    assert "☐" in content.decode("utf-8-sig")
    assert "來源" in content.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("command", "payload"),
    [
        ("/start work-permit", '/ask_overview{"service": "work-permit"}'),
        ("/language", "/change_language"),
        ("/human", "/ask_human"),
        ("/forget", "/delete_my_data"),
    ],
)
async def test_commands_of_the_engine(api: BotApi, gateway: Any, command: str, payload: str) -> None:
    await gateway.start()
    api.say(command)
    await api.got(1)
    assert gateway.accepted[0].payload == payload
    assert gateway.accepted[0].text is None


@pytest.mark.parametrize("code", ["en", "zh-hans", "zh-hant"])
async def test_commands_that_need_no_engine(api: BotApi, gateway: Any, code: str) -> None:
    await gateway.start()
    for number, command in enumerate(
        ("/start", "/start nothing", "/help", "/services", "/privacy", "/feedback"), start=1
    ):
        api.say(command, user=number, code=code)
    messages = await api.got(6)
    assert not gateway.accepted
    assert all(has_han(m["text"]) == (code != "en") and api.titles(m) for m in messages)


async def test_typed_commands_of_rasa_are_words(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    api.say("/restart now")
    api.say('/ask_fee{"service": "x"}')
    await api.got(2)
    assert [m.text for m in gateway.accepted] == ["restart now", '/ask_fee{"service": "x"}']
    assert not any(m.payload for m in gateway.accepted)


async def test_what_cannot_be_read_gets_kind_words(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    kinds = {
        "photo": {"photo": PHOTO},
        "voice": {"voice": {"file_id": "f", "duration": 1}},
        "video": {"video_note": {}},
        "sticker": {"sticker": {}},
        "file_in": {"document": {"file_id": "f"}},
        "location": {"location": {"latitude": 22.5, "longitude": 113.9}},
        "contact": {"contact": {"phone_number": "1"}},
        "other": {"poll": {}},
    }
    for user, (_, more) in enumerate(kinds.items(), start=1):
        api.say(None, user=user, code="zh-hans", **more)
    await api.got(len(kinds))
    for user, kind in enumerate(kinds, start=1):
        assert api.texts(user) == [said(kind, "zh-Hans")]
    assert not gateway.accepted


async def test_an_album_is_answered_once_and_its_caption_is_a_question(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    for number in range(4):
        more = {"caption": "What is this?"} if number == 0 else {}
        api.say(None, photo=PHOTO, media_group_id="album", **more)
    await api.got(2)
    await settled(api, gateway)
    assert sorted(api.texts()) == sorted([said("photo", "en"), "heard What is this?"])


async def test_an_edited_message_gets_a_word_once(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    for _ in range(3):
        api.update("edited_message", api.message("changed"))
    await api.got(1)
    await settled(api, gateway)
    assert api.texts() == [said("edited", "en")]


async def test_in_groups_only_the_addressed_are_answered_as_a_reply_in_their_topic(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    api.say("just talking", chat=GROUP)
    api.say(None, chat=GROUP, photo=PHOTO)
    asked = api.message("@QianhaiTestBot how long?", 7, GROUP, message_thread_id=5, is_topic_message=True)
    api.update("message", asked)
    api.say("@QianhaiTestBot", user=8, chat=GROUP)
    api.say("/help@QianhaiTestBot", user=9, chat=GROUP)
    await api.got(3)
    await settled(api, gateway)
    assert len(api.messages) == 3
    assert [m.conversation for m in gateway.accepted] == [f"tg:{GROUP}:7"]
    answer = next(m for m in api.messages if m["text"].startswith("heard how long?"))
    assert answer["params"]["reply_parameters"]["message_id"] == asked["message_id"]
    assert answer["params"]["reply_parameters"]["allow_sending_without_reply"]
    assert answer["params"]["message_thread_id"] == 5
    assert said("empty", "en") in api.texts()


async def test_joining_a_group_is_introduced_leaving_is_remembered(api: BotApi, gateway: Any, redis: Any) -> None:
    channel = await gateway.start()

    def change(chat: int, before: str, after: str) -> None:
        states = {f"{w}_chat_member": {"status": s, "user": api.me()} for w, s in (("old", before), ("new", after))}
        api.update("my_chat_member", {"chat": api.chat(chat), "from": api.person(7), "date": 1, **states})

    change(GROUP, "left", "member")
    assert (await api.got(1))[0]["text"] == said("group", "en")
    change(7, "member", "kicked")
    await settled(api, gateway)
    assert await channel.memory.blocked(7)
    change(7, "kicked", "member")
    await settled(api, gateway)
    assert not await channel.memory.blocked(7)


async def test_kinds_nobody_asked_for_and_broken_updates_stop_nothing(api: BotApi, gateway: Any, caplog: pytest.LogCaptureFixture) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    await gateway.start()
    api.update("channel_post", {**api.message("secret words"), "chat": {"id": -5, "type": "channel", "title": "C"}})
    api.update("message", {"message_id": "no number", "text": "secret words", "chat": 5})
    api.update("message", {})
    api.update("callback_query", {"id": "q", "from": {"id": 1}, "data": None})
    api.update("inline_query", {"id": "q"})
    api.update("my_chat_member", {"chat": {}})
    api.update("message_reaction", {"a": "b"})
    api.say("after all that")
    assert (await api.got(1))[0]["text"] == "heard after all that"
    assert "secret words" not in caplog.text
    assert api.token not in caplog.text


async def test_fixed_answers_are_in_the_language_of_the_last_answer(api: BotApi, gateway: Any) -> None:
    channel = await gateway.start()
    api.say("请用中文", code="en")
    await api.got(1)
    await settled(api, gateway)
    await channel.memory.set_language("tg:7", "zh-Hant")
    api.say(None, photo=PHOTO, code="en")
    assert (await api.got(2))[1]["text"] == said("photo", "zh-Hant")
    assert gateway.accepted[0].language == "en"
    api.say("再问", code="en")
    await api.got(3)
    assert gateway.accepted[-1].language == "zh-Hant"


async def test_command_menus_are_set_in_each_language_and_refusal_is_tolerated(api: BotApi, gateway: Any) -> None:
    api.refuse_language = {"zh-hant", "en"}
    await gateway.start()
    await api.until(lambda: len(api.of("setMyCommands")) == 4)
    menus = {p.get("language_code"): p["commands"] for p in api.of("setMyCommands")}
    assert set(menus) == {None, "en", "zh", "zh-hant"}
    assert all([c["command"] for c in menu] == list(COMMANDS) for menu in menus.values())
    assert has_han(menus["zh"][0]["description"])
    assert "刪除我的數據" in [c["description"] for c in menus["zh-hant"]] or "轉人工" in str(menus["zh-hant"])
    api.say("hi")
    await api.got(1)


async def test_typing_is_shown_while_a_turn_runs(api: BotApi, gateway: Any) -> None:
    channel = await gateway.start()
    async with channel.typing("tg:7"):
        await api.until(lambda: api.of("sendChatAction"))
    assert api.of("sendChatAction") == [{"chat_id": 7, "action": "typing"}]
    api.tell("sendChatAction", status=403, times=99)
    async with channel.typing("tg:7"), channel.typing("web:1"):
        await asyncio.sleep(0.1)


async def test_an_answer_of_our_own_comes_once_though_the_update_comes_twice(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    content = api.message("/help")
    number = api.update("message", content)
    await api.got(1)
    await settled(api, gateway)
    api.updates.append({"update_id": number, "message": content})
    await gateway.redis.delete(*await gateway.redis.keys("qta:telegram:offset:*"))
    await gateway.stop()
    await gateway.start()
    api.say("hi")
    await api.got(2)
    assert len(api.messages) == 2
