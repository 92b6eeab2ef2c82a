"""What an action says: text, buttons and sources, before any channel shapes it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from catalog.models import Source
from catalog.render import pick


@dataclass(frozen=True)
class Button:
    """A button: what it shows, and the intent and entities it stands for."""

    title: str
    intent: str
    entities: dict[str, str] = field(default_factory=dict)

    @property
    def payload(self) -> str:
        """The button in Rasa's own form (`/intent{"entity": "value"}`). It never leaves the server."""
        return f"/{self.intent}{json.dumps(self.entities, ensure_ascii=False)}" if self.entities else f"/{self.intent}"


@dataclass(frozen=True)
class Reply:
    """An answer.

    intent: what was understood, after context. handoff: a person is needed. verdict: of an interview. numbered: whether a
    typed number means a button; not where a number is asked for. asks: what the next message answers, see
    `dialogue.memory.Memory`. forget: all that is kept of the conversation is to be deleted.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    sources: tuple[Source, ...] = ()
    intent: str | None = None
    handoff: bool = False
    verdict: str | None = None
    numbered: bool = True
    asks: str | None = None
    forget: bool = False

    def custom(self, language: str) -> dict[str, Any]:
        """What goes to the gateway beside text and buttons; sources with title, issuer, url and the day read."""
        return {
            "intent": self.intent,
            "handoff": self.handoff,
            "verdict": self.verdict,
            "numbered": self.numbered,
            "asks": self.asks,
            "forget": self.forget,
            "sources": [
                {
                    "title": getattr(source.title, language),
                    "issuer": getattr(source.issuer, language),
                    "url": source.url,
                    "read_on": source.read_on.isoformat() if source.read_on else None,
                }
                for source in self.sources
            ],
        }


def human_button(language: str) -> Button:
    """The way to a person, under every answer."""
    return Button(pick(language, "转人工", "Talk to a person"), "ask_human")


def rating_buttons() -> tuple[Button, Button]:
    """Whether an answer helped."""
    return Button("👍", "feedback", {"says": "up"}), Button("👎", "feedback", {"says": "down"})
