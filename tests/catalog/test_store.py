from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalog.errors import CatalogError, Problem
from catalog.models import Aspect, Audience

POOL, LIBRARY = "services/pool-pass.yml", "services/library-card.yml"


def test_services_come_in_the_order_of_the_categories(small: Any) -> None:
    assert list(small.load().services) == ["pool-pass", "library-card"]
    small.edit("categories.yml", "leisure: {name: {zh: 休闲, en: Leisure}}\n", "")
    small.edit("categories.yml", "Health}}", "Health}}\nleisure: {name: {zh: 休闲, en: Leisure}}")
    assert list(small.load().services) == ["library-card", "pool-pass"]


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("pool-pass", "pool-pass"),
        ("Pool Pass", "pool-pass"),
        ("市民泳池年卡", "pool-pass"),
        ("市民泳池年咭", None),
        ("泳池證", "pool-pass"),
        ("ＳＷＩＭＭＩＮＧ　ＰＡＳＳ", "pool-pass"),
        ("阅读证", "library-card"),
        ("Borrower's card", "library-card"),
        ("card", None),
        ("", None),
    ],
)
def test_a_service_is_found_by_what_people_call_it(small: Any, name: str, service: str | None) -> None:
    found = small.load().by_alias(name)
    assert (found and found.id) == service


def test_services_are_found_by_id_aspect_audience_and_category(small: Any) -> None:
    catalog = small.load()
    pool, library = catalog.service("pool-pass"), catalog.service("library-card")
    assert catalog.service("museum-card") is None
    assert catalog.with_aspect(Aspect.fee) == [pool]
    assert catalog.with_aspect(Aspect.overview) == [pool, library]
    assert catalog.for_audience(Audience.hong_kong) == [pool]
    assert catalog.for_audience(Audience.taiwan) == []
    assert catalog.in_category("learning") == [library]
    assert catalog.in_category("health") == []


def test_what_is_unknown_has_no_statements(small: Any) -> None:
    assert small.load().statements("library-card", Aspect.fee) == ()


def test_sources_of_statements_come_once_in_the_order_named(small: Any) -> None:
    catalog = small.load()
    pool = catalog.services["pool-pass"].aspects
    statements = pool[Aspect.fee] + pool[Aspect.overview] + pool[Aspect.eligibility]
    titles = [source.title.en for source in catalog.sources_of(statements)]
    assert titles == ["Pool notice", "Town website", "Card rules"]


@pytest.mark.parametrize(
    ("today", "state"), [(dt.date(2025, 12, 31), "soon"), (dt.date(2026, 3, 31), "open"), (dt.date(2026, 4, 1), "over")]
)
def test_windows_have_the_state_of_the_day(small: Any, today: dt.date, state: str) -> None:
    catalog = small.load()
    statement = catalog.statements("pool-pass", Aspect.deadline)[0]
    assert catalog.windows(today) == [(catalog.services["pool-pass"], statement, state)]


def test_several_broken_files_are_all_reported_with_file_and_line(small: Any) -> None:
    small.edit("contacts.yml", "days: [7]", "days: [9]")
    small.edit("sources.yml", "status: staff-to-verify", "status: hearsay")
    small.edit(LIBRARY, "category: learning", "category: learning\ncategory: leisure")
    small.edit(POOL, "zh: 每年150元。", "zh: 每年160元。")
    small.edit(POOL, "facts: [A-01]", "facts: [A1]")
    found = small.problems()
    assert {(problem.file.removeprefix("catalog/"), problem.line) for problem in found} >= {
        ("contacts.yml", small.line("contacts.yml", "  hours: [{days: [9]")),
        ("sources.yml", small.line("sources.yml", "  status: hearsay")),
        (LIBRARY, small.line(LIBRARY, "category: leisure")),
        (POOL, small.line(POOL, "    - zh: 年卡可以")),
        (POOL, small.line(POOL, "    - zh: 每年160元")),
    }
    assert found == sorted(found)


def test_the_error_lists_a_problem_a_line(small: Any) -> None:
    small.edit(POOL, "facts: [A-01]", "facts: [A1, A2]")
    with pytest.raises(CatalogError) as raised:
        small.load()
    line = small.line(POOL, "    - zh: 年卡可以")
    assert str(raised.value).split("\n") == [
        f"catalog/{POOL}:{line}: aspects.overview.0: `{fact}` is no fact id (A-01, B-201, C-01b …)"
        for fact in ("A1", "A2")
    ]


def test_a_problem_without_line_or_field_names_the_file_alone() -> None:
    assert str(Problem("catalog/x.yml", 0, "", "broken")) == "catalog/x.yml: broken"


def test_a_source_id_belongs_to_one_file(small: Any) -> None:
    small.edit(
        POOL,
        "  pool-notice:\n",
        "  card-rules:\n    title: {zh: 另一份, en: Another}\n    issuer: {zh: 市政厅, en: Town hall}\n    status: general-knowledge\n  pool-notice:\n",
    )
    (problem,) = small.problems()
    assert (problem.line, problem.field) == (small.line(POOL, "  card-rules:"), "sources.card-rules")


def test_a_page_has_one_source_id(small: Any) -> None:
    small.edit(POOL, "title: {zh: 泳池通告, en: Pool notice}", "title: {zh: 证卡规则, en: The rules of cards}")
    small.edit(
        POOL,
        "issuer: {zh: 文体局, en: Sports bureau}",
        "issuer: {zh: 市政厅, en: Town hall}\n    number: 深证〔2024〕1号",
    )
    small.edit(POOL, "date: 2025-12-01", "date: 2024-04")
    (problem,) = small.problems()
    assert problem.line == small.line(POOL, "  pool-notice:")
    assert "the same page as source `card-rules`" in problem.message


def test_a_catalog_without_services_is_no_catalog(small: Any) -> None:
    for path in (small.directory / "services").iterdir():
        path.unlink()
    assert [str(problem) for problem in small.problems()] == ["catalog/services: no service files"]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("categories.yml", "42\n"),
        ("categories.yml", "work: {zh: 工作, en: Work}\n"),
        ("contacts.yml", "- {kind: place}\n"),
        ("sources.yml", "- {status: general-knowledge}\n"),
        ("sources.yml", "town-website: closed\n"),
        (POOL, "- id: pool-pass\n"),
        (POOL, ""),
    ],
)
def test_a_file_of_another_shape_is_a_problem(small: Any, file: str, content: str | bytes) -> None:
    small.write(file, content)
    assert f"catalog/{file}" in {problem.file for problem in small.problems()}


@pytest.mark.parametrize("file", ["categories.yml", "contacts.yml", "sources.yml"])
def test_a_missing_file_is_a_problem(small: Any, file: str) -> None:
    (small.directory / file).unlink()
    assert f"catalog/{file}" in {problem.file for problem in small.problems()}


def test_a_category_is_named_once(small: Any) -> None:
    small.edit("categories.yml", "health: {", "leisure: {")
    assert "catalog/categories.yml" in {problem.file for problem in small.problems()}
