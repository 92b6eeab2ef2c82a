"""What a conversation is about after a message: language, service and aspect. Pure: no Rasa, no catalog."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from language.choice import EN, HANS, HANT

SERVICE_SURE = 0.20
"""Confidence from which a classified service is taken where none is under discussion."""

SERVICE_SWITCH = 0.60
"""Confidence from which a service that is not named replaces the one under discussion."""

INTERVIEW_SWITCH = 0.90
"""The same while an interview is under way: a question in between is mostly about its service."""

NONE = "none"

BUTTON = "button"
"""Extractor name of entities that come from a button, so that they count as meant and not as found."""

CONTEXT = "context"
"""Extractor name of entities that come from what was said before."""

CENTER = "service-center"
"""What "where are you?" and "which number do I call?" are about when nothing is under discussion."""


@dataclass(frozen=True)
class Context:
    """State of a conversation. language: `en` or `zh`; script: `Hans` or `Hant`; aspect: of the last question."""

    language: str | None = None
    script: str | None = None
    service: str | None = None
    aspect: str | None = None

    @property
    def reply_language(self) -> str:
        """`en`, `zh-Hans` or `zh-Hant`."""
        return EN if self.language != "zh" else HANT if self.script == "Hant" else HANS


@dataclass(frozen=True)
class Question:
    """One of several questions in a message. confidence: of its intent, 0–1."""

    service: str | None
    intent: str
    confidence: float

    @property
    def aspect(self) -> str:
        return self.intent.removeprefix("ask_")


def questions(context: Context, message: Mapping[str, Any]) -> tuple[Question, ...]:
    """The questions of a message that asks several things, in order; empty where it asks one.

    context: after the message. A question is about the service it names, else about the one under discussion. One question about
    several services named in it is a question about each.
    """
    intent = _intent(message)
    if not intent.startswith("ask_") or intent == "ask_human":
        return ()
    several = message.get("questions") or ()
    if several:
        return tuple(
            Question(
                _service(context, {**asked, "intent": {"name": asked["intent"]}}), asked["intent"], asked["confidence"]
            )
            for asked in several
        )
    scores = {r["name"]: r["confidence"] for r in message.get("service_ranking") or ()}
    joined = _joined(message)
    likely = [s for s in named(message) if s in joined or scores.get(s, 0.0) >= SERVICE_SURE]
    if len(likely) < 2:
        return ()
    return tuple(Question(service, intent, float(message["intent"]["confidence"])) for service in likely)


_AND = re.compile(
    r"\s*(?:,|，|、|/|&|and|和|同|与|及|跟|以及)?\s*(?:and|和|同|与|及)?\s*(?:for|of)?\s*(?:the|my|a)?\s*(?:for the)?\s*",
    re.IGNORECASE,
)


def _joined(message: Mapping[str, Any]) -> set[str]:
    """The services whose names are joined by nothing but "and"."""
    text = str(message.get("text") or "")
    spans = sorted(
        (e["start"], e["end"], e["value"])
        for e in message.get("entities") or ()
        if e["entity"] == "service" and "end" in e
    )
    found: set[str] = set()
    for (_, end, one), (start, _, other) in pairwise(spans):
        between = text[end:start]
        if one != other and between.strip() and _AND.fullmatch(between):
            found |= {one, other}
    return found


def next_context(before: Context, message: Mapping[str, Any], switch: float = SERVICE_SWITCH) -> Context:
    """The context after `message`, a parse of Rasa (text, intent, entities, `language`, `service_ranking`, `questions`).

    switch: confidence from which a service that is not named replaces the one under discussion.
    """
    after = _language(before, message)
    several = message.get("questions")
    if several and _intent(message).startswith("ask_"):
        message = {**message, "intent": {"name": several[0]["intent"]}}
    service = _service(before, message, switch)
    aspect = _aspect(before, message)
    return replace(after, service=service, aspect=aspect)


def _entity(message: Mapping[str, Any], name: str, extractor: str | None = None) -> str | None:
    return next(
        (
            str(e["value"])
            for e in message.get("entities") or ()
            if e["entity"] == name and (extractor is None or e.get("extractor") == extractor)
        ),
        None,
    )


def _intent(message: Mapping[str, Any]) -> str:
    return str((message.get("intent") or {}).get("name") or "")


def _language(before: Context, message: Mapping[str, Any]) -> Context:
    found = message.get("language") or {}
    language, script = before.language, before.script
    if found.get("language") == "zh":
        language, script = "zh", found.get("script") or script
    elif found.get("language") == "en" and not found.get("foreign") and not (found.get("weak") and language):
        language = "en"
    if _intent(message) == "change_language":
        wanted = _entity(message, "language") or wanted_language(str(message.get("text") or ""))
        if wanted:
            language, script = wanted[:2], wanted[3:] or script
    return replace(before, language=language or "en", script=script or "Hans")


_NAMES = (
    (HANT, r"繁|正體字|正体字|廣東話|广东话|粵語|粤语|白話|traditional|cantonese"),
    (HANS, r"简|簡|simplified|mandarin|普通话|普通話|国语|國語"),
    (EN, r"英|english|engrish|inglish"),
    ("zh", r"中文|汉语|漢語|华语|華語|chinese"),
)
_WANTED = re.compile("|".join(f"(?P<{name.replace('-', '_')}>{pattern})" for name, pattern in _NAMES), re.IGNORECASE)
_UNWANTED = re.compile(
    r"(?:instead of|rather than|from|\bnot|\bno|no more|\bstop|n['’]t|can ?not"
    r"|别|別|不要|不用|不想|不会|不會|不懂|不识|不識|唔好|唔要|唔講|唔识|唔識|看不懂|听不懂|聽不懂|睇唔明|睇唔識|从|由)"
    r"[\s\w]{0,24}?$",
    re.IGNORECASE,
)


def wanted_language(text: str) -> str | None:
    """The language a person asks for (`en`, `zh-Hans`, `zh-Hant`, or `zh` in whichever script), or None.

    One that is refused or left does not count ("not Chinese", "别说英文", "from English to"); of several the last does, and a
    script says more than the bare "Chinese" beside it.
    """
    named = [(match.start(), str(match.lastgroup).replace("_", "-")) for match in _WANTED.finditer(text)]
    kept: list[str] = []
    for position, (start, code) in enumerate(named):
        since = named[position - 1][0] if position else 0
        if not _UNWANTED.search(_clause(text[since:start])):
            kept.append(code)
    if not kept:
        return None
    if kept[-1] == "zh" and len(kept) > 1 and kept[-2] in (HANT, HANS):
        return kept[-2]
    return kept[-1]


def _clause(text: str) -> str:
    """What stands before a language's name in its own clause."""
    return re.split(r"[,，。.;；!！?？]|\bto\s+$|换成|換成|转成|轉做|改用|而要", text)[-1]


