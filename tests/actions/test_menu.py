from __future__ import annotations

import pytest

from actions.menu import LIKELIEST, categories, category, which_service
from actions.reply import Button, human_button
from catalog.models import Aspect
from catalog.store import Catalog
from dialogue.references import NONE_OF_THESE

both_languages = pytest.mark.parametrize("language", ["zh", "en"])


def group_buttons(catalog: Catalog, language: str) -> list[Button]:
    return [
        Button(getattr(group.name, language), "list_services", {"category": group_id})
        for group_id, group in catalog.categories.items()
    ]


@both_languages
def test_all_groups_are_listed_with_all_their_services(catalog: Catalog, language: str) -> None:
    reply = categories(catalog, language)
    first, *rows = reply.text.split("\n")
    assert str(len(catalog.services)) in first
    assert len(rows) == len(catalog.categories)
    for row, (group_id, group) in zip(rows, catalog.categories.items()):
        assert row.startswith(f"• {getattr(group.name, language)}")
        assert all(getattr(service.short, language) in row for service in catalog.in_category(group_id))
    assert list(reply.buttons) == [*group_buttons(catalog, language), human_button(language)]


@both_languages
def test_a_group_offers_its_services_for_the_question_asked(catalog: Catalog, language: str) -> None:
    offered = []
    for group_id, group in catalog.categories.items():
        reply = category(catalog, group_id, Aspect.fee, language)
        assert getattr(group.name, language) in reply.text
        *services, last = reply.buttons
        assert last == human_button(language)
        assert {button.intent for button in services} == {"ask_fee"}
        assert all(
            button.title == getattr(catalog.services[button.entities["service"]].short, language) for button in services
        )
        offered += [button.entities["service"] for button in services]
    assert offered == list(catalog.services)


@pytest.mark.parametrize(
    ("aspect", "language", "text"),
    [
        (Aspect.fee, "en", "“Fees” for which service? Choose one, or type its name."),
        (Aspect.fee, "zh", "您想了解哪项服务的“费用”？请选择，或者直接打出名称。"),
        (None, "en", "Which service do you mean? Choose one, or type its name."),
        (None, "zh", "您想了解哪项服务？请选择，或者直接打出名称。"),
    ],
)
def test_which_service_names_what_was_asked(catalog: Catalog, aspect: Aspect | None, language: str, text: str) -> None:
    reply = which_service(catalog, aspect, [], language)
    assert reply.text == text
    assert (reply.intent, reply.asks) == (aspect and "ask_fee", "which")
    assert list(reply.buttons) == [*group_buttons(catalog, language), human_button(language)]


@pytest.mark.parametrize(("aspect", "intent"), [(Aspect.fee, "ask_fee"), (None, "ask_overview")])
def test_which_service_offers_the_likeliest_ones_the_catalog_has(
    catalog: Catalog, aspect: Aspect | None, intent: str
) -> None:
    likeliest = ["gone", "work-permit", "talent-visa", "postdoc", "e-hub"]
    buttons = which_service(catalog, aspect, likeliest, "en").buttons
    first = buttons[:LIKELIEST]
    assert [button.entities["service"] for button in first] == ["work-permit", "talent-visa", "postdoc"]
    assert {button.intent for button in first} == {intent}
    none = Button("None of these", NONE_OF_THESE)
    assert list(buttons[LIKELIEST:]) == [none, *group_buttons(catalog, "en"), human_button("en")]


@both_languages
def test_no_two_buttons_of_a_reply_look_the_same(catalog: Catalog, language: str) -> None:
    for service in catalog.services:
        titles = [button.title for button in which_service(catalog, None, [service], language).buttons]
        assert len(titles) == len(set(titles)), service
    groups = [category(catalog, group, Aspect.fee, language).buttons[:-1] for group in catalog.categories]
    titles = [button.title for buttons in groups for button in buttons]
    assert len(titles) == len(set(titles))
