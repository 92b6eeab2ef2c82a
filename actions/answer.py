"""Answer a question about a service from the catalog, or say honestly that the catalog does not have it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from actions.audience import Who, decisive, excluded, lead, meant_for, people, people_name
from actions.reply import Button, Reply, human_button, rating_buttons
from catalog.models import Aspect, Service, Source, Statement
from catalog.render import aspect_name, contact_line, pick, render, source_line
from catalog.store import Catalog

SOURCES_SHOWN = 5
"""Sources named under an answer; the rest are counted."""

NEXT_ASPECTS = (
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
    Aspect.overview,
)
"""What people ask next, in the order buttons are offered."""

NEAREST: dict[Aspect, tuple[Aspect, ...]] = {
    Aspect.overview: (Aspect.benefit, Aspect.eligibility),
    Aspect.eligibility: (Aspect.restriction, Aspect.overview),
    Aspect.documents: (Aspect.steps, Aspect.eligibility),
    Aspect.steps: (Aspect.documents, Aspect.location),
    Aspect.time: (Aspect.steps, Aspect.deadline),
    Aspect.fee: (Aspect.benefit, Aspect.steps),
    Aspect.location: (Aspect.contact, Aspect.steps),
    Aspect.contact: (Aspect.location, Aspect.steps),
    Aspect.validity: (Aspect.deadline, Aspect.restriction),
    Aspect.benefit: (Aspect.overview, Aspect.restriction),
    Aspect.deadline: (Aspect.time, Aspect.validity, Aspect.steps),
    Aspect.basis: (Aspect.overview,),
    Aspect.restriction: (Aspect.eligibility, Aspect.overview),
}
"""Where the nearest thing stands when an aspect is unknown."""

BUTTONS = 4

CITY_LINE = "city-12345"
"""The contact that can always be called."""

CHECKED = (Aspect.eligibility, Aspect.overview, Aspect.benefit, Aspect.restriction)
"""Aspects after which a check of one's own case is offered."""


def answer(
    catalog: Catalog,
    service_id: str,
    aspect: Aspect,
    language: str,
    on: dt.date | None = None,
    close: Statement | None = None,
    who: Who = frozenset(),
    person: bool = True,
) -> Reply:
    """The answer on one aspect of a service, in `language` (`zh` or `en`), with sources and what may be asked next.

    on: the day for application windows; today in Shenzhen where not given. close: a statement of another aspect that comes
    closest to the words of the question, shown first. who: whom the question is about, if known: what decides for them comes
    first. person: that is who asks; then what is only for others is left out.
    """
    service = catalog.services[service_id]
    every = catalog.statements(service_id, aspect)
    if not every:
        return _unknown(catalog, service, aspect, language, on)
    statements = meant_for(every, who) if person else every
    first = decisive(service, who)
    others = excluded(service, who)
    if close is first:
        close = None
    statements = tuple(statement for statement in statements if statement is not first)
    if not person:  # somebody else was named ("and Taiwan residents?"): what is for them alone comes first
        statements = tuple(sorted(statements, key=lambda s: not (s.audience and set(s.audience) <= people(who))))
    cited = tuple(statement for statement in (first, close, *statements) if statement)
    text = "\n\n".join(
        part
        for part in (
            _heading(service, aspect, language),
            lead(render(catalog, (first,), language, on), who, language) if first else "",
            pick(
                language,
                f"这项服务不是面向{people_name(who, language)}的。",
                f"This service is not meant for {people_name(who, language)}.",
            )
            if others and not first
            else "",
            _closest(catalog, close, language, on),
            pick(language, "对其他申请人：", "For other applicants:") if others and statements else "",
            render(catalog, statements, language, on),
            _left_out(every, statements, first, who, language),
            _a_phone(catalog, service, cited, language) if aspect is Aspect.contact else "",
            _sources_text(catalog, cited, language),
        )
        if part
    )
    buttons = next_buttons(service, aspect, language)
    if others:
        buttons = [*_instead(catalog, service, who, language), *buttons][:BUTTONS]
    return Reply(
        text,
        buttons=(*buttons, human_button(language), *rating_buttons()),
        sources=tuple(catalog.sources_of(cited)),
        intent=f"ask_{aspect.value}",
    )


def _a_phone(catalog: Catalog, service: Service, statements: Sequence[Statement], language: str) -> str:
    """A number to call where the contacts of the answer have none."""
    shown = [catalog.contacts[s.contact] for s in statements if s.contact]
    lines = [catalog.contacts[each] for each in (*service.ask, CITY_LINE)]
    if any(contact.phone for contact in shown):
        return ""
    call = contact_line(next(contact for contact in lines if contact.phone), language)
    return pick(language, f"要打电话的话：{call}", f"To call somebody: {call}")


