"""A service as a text file to keep: conditions, papers as a checklist, steps, sources. Pure."""

from __future__ import annotations

import datetime as dt

from bot.channels.telegram.texts import catalog_language, in_script, said
from catalog.models import Aspect, Service, Statement
from catalog.render import aspect_name, date_text, pick, render, source_line, today
from catalog.store import Catalog

ASPECTS = (
    Aspect.overview,
    Aspect.eligibility,
    Aspect.documents,
    Aspect.steps,
    Aspect.time,
    Aspect.fee,
    Aspect.deadline,
    Aspect.validity,
    Aspect.restriction,
    Aspect.location,
    Aspect.contact,
)


def checklist(catalog: Catalog, service: Service, language: str, on: dt.date | None = None) -> bytes:
    """The file, UTF-8 with a byte order mark, so that phones and Windows alike show Chinese. on: today in Shenzhen if not given."""
    name = catalog_language(language)
    on = on or today()
    title: str = getattr(service.name, name)
    sections = [title, said("file_notice", language, day=date_text(on.isoformat(), name))]
    cited: list[Statement] = []
    for aspect in ASPECTS:
        statements = service.aspects.get(aspect, ())
        if statements:
            sections.append(f"[{aspect_name(aspect, name)}]\n{render(catalog, statements, name, on)}")
            cited += statements
    lines = [f"– {source_line(source, name)}" for source in catalog.sources_of(tuple(cited))]
    if lines:
        sections.append("\n".join([f"[{pick(name, '来源', 'Sources')}]", *lines]))
    return ("\ufeff" + in_script("\n\n".join(sections), language) + "\n").encode()


def filename(service: Service) -> str:
    return f"{service.id}.txt"
