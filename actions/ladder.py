"""The ladder out of misunderstanding: first a guess, then a few to choose from, then a person. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.menu import category_buttons
from actions.reply import Button, Reply, human_button
from actions.talk import human
from catalog.models import Aspect
from catalog.render import aspect_name, pick
from catalog.store import Catalog
from dialogue.context import NONE
from dialogue.references import NONE_OF_THESE

OFFERS = 3
"""Guesses offered to choose from."""

LAST = 2
"""Misunderstandings after which a person is called."""

_LEAST = 0.04
"""Confidence from which a reading is worth guessing."""


@dataclass(frozen=True)
class Guess:
    """What a message may have meant."""

    service: str
    aspect: Aspect


def guesses(
    catalog: Catalog, message: Mapping[str, Any], passages: Sequence[Guess], service: str | None
) -> list[Guess]:
    """What a message may have meant, likeliest first: the classifiers' readings and what the search found, by turns.

    service: the one under discussion, for readings without one.
    """
    services = [
        r["name"] for r in message.get("service_ranking") or () if r["confidence"] >= _LEAST and r["name"] != NONE
    ]
    aspects = [
        r["name"].removeprefix("ask_")
        for r in message.get("intent_ranking") or ()
        if r["name"].startswith("ask_") and r["name"] != "ask_human" and r["confidence"] >= _LEAST
    ]
    if service and service not in services:
        services.append(service)
    read = [Guess(s, Aspect(a)) for a in aspects[:2] for s in services[:2] if s in catalog.services] or [
        Guess(s, Aspect.overview) for s in services[:2] if s in catalog.services
    ]
    found: list[Guess] = []
    for position in range(max(len(read), len(passages))):
        found += [each[position] for each in (read, passages) if position < len(each)]
    known = [guess for guess in found if guess.aspect in catalog.services[guess.service].aspects]
    return list(dict.fromkeys(known))[: OFFERS + 1]


def reply(catalog: Catalog, misses: int, found: Sequence[Guess], service: str | None, language: str) -> Reply:
    """What to say to a message that was not understood. misses: how many were not, right before this one."""
    if misses >= LAST:
        return person(catalog, service, language)
    if not found:
        return _rephrase(catalog, misses, language)
    return _is_it(catalog, found[0], language) if misses == 0 else _which(catalog, found[:OFFERS], language)


def _name(catalog: Catalog, guess: Guess, language: str) -> str:
    return f"{getattr(catalog.services[guess.service].short, language)} · {aspect_name(guess.aspect, language)}"


def _button(title: str, guess: Guess) -> Button:
    return Button(title, f"ask_{guess.aspect.value}", {"service": guess.service})


def _is_it(catalog: Catalog, guess: Guess, language: str) -> Reply:
    name = _name(catalog, guess, language)
    return Reply(
        pick(language, f"我没有完全听懂。您想问的是“{name}”吗？", f"I am not sure I understood. Do you mean “{name}”?"),
        buttons=(
            _button(pick(language, "是的", "Yes"), guess),
            Button(pick(language, "不是", "No"), NONE_OF_THESE),
            human_button(language),
        ),
        intent="nlu_fallback",
        asks="yes_no",
    )


def _which(catalog: Catalog, found: Sequence[Guess], language: str) -> Reply:
    return Reply(
        pick(
            language,
            "抱歉，还是没听懂。您想问的是下面哪一个？",
            "Sorry, I still do not understand. Is it one of these?",
        ),
        buttons=(
            *(_button(_name(catalog, guess, language), guess) for guess in found),
            Button(pick(language, "都不是", "None of these"), NONE_OF_THESE),
            human_button(language),
        ),
        intent="nlu_fallback",
        asks="which",
    )


def _rephrase(catalog: Catalog, misses: int, language: str) -> Reply:
    text = (
        pick(
            language,
            "抱歉，我没听懂。请换个说法，例如“工作许可要哪些材料”，或者从下面选一类。也可以转人工。",
            "Sorry, I did not understand. Please put it another way, for example “which papers for a work permit?”, or choose a group below. You can also talk to a person.",
        )
        if misses == 0
        else pick(
            language,
            "抱歉，我还是没听懂。请从下面选一类，或者转人工。",
            "Sorry, I still do not understand. Choose a group below, or talk to a person.",
        )
    )
    return Reply(text, buttons=(*category_buttons(catalog, language), human_button(language)), intent="nlu_fallback")


def person(catalog: Catalog, service: str | None, language: str) -> Reply:
    """The last step: whom to ask, and that a person is needed."""
    reached = human(catalog, service, language)
    lead = pick(
        language,
        "抱歉，我几次都没听懂，不想再耽误您，请直接找工作人员。",
        "Sorry, I failed to understand you several times. I do not want to hold you up: please ask a person.",
    )
    return Reply(
        f"{lead}\n\n{reached.text}",
        buttons=tuple(category_buttons(catalog, language)),
        intent="nlu_fallback",
        handoff=True,
    )
