"""Words of staff on their way to people: names, files, edits, withdrawals; each at most once."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import Any

import pytest
from bot_api import BotApi

from bot.channels.telegram.pacing import Pace, Rate
from bot.channels.telegram.texts import said
from bot.engine.protocol import Answer, Button
from bot.messages import File, Outgoing
from bot.store.files import Files, new_file

FAST = Rate(1000, 100)
numbers = itertools.count(1)


def fast() -> Pace:
    return Pace(FAST, FAST, FAST)


async def says(gateway: Any, text: str, name: str | None = None, conversation: str = "tg:7", language: str = "en", **given: Any) -> str:  # fmt: skip
    """Staff say something; the id of the reply."""
    name = name or f"case-1-s:{next(numbers)}"
    answer = Answer(language, "desk", None, 1.0, text, given.pop("buttons", ()), numbered=False)
    given = {"voice": "staff", "author": "Li Na", **given}
    await gateway.outbox.record(Outgoing(name, "telegram", conversation, (), answer, (), time.time(), **given))
    return name


async def empty(gateway: Any) -> None:
    for _ in range(800):
        if not await gateway.outbox.length("telegram"):
            return
        await asyncio.sleep(0.01)
    raise TimeoutError("replies are left in the outbox")


async def test_a_file_comes_with_name_and_text(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    file = new_file("document", "form.pdf", "application/pdf", 4)
    await Files(gateway.redis).put(file, b"form")
    await says(gateway, "Fill this <in>", files=(file,))
    await empty(gateway)
    (message,) = api.messages
    assert message["text"] == "Li Na\nFill this <in>"
    assert next(iter(api.calls[-1].files.values())) == ("form.pdf", b"form")


async def test_a_notice_has_buttons_below_its_file(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    file = new_file("document", "t.txt", "text/plain", 4, api.file("document", b"talk"))
    answer = Answer("en", "desk", None, 1.0, "What was said", (Button("Skip", "/desk{}"),))
    await gateway.outbox.record(
        Outgoing("n", "telegram", "tg:7", (), answer, ("abc",), time.time(), "notice", None, (file,))
    )
    await empty(gateway)
    (message,) = api.messages
    assert message["text"] == "What was said"
    assert api.titles(message) == ["Skip"]


async def test_a_file_that_is_gone_is_said(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    await says(
        gateway,
        "See this",
        files=(new_file("photo", "a.png", "image/png", 4), new_file("photo", "b.png", "image/png", 4)),
    )
    await says(gateway, "next")
    await empty(gateway)
    gone = [said("file_gone", "en", name=name) for name in ("a.png", "b.png")]
    assert api.texts() == [f"Li Na\nSee this\n{gone[0]}", f"Li Na\n{gone[1]}", "Li Na\nnext"]


async def test_edited_and_withdrawn_in_place(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    first = await says(gateway, "teh fee")
    await says(gateway, "another")
    await says(gateway, "the fee", edits=first)
    await says(gateway, "the fee!", edits=first)
    await empty(gateway)
    assert api.texts() == ["Li Na\nthe fee!", "Li Na\nanother"]
    assert api.messages[0]["params"]["text"] == "<b>Li Na</b>\nteh fee"
    await says(gateway, "", edits=first)
    await empty(gateway)
    assert api.texts() == ["Li Na\nanother"]


async def test_a_caption_is_edited_and_the_file_withdrawn(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    file = new_file("document", "a.pdf", "application/pdf", 4, api.file("document", b"x"))
    first = await says(gateway, "teh form", files=(file,))
    await says(gateway, "the form", edits=first)
    await empty(gateway)
    assert api.texts() == ["Li Na\nthe form"]
    await says(gateway, "x" * 1100, edits=first)
    await empty(gateway)
    assert api.texts() == ["Li Na\nthe form", "Li Na\n(corrected) " + "x" * 1100], "too long for a caption"
    other = await says(gateway, "wrong file", files=(file,))
    await says(gateway, "", edits=other)
    await empty(gateway)
    assert not any("wrong file" in text for text in api.texts())


async def test_a_long_text_is_edited_over_all_its_messages(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    first = await says(gateway, "\n".join(["a" * 3000, "b" * 3000, "c" * 3000]))
    await says(gateway, "\n".join(["d" * 3000, "e" * 3000]), edits=first)
    await empty(gateway)
    assert api.texts() == ["Li Na\n" + "d" * 3000, "e" * 3000]
    await says(gateway, "", edits=first)
    await empty(gateway)
    assert api.texts() == []


@pytest.mark.parametrize("how", ["unknown", "refused"])
async def test_what_cannot_be_edited_is_said_anew(api: BotApi, gateway: Any, how: str) -> None:
    await gateway.start(pace=fast())
    first = await says(gateway, "旧", language="zh-Hans")
    await empty(gateway)
    if how == "unknown":
        await gateway.redis.delete(*await gateway.redis.keys("qta:telegram:messages:*"))
    else:
        api.tell("editMessageText", status=400, description="Bad Request: message can't be edited")
    await says(gateway, "新", edits=first, language="zh-Hans")
    await says(gateway, "更新", edits=first, language="zh-Hans")
    await says(gateway, "下一条", language="zh-Hans")
    await empty(gateway)
    assert api.texts() == ["Li Na\n旧", "Li Na\n更新", "Li Na\n下一条"], "the second edit changes what was said anew"


async def test_what_cannot_be_deleted_says_that_it_was_withdrawn(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    first = await says(gateway, "舊", language="zh-Hant")
    await empty(gateway)
    api.tell("deleteMessage", status=400, description="Bad Request: message can't be deleted for everyone")
    await says(gateway, "", edits=first, language="zh-Hant")
    await says(gateway, "", edits="case-1-s:never")
    await empty(gateway)
    assert api.texts() == [said("withdrawn", "zh-Hant")]


async def test_an_edit_waits_for_telegram_and_its_answer_may_be_lost(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    first = await says(gateway, "old")
    await empty(gateway)
    api.tell("editMessageText", status=502, description="Bad Gateway", times=2)
    api.tell("editMessageText", drop="after")
    await says(gateway, "new", edits=first)
    await says(gateway, "next")
    await empty(gateway)
    assert api.texts() == ["Li Na\nnew", "Li Na\nnext"]


async def test_a_restart_between_a_message_and_its_edit_changes_nothing(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    first = await says(gateway, "old")
    await empty(gateway)
    await gateway.stop()
    await says(gateway, "new", edits=first)
    await gateway.start(pace=fast())
    await empty(gateway)
    assert api.texts() == ["Li Na\nnew"]


@pytest.mark.parametrize("how", [{"drop": "after"}, {"raw": b'{"ok": true, "result": {}}'}])
async def test_a_file_that_may_have_arrived_is_not_sent_again(api: BotApi, gateway: Any, how: dict[str, Any]) -> None:
    await gateway.start(pace=fast())
    api.tell("sendDocument", **how)
    file = new_file("document", "a.pdf", "application/pdf", 4, api.file("document", b"x"))
    await says(gateway, "a form", files=(file,))
    await says(gateway, "next")
    await empty(gateway)
    assert api.texts() == ["Li Na\na form", "Li Na\nnext"]


async def test_killed_while_a_file_and_an_edit_are_under_way(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    first = await says(gateway, "old", conversation="tg:8")
    await empty(gateway)
    api.tell("sendDocument", slow=0.4)
    api.tell("editMessageText", slow=0.4)
    file = new_file("document", "a.pdf", "application/pdf", 4, api.file("document", b"x"))
    await says(gateway, "a form", files=(file,))
    await says(gateway, "new", edits=first, conversation="tg:8")
    await api.until(lambda: api.of("sendDocument") and api.of("editMessageText"))
    await asyncio.sleep(0.1)
    await gateway.kill()
    await gateway.start(pace=fast())
    await says(gateway, "next")
    await empty(gateway)
    assert api.texts(7) == ["Li Na\na form", "Li Na\nnext"]
    assert api.texts(8) == ["Li Na\nnew"]


async def test_in_a_group_staff_answer_the_last_message_of_the_person(api: BotApi, gateway: Any) -> None:
    group = -100123
    await gateway.start(pace=fast())
    asked = api.message("@QianhaiTestBot help", 7, group, message_thread_id=5, is_topic_message=True)
    api.update("message", asked)
    await api.got(1)
    await says(gateway, "Hello", conversation=f"tg:{group}:7")
    message = (await api.got(2))[1]
    assert message["params"]["reply_parameters"]["message_id"] == asked["message_id"]
    assert message["params"]["message_thread_id"] == 5


async def test_the_channel_gives_the_bytes_of_files(api: BotApi, gateway: Any) -> None:
    channel = await gateway.start(pace=fast())
    file = new_file("document", "a.pdf", "application/pdf", 4, api.file("document", b"form"))
    assert await channel.download(file) == b"form"
    assert await Files(gateway.redis).get(file.id) == b"form"
    assert await channel.download(File("../x", "document", "a", "b", 1)) is None
