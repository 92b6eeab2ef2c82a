"""Looking up the catalog from any chat."""

from __future__ import annotations

from typing import Any

import pytest
from bot_api import BotApi

from bot.channels.telegram import channel as channel_module
from bot.channels.telegram.inline import Finder
from bot.channels.telegram.texts import said
from catalog.store import Catalog
from language.script import has_han


@pytest.fixture(scope="module")
def finder(catalog: Catalog) -> Finder:
    return channel_module._finder(catalog)


@pytest.fixture(autouse=True)
def _built_once(finder: Finder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel_module, "_finder", lambda catalog: finder)


def ask(api: BotApi, text: str, code: str = "en") -> None:
    api.update("inline_query", {"id": f"i-{text}", "from": api.person(7, code), "query": text, "offset": ""})


async def found(api: BotApi, count: int = 1) -> dict[str, Any]:
    await api.until(lambda: len(api.of("answerInlineQuery")) >= count, 15)
    return api.of("answerInlineQuery")[-1]


@pytest.mark.parametrize(
    ("text", "code"), [("work permit documents", "en"), ("工作许可 材料", "en"), ("工作許可材料", "zh-hant")]
)
async def test_services_are_found(api: BotApi, gateway: Any, text: str, code: str) -> None:
    await gateway.start()
    ask(api, text, code)
    answer = await found(api)
    first = answer["results"][0]
    assert first["id"].startswith("work-permit.")
    assert has_han(first["title"]) == has_han(text)
    assert first["reply_markup"]["inline_keyboard"][0][0]["url"] == "https://t.me/QianhaiTestBot?start=work-permit"
    assert first["input_message_content"]["link_preview_options"] == {"is_disabled": True}
    assert said("source", "zh-Hans" if has_han(text) else "en")[:2] in first["input_message_content"][
        "message_text"
    ].replace("來", "来")
    assert answer["is_personal"]
    assert answer["button"]["start_parameter"] == "inline"


async def test_nothing_typed_shows_where_to_begin_and_nothing_found_a_way_to_ask(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    ask(api, "", "zh-hans")
    assert len((await found(api))["results"]) == len(gateway.catalog.categories)
    ask(api, "qwertyuiop zxcvbnm")
    answer = await found(api, 2)
    assert answer["results"] == []
    assert answer["button"]["text"]


async def test_many_letters_one_after_another_do_not_delay_messages(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    for end in range(1, 12):
        ask(api, "work permit"[:end])
    api.say("hi")
    await api.got(1)
    await found(api, 11)


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("work per", "work-permit"),
        ("Work Permit", "work-permit"),
        ("how long does a work permit take", "work-permit"),
        ("个税补贴", "gba-tax-subsidy"),
        ("個稅補貼", "gba-tax-subsidy"),
        ("driving", "driving-licence"),
        ("health check fee", "health-check"),
    ],
)
def test_the_service_that_is_named_comes_first(finder: Finder, text: str, service: str) -> None:
    assert finder.find(text)[0][0] == service


def test_nothing_is_found_for_nothing(finder: Finder) -> None:
    assert finder.find("?") == []
    assert finder.find("qwertyuiop") == []
