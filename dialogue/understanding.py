"""What a message means in its conversation, where that differs from what it says alone. Pure.

The classifiers read each message by itself. Here a number or "the second one" becomes the button it means, "yes" the answer to
what was asked, "and for my wife?" a question with the aspect of the last one, "no, I meant the residence permit" the last question about
another service, and "back to the tax thing" a return to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dialogue import ellipsis
from dialogue.asking import asks
from dialogue.context import BUTTON, CONTEXT, NONE, SERVICE_SURE, named, wanted_language
from dialogue.memory import Memory
from dialogue.plain_words import plainly
from dialogue.profile import said_of_oneself
from dialogue.references import referred, thumb
from language.script import simplify

OWN_MATTER = 0.6
"""Confidence from which a message that might be an answer or an ellipsis is what it was read as."""

LIKELY = 0.5
"""Confidence from which a service that is not named is what an ellipsis speaks of."""

FOLLOWS = 0.1
"""Confidence from which an earlier service is the one that a return speaks of."""

FRAGMENT = 3
"""Characters up to which a message says too little to be out of scope."""

PENDING = ("subscribe", "track_application")
"""Acts that ask which service is meant."""

SHORT = 45
"""Characters up to which a statement of who somebody is stands alone."""


def understood(
    message: Mapping[str, Any],
    memory: Memory,
    families: Mapping[str, str],
    neighbour: Callable[[str, Sequence[str]], str | None],
) -> dict[str, Any] | None:
    """Intent and entities that a parsed message has in its conversation, or None where it means what it says alone.

    message: as Rasa parses it (text, intent, entities, `service_ranking`, `questions`). families: for a service, the one that is about
    the family of those who use it. neighbour: the id of the matter of somebody else that a text is about, given the services of ours that it seems to be about.
    """
    text = str(message.get("text") or "")
    offer = referred(text, memory)
    if offer:
        return _meant(offer.intent, offer.entities, BUTTON)
    if memory.interviewing:
        return None
    rated = thumb(text)
    if rated:
        return _meant("feedback", {"says": rated}, CONTEXT)
    if memory.asks == "reason" and not asks(simplify(text)) and not _something_else(message):
        return _meant("feedback", {"says": "reason:other"}, CONTEXT)
    if message.get("questions"):
        return None
    plain = plainly(message, memory.asks == "yes_no")
    if plain:
        return {"intent": {**message["intent"], "name": plain}, "entities": list(message.get("entities") or ())}
    pending = _pending(message, memory)
    if pending:
        return pending
    if (
        memory.offers
        and memory.offers[0].intent.startswith("ask_")
        and ellipsis.is_about_us(text)
        and not named(message)
    ):
        return _meant(memory.offers[0].intent, memory.offers[0].entities, BUTTON)
    ours = [*named(message), *filter(None, [_likeliest(message, LIKELY)])]
    other = neighbour(text, ours) if _asks_us(message) else None
    if other:
        return _meant("out_of_scope", {"neighbour": other}, CONTEXT)
    return (
        _returned(message, memory)
        or _corrected(message, memory)
        or _completed(message, memory, families)
        or _introduced(message, memory)
        or _fragment(message)
    )


def _asks_us(message: Mapping[str, Any]) -> bool:
    """Whether a message is a question or an act that might be somebody else's matter."""
    intent, _ = _intent(message)
    return (intent.startswith("ask_") and intent != "ask_human") or intent in _MATTERS


_MATTERS = ("out_of_scope", "nlu_fallback", "check_eligibility", "estimate_tax", "track_application")


def _introduced(message: Mapping[str, Any], memory: Memory) -> dict[str, Any] | None:
    """Somebody only says who they are, with nothing under discussion."""
    text = str(message.get("text") or "")
    entities = list(message.get("entities") or ())
    intent, confidence = _intent(message)
    unclear = confidence < OWN_MATTER or _stray(intent) or intent in ("affirm", "greet")
    if memory.service or len(text) > SHORT or not unclear or ellipsis.asks_something(text, _spans(message)):
        return None
    if not said_of_oneself(text, entities):
        return None
    said = {"entity": "says", "value": "noted", "extractor": CONTEXT}
    return {"intent": {"name": "list_services", "confidence": confidence}, "entities": [said, *entities]}


def _fragment(message: Mapping[str, Any]) -> dict[str, Any] | None:
    """A few letters that are nobody's matter were not understood, rather than out of scope."""
    intent, _ = _intent(message)
    if intent != "out_of_scope" or len(str(message.get("text") or "").strip()) > FRAGMENT:
        return None
    return {"intent": {"name": "nlu_fallback", "confidence": 0.0}, "entities": list(message.get("entities") or ())}


def _meant(intent: str, entities: Mapping[str, str], extractor: str) -> dict[str, Any]:
    return {
        "intent": {"name": intent, "confidence": 1.0},
        "entities": [{"entity": name, "value": value, "extractor": extractor} for name, value in entities.items()],
    }


def _about(message: Mapping[str, Any], service: str, aspect: str) -> dict[str, Any]:
    """A question about an aspect of a service; what else the message says (who somebody is) stays."""
    confidence = float(message["intent"].get("confidence") or 0.0)
    entities = [e for e in message.get("entities") or () if e["entity"] != "service"]
    meant = {"entity": "service", "value": service, "extractor": CONTEXT}
    return {"intent": {"name": f"ask_{aspect}", "confidence": confidence}, "entities": [meant, *entities]}


