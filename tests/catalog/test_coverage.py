from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalog.coverage import UNUSED, coverage, read_facts
from catalog.errors import CatalogError

SHEET = """# Pool
- `A-01` The pool is open all year. **status:** read-on-page
- `A-02` The pool was built in 1970. **status:** general-knowledge
- `B-201b` **status:** as written by **status:** staff-to-verify
- `C-10` no status here
Text about `A-99` is no fact.
- `Z-01` is no id.
"""


@pytest.fixture
def facts(tmp_path: Path) -> dict[str, str]:
    sheet = tmp_path / "sheet.md"
    sheet.write_text(SHEET, encoding="utf-8")
    return read_facts([sheet])


def test_facts_are_read_with_their_last_status(facts: dict[str, str]) -> None:
    assert facts == {"A-01": "read-on-page", "A-02": "general-knowledge", "B-201b": "staff-to-verify", "C-10": ""}


def test_each_fact_is_used_or_unused_with_a_reason_or_missing(small: Any, facts: dict[str, str]) -> None:
    small.write(UNUSED, "A-02: of no use to a person\n")
    small.edit("contacts.yml", "  phone: 0755-10000000", "  phone: 0755-10000000\n  facts: [A-01, C-10, A-77]")
    report = coverage(small.load(), facts, small.directory)
    assert report.used == {"A-01": ["pool-pass.overview", "contacts.town-desk"], "C-10": ["contacts.town-desk"]}
    assert report.unused == {"A-02": "of no use to a person"}
    assert report.missing == ["B-201b"]
    assert report.unknown == ["A-77"]
    assert report.unsafe == []


def test_without_a_file_of_reasons_nothing_is_excused(small: Any, facts: dict[str, str]) -> None:
    report = coverage(small.load(), facts, small.directory)
    assert (report.unused, report.missing) == ({}, ["A-02", "B-201b", "C-10"])


def test_a_fact_to_verify_is_safe_only_in_an_unconfirmed_statement(small: Any, facts: dict[str, str]) -> None:
    small.edit("services/pool-pass.yml", "      unconfirmed: true", "      unconfirmed: true\n      facts: [B-201b]")
    assert coverage(small.load(), facts, small.directory).unsafe == []
    small.edit("services/pool-pass.yml", "facts: [A-01]", "facts: [A-01, B-201b]")
    assert coverage(small.load(), facts, small.directory).unsafe == ["B-201b in pool-pass.overview"]


def test_a_fact_named_twice_in_an_aspect_has_one_place(small: Any, facts: dict[str, str]) -> None:
    catalog = small.load()
    pool = catalog.services["pool-pass"]
    overview = next(iter(pool.aspects.values()))
    doubled = pool.copy(update={"aspects": {**pool.aspects, next(iter(pool.aspects)): overview * 2}})
    twice = replace(catalog, services={**catalog.services, "pool-pass": doubled})
    assert coverage(twice, facts, small.directory).used == {"A-01": ["pool-pass.overview"]}


@pytest.mark.parametrize("content", ["- A-02\n", "A-02: [no, reason]\n"])
def test_reasons_that_are_none_are_refused(small: Any, content: str) -> None:
    small.write(UNUSED, content)
    with pytest.raises(CatalogError, match=f"{UNUSED}: a reason for each fact id is expected"):
        coverage(small.load(), {}, small.directory)
