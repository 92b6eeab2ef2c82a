from __future__ import annotations

import pytest

from bot.channels.telegram.checklist import checklist
from bot.channels.telegram.keyboards import columns
from bot.channels.telegram.markup import parts
from bot.channels.telegram.menus import MENU, Page, file_of, page
from bot.channels.telegram.replies import TYPED, engine_payload, page_for
from bot.channels.telegram.texts import COMMANDS, TEXTS, said
from bot.engine.protocol import Answer
from catalog.models import Aspect
from catalog.store import Catalog
from language.choice import REPLY_LANGUAGES
from language.script import has_han

LANGUAGES = pytest.mark.parametrize("language", REPLY_LANGUAGES)


def shown(found: Page | None, language: str) -> Page:
    assert found
    assert len(parts(Answer(language, "menu", None, 1.0, found.text, found.buttons, found.sources))) == 1
    return found


@LANGUAGES
def test_every_service_can_be_reached_and_every_page_shown(catalog: Catalog, language: str) -> None:
    seen, todo = {}, [f"{MENU}root"]
    while todo:
        payload = todo.pop()
        seen[payload] = shown(page(catalog, payload, language), language)
        following = [b.payload for b in seen[payload].buttons if b.payload.startswith(MENU) and not file_of(b.payload)]
        todo += [each for each in following if each not in seen and each not in todo]
    assert {f"{MENU}service:{each}" for each in catalog.services} <= set(seen)
    for payload, found in seen.items():
        assert found.buttons[-1].payload == "/ask_human"
        assert len({b.title for b in found.buttons}) == len(found.buttons), payload
        assert max(columns(b.title) for b in found.buttons) <= 64


@LANGUAGES
def test_a_card_offers_every_aspect_and_names_its_source(catalog: Catalog, language: str) -> None:
    service = catalog.services["work-permit"]
    found = shown(page(catalog, f"{MENU}service:work-permit", language), language)
    payloads = [b.payload for b in found.buttons]
    known = [a for a in service.aspects if a is not Aspect.overview]
    assert all(f'/ask_{a.value}{{"service": "work-permit"}}' in payloads for a in known)
    assert f"{MENU}file:work-permit" in payloads
    assert found.sources
    assert (len([u for s in found.sources if (u := s.url)]) > 0) == ("http" in found.text)
    assert has_han(found.text) == (language != "en")


@pytest.mark.parametrize(
    "payload", ["/ask_fee", "menu:", "menu:service:no-such", "menu:category:x", "menu:file:work-permit", "root"]
)
def test_what_leads_nowhere_is_no_page(catalog: Catalog, payload: str) -> None:
    assert page(catalog, payload, "en") is None


@LANGUAGES
def test_every_command_does_something(catalog: Catalog, language: str) -> None:
    for command in COMMANDS:
        found = page_for(command, catalog, language)
        ways = (engine_payload(command, "", catalog) is not None, found is not None, command in TYPED)
        assert sum(ways) == 1, command
        if found:
            shown(found, language)
    assert page_for("restart", catalog, language) is None
    assert engine_payload("restart", "", catalog) is None


def test_a_deep_link_is_a_service_and_nothing_else(catalog: Catalog) -> None:
    assert engine_payload("start", "work-permit", catalog) == '/ask_overview{"service": "work-permit"}'
    for other in ("", "nope", '"}', "work-permit evil", "/restart"):
        assert engine_payload("start", other, catalog) is None


@LANGUAGES
def test_a_file_has_the_whole_checklist(catalog: Catalog, language: str) -> None:
    for service in catalog.services.values():
        text = checklist(catalog, service, language).decode("utf-8-sig")
        papers = sum(1 for s in service.aspects.get(Aspect.documents, ()) if s.document)
        assert text.count("☐") >= papers
        assert "{" not in text


def test_every_text_is_there_in_three_scripts() -> None:
    for name, (chinese, english) in TEXTS.items():
        assert has_han(chinese), name
        assert not has_han(english), name
        values = {"count": 1, "name": "x", "day": "y"}
        assert said(name, "zh-Hant", **values)
    assert "轉人工" in said("human", "zh-Hant")