def _intent(message: Mapping[str, Any]) -> tuple[str, float]:
    intent = message.get("intent") or {}
    return str(intent.get("name") or ""), float(intent.get("confidence") or 0.0)


def _own_aspect(message: Mapping[str, Any]) -> str | None:
    """The aspect that a message asks for itself, or None."""
    intent, _ = _intent(message)
    asks = ellipsis.asks_something(str(message.get("text") or ""), _spans(message))
    return intent.removeprefix("ask_") if asks and intent.startswith("ask_") and intent != "ask_human" else None


def _something_else(message: Mapping[str, Any]) -> bool:
    """Whether somebody who was asked for a reason wants a person or only takes leave."""
    intent, confidence = _intent(message)
    return intent in ("ask_human", "complain", "thank", "goodbye") and confidence >= OWN_MATTER


def _pending(message: Mapping[str, Any], memory: Memory) -> dict[str, Any] | None:
    """The service that an act of ours asked for ("which service did you apply for?")."""
    if memory.asks not in PENDING or ellipsis.asks_something(str(message.get("text") or ""), _spans(message)):
        return None
    services = _meant_services(message)
    target = services[-1] if services else _likeliest(message, LIKELY)
    return _meant(memory.asks, {"service": target}, CONTEXT) if target else None


def _spans(message: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Where names of services stand."""
    return [(e["start"], e["end"]) for e in message.get("entities") or () if e["entity"] == "service" and "end" in e]


def _meant_services(message: Mapping[str, Any]) -> list[str]:
    """The services named in a message, without those it says are not meant."""
    text = str(message.get("text") or "")
    denied = {
        e["value"]
        for e in message.get("entities") or ()
        if e["entity"] == "service" and "start" in e and ellipsis.is_denied(text, e["start"])
    }
    return [service for service in named(message) if service not in denied]


def _likeliest(message: Mapping[str, Any], bar: float, besides: str | None = None) -> str | None:
    """The service that a message is probably about, if its confidence reaches the bar; `besides`: not this one."""
    ranking = [(r["name"], r["confidence"]) for r in message.get("service_ranking") or ()]
    best = next(((name, confidence) for name, confidence in ranking if name not in (NONE, besides)), None)
    return best[0] if best and best[1] >= bar else None


def _returned(message: Mapping[str, Any], memory: Memory) -> dict[str, Any] | None:
    """A return to an earlier service."""
    text = str(message.get("text") or "")
    if not ellipsis.goes_back(text, _spans(message)) or not (memory.earlier or memory.service) or wanted_language(text):
        return None
    scores = {r["name"]: r["confidence"] for r in message.get("service_ranking") or ()}
    known = [service for service in (*memory.earlier, memory.service) if service]
    closest = max(known, key=lambda service: scores.get(service, 0.0))
    services = _meant_services(message)
    target = (
        services[-1]
        if services
        else closest
        if scores.get(closest, 0.0) >= FOLLOWS
        else _likeliest(message, LIKELY) or known[0]
    )
    return _about(message, target, _own_aspect(message) or "overview")


def _corrected(message: Mapping[str, Any], memory: Memory) -> dict[str, Any] | None:
    """The last question about another service: "no, I meant …"."""
    text = str(message.get("text") or "")
    if memory.aspect is None or not ellipsis.is_correction(text):
        return None
    services = _meant_services(message)
    if not services and any(e["entity"] == "identity" for e in message.get("entities") or ()):
        return None  # "I'm not from Hong Kong, I'm from Macao" corrects whom it is about
    target = services[-1] if services else _likeliest(message, SERVICE_SURE, besides=memory.service)
    if target is None:
        return None
    return _about(message, target, _own_aspect(message) or memory.aspect)


def _completed(message: Mapping[str, Any], memory: Memory, families: Mapping[str, str]) -> dict[str, Any] | None:
    """A question that leaves out its aspect, or whose aspect was asked before its service was known."""
    text = str(message.get("text") or "")
    intent, confidence = _intent(message)
    question = intent.startswith("ask_") and intent != "ask_human"
    if (
        memory.aspect is None
        or len(text) > ellipsis.LONGEST
        or not (question or confidence < OWN_MATTER or _stray(intent) or intent in _SMALL_TALK)
    ):
        return None
    if ellipsis.asks_something(text, _spans(message)):
        return None
    services = _meant_services(message)
    if memory.service is None:
        target = services[-1] if services else _likeliest(message, SERVICE_SURE)
        return _about(message, target, memory.aspect) if target else None
    entities = message.get("entities") or ()
    marked = ellipsis.is_marked(text) or ellipsis.is_correction(text)
    tells = any(e["entity"] == "identity" for e in entities)
    if marked and services:
        return _about(message, services[-1], memory.aspect)
    if marked and ellipsis.is_about_family(text):
        return _about(message, families.get(memory.service, memory.service), memory.aspect)
    if marked and (
        tells or any(e["entity"] in ("profession", "age", "date", "money", "duration", "number") for e in entities)
    ):
        return _about(message, memory.service, memory.aspect)
    if tells and not services and len(text) <= SHORT and said_of_oneself(text, list(entities)):
        return _about(message, memory.service, memory.aspect)
    target = _likeliest(message, LIKELY) if marked else None
    return _about(message, target, memory.aspect) if target else None


_SMALL_TALK = ("greet", "goodbye", "affirm")
"""What the rest of a question is easily taken for."""


def _stray(intent: str) -> bool:
    return intent in ("out_of_scope", "nlu_fallback")
