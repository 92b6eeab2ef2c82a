from __future__ import annotations

import pytest

from actions.menu import category_buttons, service_buttons
from actions.reply import human_button
from bot.conversation import Pressed, TooLong, Typed, incoming
from bot.engine.protocol import Button
from bot.typed import MAX_CHARACTERS
from catalog.models import Aspect
from catalog.render import aspect_name
from catalog.store import Catalog
from language.traditional import traditional

FEES = Button("Fees", '/ask_fee{"service": "work-permit"}')
STEPS = Button("办理流程", '/ask_steps{"service": "work-permit"}')
HUMAN = Button("Talk to a person", "/ask_human")
BUTTONS = (FEES, STEPS, HUMAN)


@pytest.mark.parametrize("text", ["1", " 1 ", "1.", "1)", "1）", "1。", "１", "①", "01", "\u200b1"])
def test_a_number_presses_its_button(text: str) -> None:
    assert incoming(text, BUTTONS) == Pressed(FEES)


def test_the_last_number_presses_the_last_button() -> None:
    assert incoming("3", BUTTONS) == Pressed(HUMAN)


@pytest.mark.parametrize("text", ["0", "4", "-1", "1.5", "1 2", "１００００", "99999999999", "٣", "first", "", "?"])
def test_a_number_without_a_button_is_text(text: str) -> None:
    assert incoming(text, BUTTONS) == Typed(text)


def test_without_buttons_a_number_is_text() -> None:
    assert incoming("1") == Typed("1")


@pytest.mark.parametrize(
    ("text", "button"),
    [
        ("Fees", FEES),
        ("fees", FEES),
        ("ＦＥＥＳ", FEES),
        ("Fees.", FEES),
        ("办理流程", STEPS),
        (" 办理流程。", STEPS),
        ("TALK TO A PERSON", HUMAN),
        ("/Fees", FEES),
    ],
)
def test_a_whole_title_presses_its_button(text: str, button: Button) -> None:
    assert incoming(text, BUTTONS) == Pressed(button)


@pytest.mark.parametrize("text", ["Fee", "Fees please", "流程", "/ask_human"])
def test_anything_else_is_text(text: str) -> None:
    assert incoming(text, BUTTONS) == Typed(text.removeprefix("/"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_title_of_the_catalog_can_be_typed_as_shown(catalog: Catalog, language: str) -> None:
    buttons = [
        *service_buttons(list(catalog.services), Aspect.fee, catalog, language),
        *category_buttons(catalog, language),
        human_button(language),
    ]
    written = [b.title for b in buttons] + [aspect_name(aspect, language) for aspect in Aspect]
    shown = [Button(title, "/x") for title in dict.fromkeys([*written, *map(traditional, written)])]
    assert [button.title for button in shown if incoming(button.title, shown) != Pressed(button)] == []


def test_the_longest_message_is_read_and_a_longer_one_is_not() -> None:
    assert incoming("字" * MAX_CHARACTERS) == Typed("字" * MAX_CHARACTERS)
    assert incoming("字" * (MAX_CHARACTERS + 1)) == TooLong()
    assert incoming(" " * (MAX_CHARACTERS + 1), BUTTONS) == TooLong()


def test_text_is_made_harmless() -> None:
    assert incoming("／restart") == Typed("restart")
