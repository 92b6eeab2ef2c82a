"""Menus over the catalog: groups, services of a group, the card of a service. Pure: what to say and which buttons, no engine."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.channels.telegram.texts import catalog_language, in_script, said
from bot.engine.protocol import Button, Source
from catalog import models
from catalog.models import Aspect, Service
from catalog.render import ASPECT_NAMES, aspect_name, pick, render, source_line
from catalog.store import Catalog

MENU = "menu:"
"""Payloads of buttons that lead through the menus begin so; they never go to the engine."""

STATEMENTS = 3
"""Statements of a service's card; the button for more asks the engine."""

SOURCES = 2


@dataclass(frozen=True)
class Page:
    """A menu as it is shown."""

    text: str
    buttons: tuple[Button, ...]
    sources: tuple[Source, ...] = ()


def page(catalog: Catalog, payload: str, language: str) -> Page | None:
    """The menu a payload leads to; None where the catalog does not have it (any more). language: of ours."""
    parts = payload.removeprefix(MENU).split(":")
    if not payload.startswith(MENU):
        return None
    if parts == ["root"]:
        return root(catalog, language)
    if len(parts) == 2 and parts[0] == "category" and parts[1] in catalog.categories:
        return category(catalog, parts[1], language)
    if len(parts) == 2 and parts[0] == "service" and parts[1] in catalog.services:
        return card(catalog, catalog.services[parts[1]], language)
    return None


def file_of(payload: str) -> str | None:
    """The service whose file a button asks for."""
    start = f"{MENU}file:"
    return payload[len(start) :] if payload.startswith(start) else None


def root(catalog: Catalog, language: str) -> Page:
    """All groups of services."""
    name = catalog_language(language)
    rows = [
        f"• {getattr(category.name, name)}{pick(name, '：', ': ')}"
        + pick(name, "、", ", ").join(getattr(s.short, name) for s in catalog.in_category(category_id))
        for category_id, category in catalog.categories.items()
    ]
    text = said("services", language, count=len(catalog.services))
    return Page(
        "\n".join([text, "", *(in_script(row, language) for row in rows)]),
        (*category_buttons(catalog, language), human(language)),
    )


def category(catalog: Catalog, category_id: str, language: str) -> Page:
    """The services of one group."""
    name = getattr(catalog.categories[category_id].name, catalog_language(language))
    services = [
        Button(_short(service, language), f"{MENU}service:{service.id}") for service in catalog.in_category(category_id)
    ]
    back = Button(said("back", language), f"{MENU}root")
    text = said("category", language, name=in_script(name, language))
    return Page(text, (*services, back, human(language)))


def card(catalog: Catalog, service: Service, language: str) -> Page:
    """What a service is, and buttons for everything the catalog knows of it; those go to the engine."""
    name = catalog_language(language)
    statements = service.aspects[Aspect.overview][:STATEMENTS]
    cited = catalog.sources_of(statements)[:SOURCES]
    lines = [f"– {source_line(source, name)}" for source in cited]
    text = "\n\n".join(
        part
        for part in (
            f"{getattr(service.short, name)} · {aspect_name(Aspect.overview, name)}",
            render(catalog, statements, name),
            "\n".join([pick(name, "来源：", "Sources:"), *lines]) if lines else "",
        )
        if part
    )
    known = [aspect for aspect in ASPECT_NAMES if aspect in service.aspects and aspect is not Aspect.overview]
    buttons = [
        Button(in_script(aspect_name(aspect, name), language), payload(f"ask_{aspect.value}", service=service.id))
        for aspect in known
    ]
    if service.interview:
        buttons.insert(0, Button(said("check", language), payload("check_eligibility", service=service.id)))
    return Page(
        f"{in_script(text, language)}\n\n{said('next', language)}",
        (
            *buttons,
            Button(said("file", language), f"{MENU}file:{service.id}"),
            Button(said("back", language), f"{MENU}category:{service.category}"),
            human(language),
        ),
        tuple(_source(source, language) for source in cited),
    )


def category_buttons(catalog: Catalog, language: str) -> list[Button]:
    name = catalog_language(language)
    return [
        Button(in_script(getattr(category.name, name), language), f"{MENU}category:{category_id}")
        for category_id, category in catalog.categories.items()
    ]


def human(language: str) -> Button:
    """The way to a person."""
    return Button(said("human", language), payload("ask_human"))


def rating() -> tuple[Button, Button]:
    return Button("👍", payload("feedback", says="up")), Button("👎", payload("feedback", says="down"))


def payload(intent: str, **entities: str) -> str:
    """An intent with its entities in Rasa's form, as the engine takes it from buttons."""
    return f"/{intent}{json.dumps(entities, ensure_ascii=False)}" if entities else f"/{intent}"


def _short(service: Service, language: str) -> str:
    return in_script(getattr(service.short, catalog_language(language)), language)


def _source(source: models.Source, language: str) -> Source:
    name = catalog_language(language)
    return Source(
        in_script(getattr(source.title, name), language),
        in_script(getattr(source.issuer, name), language),
        source.url,
        source.read_on.isoformat() if source.read_on else None,
    )