def _service(before: Context, message: Mapping[str, Any], switch: float = SERVICE_SWITCH) -> str | None:
    chosen = _entity(message, "service", BUTTON) or _entity(message, "service", CONTEXT)
    if chosen:
        return chosen
    if not about_a_service(_intent(message)):
        return before.service
    mentioned = named(message)
    ranking = [(r["name"], r["confidence"]) for r in message.get("service_ranking") or ()]
    best, confidence = ranking[0] if ranking else (NONE, 0.0)
    if _intent(message) == "complain" and before.service and not named(message):
        return before.service
    scores = dict(ranking)
    if mentioned:
        likeliest = max(mentioned, key=lambda service: scores.get(service, 0.0))
        sure = best != NONE and confidence >= SERVICE_SWITCH and best not in _of_identities(message)
        return best if sure else likeliest
    bar = switch if before.service else SERVICE_SURE
    if best != NONE and confidence >= bar:
        return best
    return before.service or (CENTER if _intent(message) in ("ask_contact", "ask_location") else None)


def named(message: Mapping[str, Any]) -> list[str]:
    """The services whose names stand in the message, in order; what says who somebody is names none ("Hong Kong permanent resident")."""
    identities = _identity_spans(message)
    return list(
        dict.fromkeys(
            e["value"] for e in message.get("entities") or () if e["entity"] == "service" and not _inside(e, identities)
        )
    )


def _of_identities(message: Mapping[str, Any]) -> set[str]:
    """The services that only seem to be named, in what says who somebody is."""
    identities = _identity_spans(message)
    return {e["value"] for e in message.get("entities") or () if e["entity"] == "service" and _inside(e, identities)}


def _identity_spans(message: Mapping[str, Any]) -> list[tuple[int, int]]:
    return [(e["start"], e["end"]) for e in message.get("entities") or () if e["entity"] == "identity" and "end" in e]


def _inside(entity: Mapping[str, Any], spans: list[tuple[int, int]]) -> bool:
    """Whether an entity lies within one of the spans, which says more than it."""
    first, last = entity.get("start", -1), entity.get("end", -1)
    return any(start <= first and last <= end and end - start > last - first for start, end in spans)


def about_a_service(intent: str) -> bool:
    """Whether an intent concerns a service; small talk and what was not understood concern none."""
    return (intent.startswith("ask_") and intent != "ask_human") or intent in (
        "check_eligibility", "estimate_tax", "track_application", "complain", "subscribe", "unsubscribe",
    )  # fmt: skip


def _aspect(before: Context, message: Mapping[str, Any]) -> str | None:
    intent = _intent(message)
    if not intent.startswith("ask_") or intent == "ask_human":
        return before.aspect
    return intent.removeprefix("ask_")
