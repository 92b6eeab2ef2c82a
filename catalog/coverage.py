"""Which facts of the research sheets stand behind the catalog, which do not, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from catalog.errors import CatalogError, Problem
from catalog.store import CATALOG_DIR, Catalog
from catalog.yamlfile import YamlFile

UNUSED = "unused_facts.yml"
"""File of the catalog that gives the reason for each fact that is not used."""

_FACT = re.compile(r"^- `(?P<id>[A-G]-\d{2,3}[a-z]?)`(?P<text>.*)$", re.MULTILINE)
_STATUS = re.compile(r"\*\*status:\*\*\s*([a-z-]+)")


@dataclass(frozen=True)
class Coverage:
    """used: fact → where (`service.aspect`, `contacts.id`). unused: fact → reason. missing: neither. unknown: cited, in no sheet.

    unsafe: facts that staff must verify behind a statement not marked unconfirmed, which so may only say whom to ask.
    """

    used: dict[str, list[str]]
    unused: dict[str, str]
    missing: list[str]
    unknown: list[str]
    unsafe: list[str]


def read_facts(paths: Iterable[Path]) -> dict[str, str]:
    """Fact id → status (`read-on-page`, `general-knowledge`, `staff-to-verify`) of all facts in the sheets.

    A sheet is Markdown with a line for each fact that begins with the id in backticks and ends with its status.
    """
    facts: dict[str, str] = {}
    for path in paths:
        for match in _FACT.finditer(path.read_text(encoding="utf-8")):
            statuses = _STATUS.findall(match["text"])
            facts[match["id"]] = statuses[-1] if statuses else ""
    return facts


def coverage(catalog: Catalog, facts: dict[str, str], directory: Path = CATALOG_DIR) -> Coverage:
    """How the catalog uses `facts`. Raises CatalogError when the file of reasons is not readable as such."""
    reasons = _reasons(directory / UNUSED)
    used: dict[str, list[str]] = {}
    unsafe = []
    for service in catalog.services.values():
        for aspect, statements in service.aspects.items():
            for statement in statements:
                for fact in statement.facts:
                    used.setdefault(fact, []).append(f"{service.id}.{aspect.value}")
                    if facts.get(fact) == "staff-to-verify" and not statement.unconfirmed:
                        unsafe.append(f"{fact} in {service.id}.{aspect.value}")
    for contact_id, contact in catalog.contacts.items():
        for fact in contact.facts:
            used.setdefault(fact, []).append(f"contacts.{contact_id}")
    return Coverage(
        used={fact: list(dict.fromkeys(used[fact])) for fact in facts if fact in used},
        unused={fact: reasons[fact] for fact in facts if fact not in used and fact in reasons},
        missing=[fact for fact in facts if fact not in used and fact not in reasons],
        unknown=[fact for fact in used if fact not in facts],
        unsafe=unsafe,
    )


def _reasons(path: Path) -> dict[str, str]:
    data = YamlFile(path, path.name).data or {} if path.exists() else {}
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise CatalogError([Problem(path.name, 0, "", "a reason for each fact id is expected")])
    return data
