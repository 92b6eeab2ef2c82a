"""What becomes of an incoming message. Pure: decides, and leaves asking and sending to others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from bot.desk.cases import Owner, Ownership, Reason
from bot.desk.person import PAYLOAD
from bot.engine.protocol import STAFF_MUST_DECIDE, Answer
from bot.messages import Incoming
from bot.typed import MAX_CHARACTERS, harmless


@dataclass(frozen=True)
class Typed:
    """Ordinary text for the engine."""

    text: str


@dataclass(frozen=True)
class Payload:
    """An intent that a button or the channel names, for the engine."""

    payload: str


@dataclass(frozen=True)
class TooLong:
    """More than is read; answered without the engine."""


@dataclass(frozen=True)
class Stale:
    """A button that means nothing any more."""


@dataclass(frozen=True)
class ForStaff:
    """For the staff who own the conversation. case: theirs."""

    case: str


@dataclass(frozen=True)
class ForDesk:
    """A button of the desk itself: a rating, a skip …"""

    payload: str


@dataclass(frozen=True)
class Files:
    """Files to the assistant, which cannot read them. case: the one that waits, to which they are added."""

    case: str | None


Fate = Union[Typed, Payload, TooLong, Stale, ForStaff, ForDesk, Files]


def fate(message: Incoming, owned: Ownership | None, payload: str | None) -> Fate:
    """What becomes of a message. payload: of its button or of the message itself; None for a text or a button that is unknown."""
    if payload is not None and payload.startswith(PAYLOAD + "{"):
        return ForDesk(payload)
    if owned and owned.owner is Owner.staff:
        return ForStaff(owned.case)
    if message.files:
        return Files(owned.case if owned else None)
    if payload is not None:
        return Payload(payload)
    return Stale() if message.button is not None else typed(message.text or "")


def typed(text: str) -> Typed | TooLong:
    """What a typed message is to the assistant."""
    return TooLong() if len(text) > MAX_CHARACTERS else Typed(harmless(text))


def needs_staff(answer: Answer) -> Reason | None:
    """Why staff are needed after an answer of the engine, if they are."""
    if answer.verdict == STAFF_MUST_DECIDE:
        return Reason.interview
    if not answer.handoff:
        return None
    return {"complain": Reason.complaint, "nlu_fallback": Reason.not_understood}.get(answer.intent, Reason.asked)
