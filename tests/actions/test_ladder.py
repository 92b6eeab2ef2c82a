from __future__ import annotations

from typing import Any

import pytest

from actions import menu
from actions.ladder import LAST, OFFERS, Guess, guesses, reply
from actions.reply import Button, human_button
from actions.talk import human
from catalog.models import Aspect
from catalog.render import aspect_name
from catalog.store import Catalog
from dialogue.references import NONE_OF_THESE
from language.script import has_han

both_languages = pytest.mark.parametrize("language", ["zh", "en"])

FEE = Guess("work-permit", Aspect.fee)
TIME = Guess("work-permit", Aspect.time)
VISA = Guess("family-visa", Aspect.documents)
BENEFIT = Guess("postdoc", Aspect.benefit)
FOUND = [FEE, VISA, BENEFIT, TIME]


def read(services: dict[str, float], intents: dict[str, float]) -> dict[str, Any]:
    """A parse with rankings of the classifiers."""
    return {
        ranking: [{"name": name, "confidence": sure} for name, sure in sorted(values.items(), key=lambda v: -v[1])]
        for ranking, values in (("service_ranking", services), ("intent_ranking", intents))
    }


@pytest.mark.parametrize(
    ("services", "intents", "service", "expected"),
    [
        ({"work-permit": 0.3}, {"ask_fee": 0.3, "ask_time": 0.2}, None, [FEE, TIME]),
        ({"work-permit": 0.3, "postdoc": 0.03}, {"ask_fee": 0.3}, None, [FEE]),
        ({"none": 0.6, "work-permit": 0.3}, {"thank": 0.5, "ask_human": 0.2, "ask_fee": 0.1}, None, [FEE]),
        ({"work-permit": 0.3}, {"greet": 0.9, "ask_fee": 0.03}, None, [Guess("work-permit", Aspect.overview)]),
        ({}, {"ask_fee": 0.4}, "work-permit", [FEE]),
        ({"none": 0.9}, {"ask_fee": 0.4}, "work-permit", [FEE]),
        ({"none": 0.9}, {"ask_fee": 0.4}, None, []),
        ({"gone": 0.9}, {"ask_fee": 0.4}, None, []),
        ({}, {}, None, []),
    ],
)
def test_what_the_classifiers_read_is_guessed(
    catalog: Catalog,
    services: dict[str, float],
    intents: dict[str, float],
    service: str | None,
    expected: list[Guess],
) -> None:
    assert guesses(catalog, read(services, intents), [], service) == expected


def test_a_message_without_rankings_is_no_guess(catalog: Catalog) -> None:
    assert guesses(catalog, {}, [], None) == []


def test_readings_and_passages_come_by_turns_and_once(catalog: Catalog) -> None:
    message = read({"work-permit": 0.4}, {"ask_fee": 0.3, "ask_time": 0.2})
    assert guesses(catalog, message, [VISA, FEE, BENEFIT], None) == [FEE, VISA, TIME, BENEFIT]


def test_only_what_the_catalog_answers_is_guessed(catalog: Catalog) -> None:
    missing = next(
        Guess(service.id, aspect)
        for service in catalog.services.values()
        for aspect in Aspect
        if aspect not in service.aspects
    )
    assert guesses(catalog, {}, [missing, FEE], None) == [FEE]


def test_one_guess_more_than_offered_is_kept_for_after_a_no(catalog: Catalog) -> None:
    many = [Guess("work-permit", aspect) for aspect in Aspect if aspect in catalog.services["work-permit"].aspects]
    assert guesses(catalog, {}, many, None) == many[: OFFERS + 1]


@both_languages
def test_first_one_guess_is_asked_about(catalog: Catalog, language: str) -> None:
    said = reply(catalog, 0, FOUND, None, language)
    name = f"{getattr(catalog.services['work-permit'].short, language)} · {aspect_name(Aspect.fee, language)}"
    assert name in said.text
    yes, no, person = said.buttons
    assert (yes.intent, yes.entities) == ("ask_fee", {"service": "work-permit"})
    assert (no.intent, no.entities) == (NONE_OF_THESE, {})
    assert person == human_button(language)
    assert (said.asks, said.handoff) == ("yes_no", False)


@both_languages
def test_then_a_few_are_offered(catalog: Catalog, language: str) -> None:
    said = reply(catalog, 1, FOUND, None, language)
    *offers, none, person = said.buttons
    assert offers == [
        Button(
            f"{getattr(catalog.services[guess.service].short, language)} · {aspect_name(guess.aspect, language)}",
            f"ask_{guess.aspect.value}",
            {"service": guess.service},
        )
        for guess in FOUND[:OFFERS]
    ]
    assert (none.intent, person) == (NONE_OF_THESE, human_button(language))
    assert (said.asks, said.handoff) == ("which", False)


@both_languages
@pytest.mark.parametrize("misses", [LAST, LAST + 1, 9])
@pytest.mark.parametrize("found", [FOUND, []], ids=["guesses", "none"])
def test_then_a_person_is_called(catalog: Catalog, misses: int, found: list[Guess], language: str) -> None:
    said = reply(catalog, misses, found, "work-permit", language)
    lead, contacts = said.text.split("\n\n", 1)
    assert has_han(lead) == (language == "zh")
    assert contacts == human(catalog, "work-permit", language).text
    assert list(said.buttons) == menu.category_buttons(catalog, language)
    assert (said.handoff, said.asks) == (True, None)


@both_languages
def test_without_a_guess_all_groups_are_offered_in_two_ways(catalog: Catalog, language: str) -> None:
    first, second = (reply(catalog, misses, [], None, language) for misses in (0, 1))
    assert first.text != second.text
    for said in (first, second):
        assert has_han(said.text) == (language == "zh")
        assert list(said.buttons) == [*menu.category_buttons(catalog, language), human_button(language)]
        assert (said.asks, said.handoff) == (None, False)


@both_languages
def test_every_rung_counts_as_not_understood(catalog: Catalog, language: str) -> None:
    for misses in range(LAST + 1):
        for found in (FOUND, []):
            assert reply(catalog, misses, found, None, language).intent == "nlu_fallback"
