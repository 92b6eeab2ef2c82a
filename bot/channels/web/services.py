"""A service of the catalog in the form a page shows it: plain data in the reader's language and script. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from bot.channels.web.texts import AUDIENCES, say
from bot.channels.web.wire import safe_url
from catalog.models import Aspect, Service, SourceStatus, Statement
from catalog.render import ASPECT_NAMES, date_text, render, today
from catalog.store import Catalog
from language.choice import EN, HANT
from language.traditional import traditional

ORDER = (
    Aspect.overview,
    Aspect.eligibility,
    Aspect.documents,
    Aspect.steps,
    Aspect.time,
    Aspect.fee,
    Aspect.benefit,
    Aspect.deadline,
    Aspect.validity,
    Aspect.restriction,
    Aspect.location,
    Aspect.contact,
    Aspect.basis,
)
"""As a reader needs them."""

_MARK = re.compile(r"^(☐|\d+\.) ")


def script(language: str) -> tuple[str, Callable[[str], str]]:
    """The language of the catalog's texts (`zh`, `en`) for a reply language, and what brings them into its script."""
    if language == EN:
        return "en", str
    return "zh", (_traditional if language == HANT else str)


def topics(catalog: Catalog, language: str) -> list[dict[str, Any]]:
    """The categories with their services: id, name, services with id and name."""
    return [
        {
            "id": category_id,
            "name": say(language, category.name.zh, category.name.en),
            "services": [
                {
                    "id": s.id,
                    "name": say(language, s.name.zh, s.name.en),
                    "short": say(language, s.short.zh, s.short.en),
                }
                for s in catalog.in_category(category_id)
            ],
        }
        for category_id, category in catalog.categories.items()
    ]


def card(catalog: Catalog, service: Service, language: str, on: dt.date | None = None) -> dict[str, Any]:
    """Everything known of a service.

    sections: aspect, title, items with kind (`text`, `document`, `step`), text and the numbers of its sources. sources: number,
    title, issuer, url, details (document number, date, day read).
    """
    known, to = script(language)
    numbers: dict[str, int] = {}
    sections = [
        {
            "aspect": aspect.value,
            "title": say(language, *ASPECT_NAMES[aspect]),
            "items": [_item(catalog, s, known, to, numbers, on or today()) for s in service.aspects[aspect]],
        }
        for aspect in ORDER
        if aspect in service.aspects
    ]
    related = [catalog.services[each] for each in service.related]
    category = catalog.categories[service.category].name
    return {
        "id": service.id,
        "name": say(language, service.name.zh, service.name.en),
        "short": say(language, service.short.zh, service.short.en),
        "category": say(language, category.zh, category.en),
        "audiences": [say(language, *AUDIENCES[a.value]) for a in service.audiences],
        "check": service.interview is not None,
        "sections": sections,
        "sources": [_source(catalog, name, number, known, to) for name, number in numbers.items()],
        "related": [{"id": s.id, "short": say(language, s.short.zh, s.short.en)} for s in related],
    }


def _item(
    catalog: Catalog, statement: Statement, known: str, to: Callable[[str], str], numbers: dict[str, int], on: dt.date
) -> dict[str, Any]:
    text = _MARK.sub("", render(catalog, (statement,), known, on))
    return {
        "kind": "document" if statement.document else "step" if statement.step else "text",
        "text": to(text),
        "sources": [numbers.setdefault(name, len(numbers) + 1) for name in statement.sources],
    }


def _source(catalog: Catalog, name: str, number: int, known: str, to: Callable[[str], str]) -> dict[str, Any]:
    source = catalog.sources[name]
    details = [source.number, date_text(source.date, known) if source.date else None]
    return {
        "number": number,
        "title": to(getattr(source.title, known)),
        "issuer": to(getattr(source.issuer, known)),
        "url": safe_url(source.url),
        "details": [to(detail) for detail in details if detail],
        "read_on": date_text(source.read_on.isoformat(), known) if source.read_on else None,
        "general": source.status is SourceStatus.general_knowledge,
    }


@lru_cache(maxsize=20_000)
def _traditional(text: str) -> str:
    return traditional(text)