def _left_out(
    every: Sequence[Statement], shown: Sequence[Statement], first: Statement | None, who: Who, language: str
) -> str:
    """Says that statements for other people were left out, so that nobody takes the answer for complete."""
    kept = {id(statement) for statement in (*shown, first)}  # comparing statements by value takes milliseconds
    if all(id(statement) in kept for statement in every):
        return ""
    name = people_name(who, language)
    return pick(language, f"（只列出与{name}有关的内容。）", f"(Only what concerns {name} is listed.)")


def _instead(catalog: Catalog, service: Service, who: Who, language: str) -> list[Button]:
    """Buttons to related services that are for these people."""
    related = [catalog.services[each] for each in service.related]
    fits = [each for each in related if people(who) & set(each.audiences)]
    fits.sort(
        key=lambda each: len(set(each.audiences) & set(service.audiences))
    )  # what is more for them than for others
    return [Button(getattr(each.short, language), "ask_overview", {"service": each.id}) for each in fits[:2]]


def together(replies: Sequence[Reply], language: str) -> Reply:
    """The answers to several questions as one, each under its heading."""
    asked = {reply.intent for reply in replies}
    person = human_button(language)
    buttons: list[Button] = []
    last = (person, *rating_buttons())
    for button in (b for reply in replies for b in reply.buttons if b.intent not in asked and b not in last):
        if button not in buttons:
            buttons.append(button)
    return Reply(
        "\n\n".join(reply.text for reply in replies),
        buttons=(*buttons[:BUTTONS], *last),
        sources=tuple(dict.fromkeys(source for reply in replies for source in reply.sources)),
        intent=replies[0].intent,
    )


def _closest(catalog: Catalog, close: Statement | None, language: str, on: dt.date | None) -> str:
    if close is None:
        return ""
    return pick(language, "与您的问题最接近：", "Closest to your question: ") + render(catalog, (close,), language, on)


def _unknown(catalog: Catalog, service: Service, aspect: Aspect, language: str, on: dt.date | None) -> Reply:
    name = aspect_name(aspect, language)
    short = getattr(service.short, language)
    contacts = [contact_line(catalog.contacts[c], language) for c in service.ask]
    parts = [
        pick(
            language,
            f"“{short}”的{name}，目前资料库里没有经核实的内容，我不能随意回答。",
            f"The catalog has nothing verified yet on “{name}” for “{short}”, so I will not guess.",
        )
    ]
    near = next((a for a in NEAREST[aspect] if _confirmed(service, a)), Aspect.overview)
    statements = _confirmed(service, near)[:1]
    parts.append(
        pick(language, "最接近的内容（", "The nearest thing it has (")
        + aspect_name(near, language)
        + pick(language, "）：", "): ")
        + render(catalog, statements, language, on)
    )
    parts.append(pick(language, "请咨询：", "Please ask: ") + pick(language, "；", "; ").join(contacts))
    parts.append(_sources_text(catalog, statements, language))
    return Reply(
        "\n\n".join(part for part in parts if part),
        buttons=(*next_buttons(service, aspect, language), human_button(language)),
        sources=tuple(catalog.sources_of(statements)),
        intent=f"ask_{aspect.value}",
    )


def _confirmed(service: Service, aspect: Aspect) -> tuple[Statement, ...]:
    return tuple(statement for statement in service.aspects.get(aspect, ()) if not statement.unconfirmed)


def _heading(service: Service, aspect: Aspect, language: str) -> str:
    return f"{getattr(service.short, language)} · {aspect_name(aspect, language)}"


def _sources_text(catalog: Catalog, statements: Sequence[Statement], language: str) -> str:
    return sources_text(catalog.sources_of(tuple(statements)), language)


def sources_text(sources: Sequence[Source], language: str) -> str:
    """The sources of an answer as text, the first few named."""
    if not sources:
        return ""
    lines = [source_line(source, language) for source in sources[:SOURCES_SHOWN]]
    more = len(sources) - SOURCES_SHOWN
    if more > 0:
        lines.append(pick(language, f"另有{more}个来源", f"and {more} more"))
    if len(lines) == 1:
        return pick(language, "来源：", "Source: ") + lines[0]
    return pick(language, "来源：", "Sources:") + "\n" + "\n".join(f"– {line}" for line in lines)


def next_buttons(service: Service, asked: Aspect, language: str) -> list[Button]:
    """Buttons for what the catalog also knows of the service, and for the check where it has one and conditions were asked for."""
    known = [aspect for aspect in NEXT_ASPECTS if aspect in service.aspects and aspect is not asked]
    buttons = [Button(aspect_name(a, language), f"ask_{a.value}", {"service": service.id}) for a in known]
    if service.interview and asked in CHECKED:
        buttons.insert(0, check_button(service, language))
    return buttons[:BUTTONS]


def check_button(service: Service, language: str) -> Button:
    """Begins the interview of a service."""
    return Button(pick(language, "帮我核对条件", "Check my case"), "check_eligibility", {"service": service.id})
