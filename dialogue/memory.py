"""What a conversation remembers between two messages. Pure; Rasa keeps it in slots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

EARLIER = 5
"""Services remembered that were under discussion before."""


@dataclass(frozen=True)
class Offer:
    """A button of the last answer. entities: what it stands for beside its intent."""

    title: str
    intent: str
    entities: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Memory:
    """State before a message.

    aspect: of the last question. earlier: services discussed before the present one, latest first. offers: buttons of the last
    answer. asks: what that answer asked for, if anything: `yes_no` (the first two buttons are yes and no), `which` (one of the
    buttons) or `reason` (free text). interviewing: an interview is under way and takes the message first.
    """

    service: str | None = None
    aspect: str | None = None
    earlier: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    asks: str | None = None
    interviewing: bool = False

    @classmethod
    def of(cls, slots: Mapping[str, Any], interviewing: bool) -> Memory:
        """The memory that the slots of a conversation hold."""
        offered = slots.get("offered") or {}
        return cls(
            service=slots.get("service"),
            aspect=slots.get("aspect"),
            earlier=tuple(slots.get("earlier") or ()),
            offers=tuple(Offer(o["title"], o["intent"], o.get("entities") or {}) for o in offered.get("buttons", ())),
            asks=offered.get("asks"),
            interviewing=interviewing,
        )


def offered(offers: Sequence[Offer], asks: str | None) -> dict[str, Any] | None:
    """What to keep of an answer's buttons, as the slot `offered`."""
    if not offers and not asks:
        return None
    return {
        "asks": asks,
        "buttons": [{"title": o.title, "intent": o.intent, "entities": dict(o.entities)} for o in offers],
    }


def left_behind(earlier: Sequence[str], before: str | None, after: str | None) -> list[str]:
    """Services discussed earlier, after the talk went from service `before` to `after`."""
    if before is None or before == after:
        return list(earlier)
    return [before, *(each for each in earlier if each not in (before, after))][:EARLIER]
