"""What gateway and engine say to each other, as JSON over HTTP."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

STAFF_MUST_DECIDE = "staff_must_decide"
"""The verdict of an interview that only staff can give."""


@dataclass(frozen=True)
class Button:
    """A button of an answer. payload is Rasa's (`/intent{…}`) and stays on the server."""

    title: str
    payload: str


@dataclass(frozen=True)
class Source:
    """Where an answer comes from; read_on is a date, `2026-11-24`."""

    title: str
    issuer: str
    url: str | None
    read_on: str | None


@dataclass(frozen=True)
class Reading:
    """A question that was understood. confidence: of its intent, 0–1."""

    service: str | None
    intent: str
    confidence: float


@dataclass(frozen=True)
class Turn:
    """One message of a conversation: what was typed, or the payload of a button.

    message: its id in the conversation. The message that was answered last is not answered anew but gets the same answer.
    language: `en`, `zh-Hans` or `zh-Hant`, in which somebody is answered who has not written anything yet.
    """

    conversation: str
    text: str = ""
    payload: str | None = None
    message: str | None = None
    language: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Answer:
    """What the engine makes of a turn.

    language: `en`, `zh-Hans` or `zh-Hant`, as the person shall read it; the texts themselves are English or Simplified.
    intent, service: after context; `nlu_fallback` where not understood, service None where none. confidence: of the intent, 0–1.
    readings: what was understood, in order; one, but for messages that ask several things, of which intent and service are
    the first's. handoff: staff were asked for. verdict: of an interview that ended: `likely_eligible`, `not_eligible` or
    `staff_must_decide`. numbered: whether a typed number means a button. forgotten: everything of the conversation was deleted, so
    the gateway deletes what it has too. profile, interview: what is known of the person and what they answered in an interview, name
    and value in words, where staff are needed. ms: engine time of the turn, milliseconds.
    """

    language: str
    intent: str
    service: str | None
    confidence: float
    text: str
    buttons: tuple[Button, ...] = ()
    sources: tuple[Source, ...] = ()
    readings: tuple[Reading, ...] = ()
    handoff: bool = False
    verdict: str | None = None
    numbered: bool = True
    forgotten: bool = False
    profile: tuple[tuple[str, str], ...] = ()
    interview: tuple[tuple[str, str], ...] = ()
    ms: float = field(default=0.0, compare=False)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Answer:
        return cls(
            **{
                **data,
                "buttons": tuple(Button(**button) for button in data["buttons"]),
                "sources": tuple(Source(**source) for source in data["sources"]),
                "readings": tuple(Reading(**reading) for reading in data["readings"]),
                **{name: tuple((k, v) for k, v in data.get(name, ())) for name in ("profile", "interview")},
            }
        )
