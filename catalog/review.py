"""What of the catalog has to be looked at again: sources not re-read lately, windows that end."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from catalog.store import Catalog


@dataclass(frozen=True)
class Stale:
    """A source to read again and the services that rest on it; read_on None where no page was ever read."""

    source: str
    read_on: dt.date | None
    services: list[str]


def stale(catalog: Catalog, on: dt.date, age: dt.timedelta) -> list[Stale]:
    """Sources in use that were read longer than `age` before `on`, or never; the oldest first."""
    users: dict[str, dict[str, None]] = {}
    for service in catalog.services.values():
        for statements in service.aspects.values():
            for statement in statements:
                for source in statement.sources:
                    users.setdefault(source, {})[service.id] = None
    rows = [
        Stale(source, catalog.sources[source].read_on, list(services))
        for source, services in users.items()
        if (read_on := catalog.sources[source].read_on) is None or on - read_on > age
    ]
    return sorted(rows, key=lambda row: (row.read_on or dt.date.min, row.source))


def expiring(catalog: Catalog, on: dt.date) -> list[tuple[str, str, dt.date, str]]:
    """Application windows as (service, English text, last day, state on `on`), the first to close first."""
    rows = [
        (service.id, statement.en, statement.window.closes, state)
        for service, statement, state in catalog.windows(on)
        if statement.window
    ]
    return sorted(rows, key=lambda row: row[2])
