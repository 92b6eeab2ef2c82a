"""Load the catalog from its files, check it, and answer questions about what is in it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
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


@cache
def shared() -> Catalog:
    """The catalog of this process, loaded once. Raises CatalogError."""
    return load()


def load(directory: Path = CATALOG_DIR) -> Catalog:
    """The catalog in `directory`. Raises CatalogError with every problem of every file."""
    files = _Files(directory)
    categories: dict[str, Category] = files.register("categories.yml", Category)
    contacts: dict[str, Contact] = files.register("contacts.yml", Contact)
    sources: dict[str, Source] = files.register("sources.yml", Source)
    services: dict[str, Service] = {}
    origin: dict[str, YamlFile] = {}
    for path in sorted((directory / "services").glob("*.yml")):
        file = files.read(f"services/{path.name}")
        service = files.build(Service, file.data, file) if file else None
        if file and service:
            services[service.id], origin[service.id] = service, file
            if service.id != path.stem:
                message = f"the file is called {path.name}, so the id must be `{path.stem}`"
                files.problems.append(file.problem(("id",), message))
            for source_id, source in service.sources.items():
                if source_id in sources:
                    message = "a source of this id stands in another file too"
                    files.problems.append(file.problem(("sources", source_id), message))
                sources[source_id] = source
    if not services and not files.problems:
        files.problems.append(Problem(f"{directory.name}/services", 0, "", "no service files"))
    catalog = Catalog(services, categories, contacts, sources)
    problems = [*files.problems, *_problems(catalog, files, origin)]
    if problems:
        raise CatalogError(problems)
    order = list(categories)
    in_order = sorted(services.values(), key=lambda service: order.index(service.category))
    return replace(catalog, services={service.id: service for service in in_order})


class _Files:
    """The files of a catalog as they are read, and what is wrong with each by itself."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._files: dict[str, YamlFile] = {}
        self.problems: list[Problem] = []

    def read(self, name: str) -> YamlFile | None:
        try:
            self._files[name] = YamlFile(self._directory / name, f"{self._directory.name}/{name}")
        except CatalogError as error:
            self.problems += error.problems
        return self._files.get(name)

    def build(self, model: type[BaseModel], data: Any, file: YamlFile, at: tuple[Any, ...] = ()) -> Any:
        try:
            return model.parse_obj(data)
        except ValidationError as error:
            self.problems += [file.problem((*at, *e["loc"]), _plain(e["msg"])) for e in error.errors()]
            return None

    def register(self, name: str, model: type[BaseModel]) -> dict[str, Any]:
        """The entries of a file that maps ids to entries."""
        file = self.read(name)
        if file is None:
            return {}
        if not isinstance(file.data, dict):
            self.problems.append(file.problem((), "a mapping from id to entry is expected"))
            return {}
        built = {key: self.build(model, value, file, (key,)) for key, value in file.data.items()}
        return {key: value for key, value in built.items() if value is not None}

    def entries(self, name: str) -> list[str]:
        """The ids that stand in a register, also those whose entry is wrong."""
        file = self._files.get(name)
        return list(file.data) if file and isinstance(file.data, dict) else []

    def problem(self, name: str, path: tuple[Any, ...], message: str) -> Problem:
        return self._files[name].problem(path, message)


def _problems(catalog: Catalog, files: _Files, origin: dict[str, YamlFile]) -> Iterator[Problem]:
    """What is wrong between files."""
    for source_id in files.entries("sources.yml"):
        if source_id in catalog.sources:
            yield from check.check_source(
                catalog.sources[source_id],
                lambda path, message, at=source_id: files.problem("sources.yml", (at, *path), message),  # type: ignore[misc]
            )
    for contact_id, contact in catalog.contacts.items():
        yield from check.check_contact(
            contact,
            catalog.sources,
            lambda path, message, at=contact_id: files.problem("contacts.yml", (at, *path), message),  # type: ignore[misc]
        )
    known = check.Known(
        services=frozenset(catalog.services),
        categories=frozenset(files.entries("categories.yml")),
        contacts=frozenset(files.entries("contacts.yml")),
        sources=catalog.sources,
        broken_sources=frozenset(files.entries("sources.yml")),
    )
    for service in catalog.services.values():
        yield from check.check_service(service, origin[service.id].problem, known)
    yield from check.duplicate_names(catalog.services, lambda at, path, message: origin[at].problem(path, message))
    yield from _duplicate_sources(catalog.sources, catalog.services, origin)


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
