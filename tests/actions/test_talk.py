from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from actions import menu
from actions.answer import answer
from actions.audience import audiences
from actions.reply import human_button
from actions.talk import human, kept, language_changed, neighbour, noted, other_language, out_of_scope
from catalog.models import Aspect
from catalog.neighbours import neighbours
from catalog.render import contact_line
from catalog.store import Catalog
from language.script import has_han

both_languages = pytest.mark.parametrize("language", ["zh", "en"])

ROOT = Path(__file__).parents[2]


@both_languages
def test_who_wants_a_person_is_told_whom_to_call(catalog: Catalog, language: str) -> None:
    for service in [None, *catalog.services]:
        reply = human(catalog, service, language)
        assert (reply.handoff, reply.intent, reply.buttons) == (True, "ask_human", ())
        _, *rows = reply.text.split("\n")
        asked = catalog.services[service].ask if service else ()
        for contact in {*asked, "city-12345", "nia-12367"} - {"talent-service-center"}:
            assert rows.count(f"• {contact_line(catalog.contacts[contact], language)}") == 1
        assert contact_line(catalog.contacts["talent-service-center"], language) not in reply.text


def test_a_changed_language_is_confirmed_in_it() -> None:
    assert language_changed("en", wanted=True).text == "Sure, I will answer in English."
    assert language_changed("zh", wanted=True).text == "好的，我用中文回答。"


@both_languages
def test_without_a_language_the_three_are_offered(language: str) -> None:
    reply = language_changed(language, wanted=False)
    assert has_han(reply.text) == (language == "zh")
    assert [button.payload for button in reply.buttons] == [
        '/change_language{"language": "en"}',
        '/change_language{"language": "zh-Hans"}',
        '/change_language{"language": "zh-Hant"}',
    ]


def test_another_language_is_answered_in_both() -> None:
    english, chinese = other_language().text.split("\n")
    assert not has_han(english)
    assert has_han(chinese)


@both_languages
def test_out_of_scope_says_no_and_what_it_is_for(catalog: Catalog, language: str) -> None:
    reply = out_of_scope(catalog, language)
    assert reply.intent == "out_of_scope"
    assert "12345" in reply.text
    assert list(reply.buttons) == [*menu.category_buttons(catalog, language), human_button(language)]


@both_languages
def test_a_neighbour_is_told_apart_and_what_comes_closest_is_offered(catalog: Catalog, language: str) -> None:
    found = neighbours()["hong-kong-schemes"]
    reply = neighbour(catalog, found, "postdoc", language)
    assert found.service is not None
    closest = getattr(catalog.services[found.service].short, language)
    assert reply.text.startswith(getattr(found, language))
    assert closest in reply.text
    assert [button.title for button in reply.buttons] == [closest, human_button(language).title]
    assert reply.intent == "out_of_scope"


@both_languages
@pytest.mark.parametrize(("likely", "offered"), [("postdoc", ["postdoc"]), (None, []), ("gone", [])])
def test_a_neighbour_without_a_closest_service_takes_the_likeliest(
    catalog: Catalog, likely: str | None, offered: list[str], language: str
) -> None:
    found = neighbours()["shanghai"]
    reply = neighbour(catalog, found, likely, language)
    buttons = menu.service_buttons(offered, Aspect.overview, catalog, language) or menu.category_buttons(
        catalog, language
    )
    assert list(reply.buttons) == [*buttons, human_button(language)]
    assert (reply.text == getattr(found, language)) == (not offered)


@pytest.mark.parametrize(
    ("groups", "zh", "en"),
    [
        (["macao"], "好的，记下了：您是澳门居民。", "Noted: you are a Macao resident."),
        (["hong_kong", "employer"], "好的，记下了：您是香港居民。", "Noted: you are a Hong Kong resident."),
        (["employer"], "好的，记下了：您代表用人单位。", "Noted: you are asking as an employer."),
        (["mainland"], "好的，记下了。", "Noted."),
    ],
)
def test_who_somebody_is_is_noted(catalog: Catalog, groups: list[str], zh: str, en: str) -> None:
    for language, said in (("zh", zh), ("en", en)):
        reply = noted(catalog, audiences(groups), language)
        assert reply.text.startswith(said)
        assert reply.text.removeprefix(said).strip() in ("您想了解什么？", "What would you like to know?")
        assert list(reply.buttons) == [*menu.category_buttons(catalog, language), human_button(language)]


@both_languages
def test_who_keeps_everything_is_told_so(language: str) -> None:
    reply = kept(language)
    assert has_han(reply.text) == (language == "zh")
    assert (reply.intent, reply.forget, reply.buttons) == ("deny", False, (human_button(language),))


def test_every_button_means_an_intent_of_the_domain(catalog: Catalog) -> None:
    intents = yaml.safe_load((ROOT / "domain/intents.yml").read_text(encoding="utf-8"))["intents"]
    replies = [
        *(answer(catalog, service, aspect, "en") for service in catalog.services for aspect in Aspect),
        *(menu.category(catalog, group, Aspect.fee, "en") for group in catalog.categories),
        menu.categories(catalog, "en"),
        language_changed("en", wanted=False),
    ]
    assert {button.intent for reply in replies for button in reply.buttons} <= set(intents)
