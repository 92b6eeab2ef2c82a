"""Look over the training messages: contradictions, unknown labels, gaps, and copies of a set kept for measuring."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from catalog.check import fold
from catalog.models import EXAMPLE_LANGUAGES
from catalog.store import Catalog
from language.script import has_han

DATA = Path(__file__).parent.parent / "data"

GRAM = 4
"""Characters of the pieces in which two messages are compared."""

NEAR = 0.75
"""Share of the shorter message's pieces that must stand in the other for the two to count as near-duplicates."""

LONG_ENOUGH = 10
LONG_ENOUGH_LATIN = 28
"""Pieces a message needs to be compared: everybody says "how does this work". Letters say less than characters."""

NO_SERVICE = "none"


@dataclass(frozen=True)
class Example:
    """A training message. where: file or service it stands in. also_…: other labels that are right as well."""

    text: str
    intent: str
    service: str
    language: str
    where: str
    also_intents: tuple[str, ...] = ()
    also_services: tuple[str, ...] = ()


def examples(catalog: Catalog, directory: Path = DATA) -> list[Example]:
    """All training messages: of `nlu/data` and of the catalog."""
    found = []
    for path in sorted(directory.glob("*/*.yml")):
        where = f"{directory.parent.name}/{path.relative_to(directory.parent).as_posix()}"
        for block in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)["nlu"]:
            metadata = block.get("metadata") or {}
            also = tuple(metadata.get("also_intents", ())), tuple(metadata.get("also_services", ()))
            for line in block["examples"].splitlines():
                text = line.strip().removeprefix("- ").strip()
                service = metadata.get("service", "")
                found.append(Example(text, block["intent"], service, path.parent.name, where, *also))
    for service_id, entry in catalog.services.items():
        for language in EXAMPLE_LANGUAGES:
            for intent, texts in getattr(entry.examples, language).items():
                found += [Example(text, intent, service_id, language, f"catalog: {service_id}") for text in texts]
    return found


def lint(found: Sequence[Example], services: Iterable[str], intents: Iterable[str]) -> list[str]:
    """What is wrong with the training messages, a line each."""
    known, wanted = {*services, NO_SERVICE}, set(intents)
    problems = []
    first: dict[str, Example] = {}
    languages: dict[str, set[str]] = defaultdict(set)
    for example in found:
        at = f"{example.where}: `{example.text}`"
        languages[example.intent].add(example.language)
        services, labels = (example.service, *example.also_services), (example.intent, *example.also_intents)
        problems += [f"{at}: no service `{service}`" for service in services if service not in known]
        problems += [f"{at}: no intent `{intent}`" for intent in labels if intent not in wanted]
        if len(set(services)) < len(services) or len(set(labels)) < len(labels):
            problems.append(f"{at}: the same label twice")
        if re.search(r"[\[\]{}]", example.text):
            problems.append(f"{at}: brackets mean annotations, and there are none")
        before = first.setdefault(fold(example.text), example)
        if before is not example:
            kind = "twice" if before.intent == example.intent else f"also under `{before.intent}`"
            problems.append(f"{at}: stands {kind} ({before.where})")
    for intent in sorted(wanted):
        problems += [
            f"{intent}: no messages in `{language}`" for language in ("en", "zh") if language not in languages[intent]
        ]
    return problems


def near_copies(found: Sequence[Example], measured: Iterable[str]) -> list[str]:
    """Training messages that are nearly a message of a set kept for measuring, a line each."""
    places: dict[str, set[int]] = defaultdict(set)
    pieces = [_pieces(example.text) for example in found]
    for number, grams in enumerate(pieces):
        for gram in grams:
            places[gram].add(number)
    problems = []
    for text in measured:
        mine = _pieces(text)
        shared: dict[int, int] = defaultdict(int)
        for gram in mine:
            for number in places.get(gram, ()):
                shared[number] += 1
        for number, count in shared.items():
            shorter = min(len(mine), len(pieces[number]))
            enough = LONG_ENOUGH if has_han(found[number].text) else LONG_ENOUGH_LATIN
            if mine == pieces[number] or (shorter >= enough and count / shorter >= NEAR):
                problems.append(f"{found[number].where}: `{found[number].text}` is nearly `{text}`")
    return problems


def _pieces(text: str) -> frozenset[str]:
    plain = re.sub(r"\W", "", fold(text))
    return frozenset(plain[i : i + GRAM] for i in range(len(plain) - GRAM + 1))
