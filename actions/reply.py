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

    intent: what was understood, after context. handoff: staff were asked for. verdict: of an interview. numbered: whether a
    typed number means a button; not where a number is asked for.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    sources: tuple[Source, ...] = ()
    intent: str | None = None
    handoff: bool = False
    verdict: str | None = None
    numbered: bool = True

    def custom(self, language: str) -> dict[str, Any]:
        """What goes to the gateway beside text and buttons; sources with title, issuer, url and the day read."""
        return {
            "intent": self.intent,
            "handoff": self.handoff,
            "verdict": self.verdict,
            "numbered": self.numbered,
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
