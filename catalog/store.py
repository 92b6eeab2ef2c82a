"""Load the catalog from its files, check it, and answer questions about what is in it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from catalog import check
from catalog.errors import CatalogError, Problem
from catalog.models import Aspect, Audience, Category, Contact, Service, Source, Statement
from catalog.yamlfile import YamlFile

CATALOG_DIR = Path(__file__).parent


@dataclass(frozen=True)
class Catalog:
    """All services with what they refer to. Immutable; a changed catalog is a new object."""

    services: dict[str, Service]
    categories: dict[str, Category]
    contacts: dict[str, Contact]
    sources: dict[str, Source]

    def service(self, service_id: str) -> Service | None:
        return self.services.get(service_id)

    def by_alias(self, name: str) -> Service | None:
        """The service that people call so; width, case, script and spacing do not count."""
        return self.services.get(self._names.get(check.fold(name), ""))

    def with_aspect(self, aspect: Aspect) -> list[Service]:
        return [service for service in self.services.values() if aspect in service.aspects]

    def for_audience(self, audience: Audience) -> list[Service]:
        return [service for service in self.services.values() if audience in service.audiences]

    def in_category(self, category: str) -> list[Service]:
        return [service for service in self.services.values() if service.category == category]

    def statements(self, service_id: str, aspect: Aspect) -> tuple[Statement, ...]:
        """What is known; empty where the catalog has nothing on it."""
        return self.services[service_id].aspects.get(aspect, ())

    def sources_of(self, statements: tuple[Statement, ...]) -> list[Source]:
        """The sources behind some statements, each once, in the order first named."""
        ids = dict.fromkeys(source for statement in statements for source in statement.sources)
        return [self.sources[source] for source in ids]

    def windows(self, today: dt.date) -> list[tuple[Service, Statement, str]]:
        """Every application window with its state on `today` (`soon`, `open`, `over`)."""
        return [
            (service, statement, statement.window.state(today))
            for service in self.services.values()
            for statements in service.aspects.values()
            for statement in statements
            if statement.window
        ]

    @cached_property
    def _names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for service in self.services.values():
            for name in (service.id, service.name.zh, service.name.en, service.short.zh, service.short.en):
                names.setdefault(check.fold(name), service.id)
        for service in self.services.values():
            for name in (*service.aliases.zh, *service.aliases.en):
                names[check.fold(name)] = service.id
        return names


def load(directory: Path = CATALOG_DIR) -> Catalog:
    """The catalog in `directory`. Raises CatalogError with every problem of every file."""
    problems: list[Problem] = []
    files: dict[str, YamlFile] = {}

    def read(path: Path) -> Any:
        name = path.relative_to(directory.parent).as_posix()
        try:
            files[name] = YamlFile(path, name)
        except CatalogError as error:
            problems.extend(error.problems)
            return None
        return files[name].data

    def build(model: type[BaseModel], data: Any, file: YamlFile, at: tuple[Any, ...] = ()) -> Any:
        try:
            return model.parse_obj(data)
        except ValidationError as error:
            problems.extend(file.problem((*at, *e["loc"]), _plain(e["msg"])) for e in error.errors())
            return None

    def register(name: str, model: type[BaseModel]) -> dict[str, Any]:
        data = read(directory / name)
        file = files.get(f"{directory.name}/{name}")
        if data is None or file is None:
            return {}
        if not isinstance(data, dict):
            problems.append(file.problem((), "a mapping from id to entry is expected"))
            return {}
        built = {key: build(model, value, file, (key,)) for key, value in data.items()}
        return {key: value for key, value in built.items() if value is not None}

    categories = {}
    for item in read(directory / "categories.yml") or []:
        category = build(Category, item, files[f"{directory.name}/categories.yml"])
        if category:
            categories[category.id] = category
    contacts: dict[str, Contact] = register("contacts.yml", Contact)
    sources: dict[str, Source] = register("sources.yml", Source)

    services: dict[str, Service] = {}
    origin: dict[str, YamlFile] = {}
    for path in sorted((directory / "services").glob("*.yml")):
        data = read(path)
        file = files.get(path.relative_to(directory.parent).as_posix())
        if file is None:
            continue
        service = build(Service, data, file)
        if service is None:
            continue
        if service.id != path.stem:
            problems.append(file.problem(("id",), f"the file is called {path.name}, so the id must be `{path.stem}`"))
        services[service.id], origin[service.id] = service, file
        for source_id, source in service.sources.items():
            if source_id in sources:
                problems.append(file.problem(("sources", source_id), "a source of this id stands in another file too"))
            sources[source_id] = source

    if not services and not problems:
        problems.append(Problem(f"{directory.name}/services", 0, "", "no service files"))
    shared = files.get(f"{directory.name}/sources.yml")
    if shared:
        for source_id in shared.data or {}:
            if source_id in sources:
                problems += check.check_source(sources[source_id], lambda p, m, s=source_id: shared.problem((s, *p), m))  # type: ignore[misc]
    places = files.get(f"{directory.name}/contacts.yml")
    if places:
        for contact_id, contact in contacts.items():
            problems += [
                places.problem((contact_id, "sources"), f"no source `{s}`") for s in contact.sources if s not in sources
            ]
    for service in services.values():
        problems += check.check_service(
            service,
            origin[service.id].problem,
            services=set(services),
            categories=categories,
            contacts=contacts,
            sources=sources,
        )
    problems += check.duplicate_aliases(services, lambda s, path, message: origin[s].problem(path, message))
    problems += _duplicate_sources(sources, services, origin)
    if problems:
        raise CatalogError(problems)
    order = {category: position for position, category in enumerate(categories)}
    ordered = sorted(services.values(), key=lambda s: (order[s.category], list(services).index(s.id)))
    return Catalog({s.id: s for s in ordered}, categories, contacts, sources)


def _duplicate_sources(
    sources: dict[str, Source], services: dict[str, Service], origin: dict[str, YamlFile]
) -> list[Problem]:
    """One page twice under two ids would be read again in one place and go stale in the other."""
    by_page: dict[tuple[str, str], list[str]] = defaultdict(list)
    for source_id, source in sources.items():
        by_page[(source.url or "", fold_title(source))].append(source_id)
    found = []
    for ids in by_page.values():
        for later in ids[1:]:
            file = next((origin[s.id] for s in services.values() if later in s.sources), None)
            if file:
                found.append(file.problem(("sources", later), f"the same page as source `{ids[0]}`: use that id"))
    return found


def fold_title(source: Source) -> str:
    return check.fold(source.title.zh + source.issuer.zh + (source.number or "") + (source.date or ""))


def _plain(message: str) -> str:
    """Pydantic's message in words an editor knows."""
    return {
        "extra fields not permitted": "unknown field (misspelt?)",
        "field required": "missing",
        "none is not an allowed value": "empty",
        "str type expected": "a text is expected",
    }.get(message, message)
