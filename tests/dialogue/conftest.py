"""Messages as the pipeline reads them, with the real names of the catalog and the real entities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from catalog.neighbours import neighbour_of
from catalog.store import Catalog
from dialogue.memory import Memory
from dialogue.understanding import understood
from entities import find
from entities.plain import as_entities
from nlu.gazetteer import Gazetteer

Message = dict[str, Any]


@pytest.fixture(scope="session")
def names(catalog: Catalog) -> Gazetteer:
    """The names of all services."""
    return Gazetteer(
        {
            name: service.id
            for service in catalog.services.values()
            for text in (service.name, service.short)
            for name in (text.zh, text.en, *service.aliases.zh, *service.aliases.en)
        }
    )


@pytest.fixture(scope="session")
def heard(names: Gazetteer) -> Callable[..., Message]:
    """`heard(text, intent="ask_overview", confidence=0.9, **services)`; services: confidences of the service classifier."""

    def parse(text: str, intent: str = "ask_overview", confidence: float = 0.9, **services: float) -> Message:
        ranking = sorted(services.items(), key=lambda item: -item[1])
        named = [
            {"entity": "service", "value": match.service, "start": match.start, "end": match.end, "extractor": "names"}
            for match in names.find(text)
        ]
        return {
            "text": text,
            "intent": {"name": intent, "confidence": confidence},
            "entities": [*named, *as_entities(find(text), "entities")],
            "service_ranking": [{"name": name.replace("_", "-"), "confidence": sure} for name, sure in ranking],
        }

    return parse


@pytest.fixture(scope="session")
def meant(catalog: Catalog) -> Callable[[Message, Memory], Message | None]:
    """What a message means in a conversation, with the real families and neighbours."""
    families = {service.id: service.family for service in catalog.services.values() if service.family}

    def neighbour(text: str, services: list[str]) -> str | None:
        found = neighbour_of(text, [catalog.services[each] for each in services])
        return found.id if found else None

    return lambda message, memory: understood(message, memory, families, neighbour)
