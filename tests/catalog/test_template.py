from __future__ import annotations

from typing import Any

import pytest

from catalog.template import new_service


def test_a_new_file_bears_its_id_and_is_reported_as_incomplete(small: Any) -> None:
    path = new_service(small.directory, "museum-card2")
    assert path == small.directory / "services/museum-card2.yml"
    text = path.read_text(encoding="utf-8")
    assert "id: museum-card2\n" in text
    assert "  museum-card2-guide:\n" in text
    assert "SERVICE-ID" not in text
    problems = small.problems()
    assert {problem.file for problem in problems} == {"catalog/services/museum-card2.yml"}
    assert all(problem.line for problem in problems)
    assert {"name.zh", "category", "audiences", "aliases.zh"} <= {problem.field for problem in problems}


@pytest.mark.parametrize(
    "service", ["", "Museum", "museum_card", "2nd", "-a", "a-", "a--b", "a b", "博物馆", "../x", "x\n"]
)
def test_what_is_no_id_is_refused(small: Any, service: str) -> None:
    before = sorted(small.directory.rglob("*"))
    with pytest.raises(ValueError, match="is no id"):
        new_service(small.directory, service)
    assert sorted(small.directory.rglob("*")) == before


def test_a_service_that_is_there_is_not_overwritten(small: Any) -> None:
    before = (small.directory / "services/pool-pass.yml").read_bytes()
    with pytest.raises(FileExistsError, match=r"pool-pass\.yml exists already"):
        new_service(small.directory, "pool-pass")
    assert (small.directory / "services/pool-pass.yml").read_bytes() == before
