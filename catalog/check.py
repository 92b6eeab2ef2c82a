"""Rules a catalog must keep that no single model can see: references, figures, names, languages."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from catalog.errors import Problem
from catalog.figures import figures
from catalog.models import (
    EXAMPLE_LANGUAGES,
    Aspect,
    Contact,
    Service,
    Source,
    SourceStatus,
    Statement,
    Unit,
)
from language.script import HAN, has_han, simplify

MIN_EXAMPLES = 15
"""Example questions a service needs in Chinese and in English."""

ISSUERS = (
    "gov.cn", "gov.hk", "gov.mo", "ehub.hk.cn", "cscse.edu.cn", "harrowshenzhen.cn", "hsbc.com.cn", "hsbc.com.hk",
    "swrb.org.hk", "sfc.hk", "policyaddress.gov.hk", "jobs.gov.hk", "visaforchina.cn",
)  # fmt: skip
"""Domains of issuing bodies; an address elsewhere (press, agencies) is evidence and never shown to a person."""

ACTS = ("check_eligibility", "estimate_tax", "track_application", "complain", "subscribe", "unsubscribe")
INTENTS = frozenset([f"ask_{aspect.value}" for aspect in Aspect] + list(ACTS))

FACT = re.compile(r"[A-G]-\d{2,3}[a-z]?")

_UNIT_WORDS = {
    Unit.minute: ("分钟", "minute"),
    Unit.hour: ("小时", "hour"),
    Unit.working_day: ("工作日", "working day"),
    Unit.calendar_day: ("日|天", "day"),
    Unit.week: ("周|星期", "week"),
    Unit.month: ("月|半年", "month|half a year|half-year"),
    Unit.year: ("年", "year"),
}

NARROW = re.compile(rf"{HAN.pattern}[,;:!?()]|[,;:!?()]{HAN.pattern}")
"""Western punctuation beside a Chinese character."""

Report = Callable[[tuple[Any, ...], str], Problem]


def fold(name: str) -> str:
    """A name as compared with others: width, case, script and spacing do not count."""
    return simplify(re.sub(r"[\s\-_·.]+", "", unicodedata.normalize("NFKC", name)).casefold())


@dataclass(frozen=True)
class Known:
    """What a service may refer to. broken_sources: entries that are there but wrong, reported once and not everywhere."""

    services: frozenset[str]
    categories: frozenset[str]
    contacts: frozenset[str]
    sources: dict[str, Source]
    broken_sources: frozenset[str] = frozenset()


def check_service(service: Service, report: Report, known: Known) -> Iterator[Problem]:
    """All problems of one service against the rest of the catalog."""
    if service.category not in known.categories:
        yield report(
            ("category",), f"no category `{service.category}`; there are: {', '.join(sorted(known.categories))}"
        )
    if service.family and (service.family == service.id or service.family not in known.services):
        yield report(("family",), f"no other service `{service.family}`")
    for position, other in enumerate(service.related):
        if other not in known.services or other == service.id:
            yield report(("related", position), f"no other service `{other}`")
    for position, contact in enumerate(service.ask):
        if contact not in known.contacts:
            yield report(("ask", position), f"no contact `{contact}` in contacts.yml")
    yield from _check_texts(service, report)
    for source_id, source in service.sources.items():
        yield from check_source(source, lambda path, message, s=source_id: report(("sources", s, *path), message))  # type: ignore[misc]
    for aspect, statements in service.aspects.items():
        for position, statement in enumerate(statements):
            at = ("aspects", aspect.value, position)
            for problem in _check_statement(statement, known):
                yield report(at, problem)
        yield from (report(("aspects", aspect.value), p) for p in _check_aspect(aspect, statements))
    yield from _check_examples(service, report)


def check_contact(contact: Contact, sources: dict[str, Source], report: Report) -> Iterator[Problem]:
    """Problems of one contact."""
    for source in contact.sources:
        if source not in sources:
            yield report(("sources",), f"no source `{source}`")
    yield from _check_url(contact.url, report)
    for field in ("name", "address", "note"):
        text = getattr(contact, field)
        if text:
            yield from _chinese(text.zh, (field, "zh"), report)


def check_source(source: Source, report: Report) -> Iterator[Problem]:
    """Problems of one source."""
    yield from _check_url(source.url, report)
    yield from _chinese(source.title.zh + source.issuer.zh, ("title",), report)


def _check_url(url: str | None, report: Report) -> Iterator[Problem]:
    host = urlsplit(url).hostname if url else None
    if host and not any(host == domain or host.endswith("." + domain) for domain in ISSUERS):
        yield report(("url",), f"{host} is no address of an issuing body: leave `url` out and name the body")


def _check_texts(service: Service, report: Report) -> Iterator[Problem]:
    for field in ("name", "short"):
        text = getattr(service, field)
        yield from _chinese(text.zh, (field, "zh"), report)
    if len(service.short.en) > 30 or len(service.short.zh) > 12:
        yield report(("short",), "a button holds at most 12 Chinese or 30 English characters")
    for aspect, statements in service.aspects.items():
        for position, statement in enumerate(statements):
            at = ("aspects", aspect.value, position)
            yield from _chinese(statement.zh, (*at, "zh"), report)
            if not has_han(statement.zh):
                yield report((*at, "zh"), "no Chinese in the Chinese text")
            if has_han(re.sub(r"[(（〔【《][^)）〕】》]*[)）〕】》]|[〔【\w]+号", "", statement.en)):
                yield report((*at, "en"), "Chinese in the English text: only in brackets, behind the English name")
            for field in ("issuer", "when"):
                text = getattr(statement.document, field) if statement.document else None
                if text:
                    yield from _chinese(text.zh, (*at, "document", field, "zh"), report)


def _chinese(text: str, path: tuple[Any, ...], report: Report) -> Iterator[Problem]:
    """Problems of a Chinese text: it is Simplified, with Chinese punctuation."""
    narrow = NARROW.search(text)
    if narrow:
        yield report(path, f"narrow punctuation in Chinese at `{narrow.group()}`: write ，；：！？（）")
    simple = simplify(text)
    if simple != text:
        wrong = sorted({a for a, b in zip(text, simple) if a != b})
        yield report(path, f"Traditional characters in a Simplified text: {' '.join(wrong)}")


def _check_statement(statement: Statement, known: Known) -> Iterator[str]:
    for source_id in statement.sources:
        if source_id not in known.sources:
            if source_id not in known.broken_sources:
                yield f"no source `{source_id}`"
        elif known.sources[source_id].status is SourceStatus.staff_to_verify and not statement.unconfirmed:
            yield f"source `{source_id}` is still to be verified by staff: make the statement `unconfirmed: true`"
    for contact in (*statement.ask, *([statement.contact] if statement.contact else [])):
        if contact not in known.contacts:
            yield f"no contact `{contact}` in contacts.yml"
    for fact in statement.facts:
        if not FACT.fullmatch(fact):
            yield f"`{fact}` is no fact id (A-01, B-201, C-01b …)"
    for language in ("zh", "en"):
        yield from _missing_figures(statement, language)
    if statement.time:
        zh, en = _UNIT_WORDS[statement.time.unit]
        if not re.search(zh, statement.zh) or not re.search(en, statement.en, re.IGNORECASE):
            yield f"the unit `{statement.time.unit.value}` of `time` is not in both texts"


def _missing_figures(statement: Statement, language: str) -> Iterator[str]:
    wanted: list[Decimal] = []
    if statement.time:
        wanted += [n for n in (statement.time.number, statement.time.min, statement.time.max) if n is not None]
    wanted += [money.amount for money in (statement.fee, statement.money) if money]
    for day in (statement.window.opens, statement.window.closes) if statement.window else ():
        wanted += _day_figures(day, language, getattr(statement, language))
    stated = figures(getattr(statement, language)) if wanted else set()
    for number in wanted:
        if number not in stated:
            yield f"the figure {number.normalize():f} is not in the `{language}` text"


def _day_figures(day: dt.date, language: str, text: str) -> list[Decimal]:
    by_name = language == "en" and day.strftime("%B")[:3].lower() in text.lower()
    return [Decimal(day.day)] if by_name else [Decimal(day.day), Decimal(day.month)]


def _check_aspect(aspect: Aspect, statements: tuple[Statement, ...]) -> Iterator[str]:
    open_point = any(statement.unconfirmed for statement in statements)
    if aspect is Aspect.documents and not any(s.document for s in statements) and not open_point:
        yield "no statement is a `document`"
    if aspect is Aspect.steps and not any(s.step for s in statements) and not open_point:
        yield "no statement is a `step`"
    if aspect is Aspect.time and not any(s.time for s in statements) and not open_point:
        yield "no statement has a structured `time`"
    if aspect is Aspect.fee and not any(s.fee for s in statements) and not open_point:
        yield "no statement has a structured `fee`"
    if statements[0].document:
        yield "the first statement is the answer in a sentence; documents follow it"


def _check_examples(service: Service, report: Report) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for language in EXAMPLE_LANGUAGES:
        by_intent: dict[str, tuple[str, ...]] = getattr(service.examples, language)
        count = 0
        for intent, texts in by_intent.items():
            at = ("examples", language, intent)
            if intent not in INTENTS:
                yield report(at, f"no intent `{intent}` for examples; there are: {', '.join(sorted(INTENTS))}")
            for position, text in enumerate(texts):
                count += 1
                if re.search(r"[\[\]{}\n]", text):
                    yield report((*at, position), "brackets mean annotations in training data: leave them out")
                if not text.strip():
                    yield report((*at, position), "empty example")
                elif fold(text) in seen:
                    yield report((*at, position), f"the same example stands under {seen[fold(text)]}")
                seen[fold(text)] = f"{language}.{intent}"
        if language != "mixed" and count < MIN_EXAMPLES:
            yield report(("examples", language), f"{count} examples, at least {MIN_EXAMPLES} are needed")


def duplicate_names(
    services: dict[str, Service], report: Callable[[str, tuple[Any, ...], str], Problem]
) -> Iterator[Problem]:
    """Names that two services (or one service twice) claim; a service's own name and short name may be its alias too."""
    owner: dict[str, str] = {}
    for service in services.values():
        for text in (service.name, service.short):
            owner.update({fold(name): service.id for name in (text.zh, text.en)})
    seen: set[str] = set()
    for service in services.values():
        for language in ("zh", "en"):
            for position, alias in enumerate(getattr(service.aliases, language)):
                key, at = fold(alias), ("aliases", language, position)
                if len(key) < 2:
                    yield report(service.id, at, f"`{alias}` is too short for a name")
                if owner.setdefault(key, service.id) != service.id:
                    yield report(service.id, at, f"`{alias}` is already a name of `{owner[key]}`")
                elif key in seen:
                    yield report(service.id, at, f"`{alias}` is given twice")
                seen.add(key)
