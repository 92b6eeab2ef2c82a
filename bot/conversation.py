"""What becomes of an incoming message. Pure: decides, and leaves asking and sending to others."""

from __future__ import annotations

from dataclasses import dataclass

from bot.typed import MAX_CHARACTERS, harmless


@dataclass(frozen=True)
class Typed:
    """Ordinary text for the engine."""

    text: str


@dataclass(frozen=True)
class TooLong:
    """More than is read; answered without the engine."""


def incoming(text: str) -> Typed | TooLong:
    """What a typed message is."""
    return TooLong() if len(text) > MAX_CHARACTERS else Typed(harmless(text))
