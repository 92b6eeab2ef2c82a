from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.errors import CatalogError, Problem
from catalog.yamlfile import YamlFile

TEXT = """\
# comment
id: pool-pass
aspects:
  overview:
    - zh: 可以
      en: Yes
    - {zh: 不可以,
       en: "No"}
2024: year
"""


def parse(tmp_path: Path, content: str | bytes) -> YamlFile:
    path = tmp_path / "x.yml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return YamlFile(path, "catalog/x.yml")


def problems(tmp_path: Path, content: str | bytes) -> list[Problem]:
    with pytest.raises(CatalogError) as raised:
        parse(tmp_path, content)
    return raised.value.problems


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 2),
        (("id",), 2),
        (("aspects",), 3),
        (("aspects", "overview"), 4),
        (("aspects", "overview", 0), 5),
        (("aspects", "overview", 0, "en"), 6),
        (("aspects", "overview", 1, "zh"), 7),
        (("aspects", "overview", 1, "en"), 8),
        (("aspects", "overview", 1, "sources"), 7),
        (("aspects", "overview", 9), 4),
        (("aspects", "fee", 0), 3),
        ((2024,), 9),
        (("nowhere",), 2),
    ],
)
def test_values_know_their_line(tmp_path: Path, path: tuple[Any, ...], line: int) -> None:
    assert parse(tmp_path, TEXT).line(path) == line


def test_a_problem_names_file_line_and_field(tmp_path: Path) -> None:
    problem = parse(tmp_path, TEXT).problem(("aspects", "overview", 0, "en"), "too short")
    assert problem == Problem("catalog/x.yml", 6, "aspects.overview.0.en", "too short")
    assert str(problem) == "catalog/x.yml:6: aspects.overview.0.en: too short"


@pytest.mark.parametrize("content", ["", "# nothing\n"])
def test_an_empty_file_has_no_data(tmp_path: Path, content: str) -> None:
    file = parse(tmp_path, content)
    assert file.data is None
    assert str(file.problem((), "empty")) == "catalog/x.yml: empty"


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("a: 1\nb: [1, 2\n", 3, "not valid YAML"),
        ("a: b: c\n", 1, "not valid YAML"),
        ("a: 1\n\tb: 2\n", 2, "not valid YAML"),
        ("zh: 收费\nen: It costs: nothing\n", 2, "not valid YAML"),
        ("a: *unknown\n", 1, "not valid YAML"),
        ("a: !!python/object:os.system x\n", 1, "not valid YAML"),
        ("a: 1\n---\nb: 2\n", 2, "not valid YAML"),
    ],
)
def test_invalid_yaml_is_one_problem_with_its_line(tmp_path: Path, content: str, line: int, message: str) -> None:
    (problem,) = problems(tmp_path, content)
    assert problem.line == line
    assert message in problem.message


def test_every_key_given_twice_is_a_problem(tmp_path: Path) -> None:
    found = problems(tmp_path, "a: 1\nb:\n  - {c: 1, d: 2, c: 3}\na: 4\n")
    assert [(p.line, p.field, p.message) for p in found] == [(3, "c", "key given twice"), (4, "a", "key given twice")]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a: 1\nread_on: 2026-13-45\n", 2),
        ("a: 1\nzh: {{name}}\n", 2),
        ("a: 1\n[b, c]: 2\n", 2),
        ("a: 1\nzh: 泳池\n".encode("gbk"), 0),
        (b"a: \x00\n", 1),
    ],
    ids=["no such day", "mapping as key", "list as key", "not UTF-8", "control character"],
)
def test_what_yaml_cannot_turn_into_data_is_a_problem(tmp_path: Path, content: str | bytes, line: int) -> None:
    (problem,) = problems(tmp_path, content)
    assert problem.file == "catalog/x.yml"
    assert problem.line in (0, line)


def test_a_byte_order_mark_does_not_count(tmp_path: Path) -> None:
    assert parse(tmp_path, "\ufeffid: pool-pass\n").data == {"id": "pool-pass"}
