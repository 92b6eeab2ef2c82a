"""What becomes of an incoming message. Pure: decides, and leaves asking and sending to others."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.engine.protocol import Button
from bot.typed import MAX_CHARACTERS, harmless


@dataclass(frozen=True)
class Typed:
    """Ordinary text for the engine."""

    text: str


@dataclass(frozen=True)
class Pressed:
    """A button, pressed or typed by number or title."""

    button: Button


@dataclass(frozen=True)
class TooLong:
    """More than is read; answered without the engine."""


def incoming(text: str, buttons: Sequence[Button] = (), numbered: bool = True) -> Typed | Pressed | TooLong:
    """What a message is, given the buttons under the last answer. numbered: whether a number means one of them."""
    if len(text) > MAX_CHARACTERS:
        return TooLong()
    typed = harmless(text)
    button = _meant(typed, buttons, numbered)
    return Pressed(button) if button else Typed(typed)


def _meant(text: str, buttons: Sequence[Button], numbered: bool) -> Button | None:
    """The button whose number or whole title the text is."""
    folded = _fold(text)
    if numbered and folded.isascii() and folded.isdigit() and len(folded) < 4:
        number = int(folded)
        return buttons[number - 1] if 1 <= number <= len(buttons) else None
    return next((button for button in buttons if folded and _fold(button.title) == folded), None)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip(" .。)").casefold()
