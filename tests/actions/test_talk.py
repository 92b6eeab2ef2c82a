from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from actions import menu
from actions.answer import NEXT_ASPECTS, answer
from actions.reply import Button, human_button
from actions.talk import OFFERS, act, human, language_changed, not_understood, other_language, out_of_scope
from catalog.models import Aspect
from catalog.render import aspect_name, contact_line
from catalog.search import Passage
from catalog.store import Catalog
from language.script import has_han

both_languages = pytest.mark.parametrize("language", ["zh", "en"])

ROOT = Path(__file__).parents[2]


def acts() -> list[str]:
    """The intents that the stories give to `action_act`."""
    rules = yaml.safe_load((ROOT / "stories/questions.yml").read_text(encoding="utf-8"))["rules"]
    steps = next(rule["steps"] for rule in rules if {"action": "action_act"} in rule["steps"])
    return [step["intent"] for step in steps[0]["or"]]


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
def test_what_was_not_understood_offers_the_passages_found_all_groups_and_a_person(
    catalog: Catalog, language: str
) -> None:
    passages = [Passage("postdoc", aspect, 0, "en", "text", 0.5) for aspect in NEXT_ASPECTS]
    *offers, last = not_understood(catalog, passages, ["e-hub"], language).buttons
    short = getattr(catalog.services["postdoc"].short, language)
    assert offers[:OFFERS] == [
        Button(f"{short} · {aspect_name(aspect, language)}", f"ask_{aspect.value}", {"service": "postdoc"})
        for aspect in NEXT_ASPECTS[:OFFERS]
    ]
    assert offers[OFFERS:] == menu.category_buttons(catalog, language)
    assert last == human_button(language)


@both_languages
def test_without_passages_the_likeliest_services_are_offered(catalog: Catalog, language: str) -> None:
    services = ["postdoc", "e-hub", "work-permit", "talent-visa"]
    reply = not_understood(catalog, [], services, language)
    assert reply.intent == "nlu_fallback"
    assert list(reply.buttons) == [
        *menu.service_buttons(services[:OFFERS], Aspect.overview, catalog, language),
        *menu.category_buttons(catalog, language),
        human_button(language),
    ]


@both_languages
def test_out_of_scope_says_no_and_what_it_is_for(catalog: Catalog, language: str) -> None:
    reply = out_of_scope(catalog, language)
    assert reply.intent == "out_of_scope"
    assert "12345" in reply.text
    assert list(reply.buttons) == [*menu.category_buttons(catalog, language), human_button(language)]


@both_languages
@pytest.mark.parametrize("intent", [intent for intent in acts() if intent != "estimate_tax"])  # actions.estimate
def test_every_act_is_answered_in_the_language(catalog: Catalog, intent: str, language: str) -> None:
    for service in (None, "work-permit"):
        reply = act(catalog, intent, service, language)
        assert reply.intent == intent
        assert has_han(reply.text.split("\n")[0]) == (language == "zh")
        assert reply.buttons[-1] == human_button(language)


@both_languages
@pytest.mark.parametrize("intent", ["track_application", "complain"])
def test_track_and_complain_name_the_offices_of_the_service(catalog: Catalog, intent: str, language: str) -> None:
    for service in catalog.services.values():
        text = act(catalog, intent, service.id, language).text
        for contact in {*service.ask, "city-12345"} - {"talent-service-center"}:
            assert text.count(contact_line(catalog.contacts[contact], language)) == 1, (service.id, contact)


@both_languages
@pytest.mark.parametrize(
    ("intent", "service", "answered", "aspect"),
    [
        ("check_eligibility", "postdoc", "postdoc", Aspect.eligibility),
    ],
)
def test_a_check_without_an_interview_shows_the_conditions(
    catalog: Catalog, intent: str, service: str | None, answered: str, aspect: Aspect, language: str
) -> None:
    reply = act(catalog, intent, service, language)
    rules = answer(catalog, answered, aspect, language)
    lead, text = reply.text.split("\n\n", 1)
    assert lead
    assert (text, reply.buttons, reply.sources) == (rules.text, rules.buttons, rules.sources)


@both_languages
def test_a_check_without_a_service_asks_for_one(catalog: Catalog, language: str) -> None:
    reply = act(catalog, "check_eligibility", None, language)
    checked = [service.id for service in catalog.services.values() if service.interview]
    assert [button.entities["service"] for button in reply.buttons[:-1]] == checked
    assert reply.buttons[-1] == human_button(language)
    assert reply.sources == ()


def test_every_button_means_an_intent_of_the_domain(catalog: Catalog) -> None:
    intents = yaml.safe_load((ROOT / "domain/intents.yml").read_text(encoding="utf-8"))["intents"]
    replies = [
        *(answer(catalog, service, aspect, "en") for service in catalog.services for aspect in Aspect),
        *(menu.category(catalog, group, Aspect.fee, "en") for group in catalog.categories),
        menu.categories(catalog, "en"),
        language_changed("en", wanted=False),
    ]
    assert {button.intent for reply in replies for button in reply.buttons} <= set(intents)
