"""The commands of `bot catalog` over the small catalog of tests/catalog."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from bot.cli import app
from catalog.coverage import coverage
from catalog.store import load


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small catalog that the commands take for the catalog."""
    directory = tmp_path / "catalog"
    shutil.copytree(Path(__file__).parent.parent / "catalog/small", directory)
    monkeypatch.setattr(load, "__defaults__", (directory,))
    monkeypatch.setattr(coverage, "__defaults__", (directory,))
    monkeypatch.setattr("bot.cli.catalog.CATALOG_DIR", directory)
    monkeypatch.setattr("bot.cli.catalog.today", lambda: dt.date(2027, 6, 1))
    return directory


def run(*arguments: object, code: int = 0) -> Any:
    result = CliRunner().invoke(app, ["catalog", *map(str, arguments)])
    assert (result.exit_code, type(result.exception)) in [(code, type(None)), (code, SystemExit)], result.output
    return result


def break_fee(directory: Path) -> None:
    path = directory / "services/pool-pass.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("amount: 150,", "amount: 160,"), encoding="utf-8")


def test_check_finds_the_real_catalog_well() -> None:
    said = run("check").stdout
    assert f"{len(load().services)} services" in said
    assert "all well" in said


def test_check_names_every_problem_with_file_and_line(directory: Path) -> None:
    break_fee(directory)
    result = run("check", code=1)
    assert result.stdout.count("catalog/services/pool-pass.yml:") == 2
    assert "the figure 160 is not in the `zh` text" in result.stdout
    assert "2 problems" in result.stderr


@pytest.mark.parametrize(
    "command", [["list"], ["show", "pool-pass"], ["search", "pool"], ["stale"], ["export", "--xlsx", "x.xlsx"]], ids=str
)
def test_a_broken_catalog_is_said_and_not_used(directory: Path, command: list[str]) -> None:
    break_fee(directory)
    result = run(*command, code=1)
    assert result.stdout == ""
    assert "the catalog cannot be used" in result.stderr


def test_list_shows_all_services_by_category(directory: Path) -> None:
    lines = [" ".join(line.split()) for line in run("list").stdout.splitlines()]
    in_order = [
        "Leisure / 休闲",
        "pool-pass Pool pass 市民泳池年卡 10",
        "Learning / 学习",
        "library-card Library card 图书馆借书证 1",
    ]
    assert [line for line in lines if line in in_order] == in_order


@pytest.mark.parametrize(
    ("language", "name", "text"),
    [
        ("en", "# Library card", "The library card lets you borrow books."),
        ("zh", "# 图书馆借书证", "借书证可以借书。"),
        ("zh-Hans", "# 图书馆借书证", "借书证可以借书。"),
        ("zh-Hant", "# 圖書館借書證", "借書證可以借書。"),
    ],
)
@pytest.mark.parametrize("service", ["library-card", "閱讀證"])
def test_show_says_everything_in_the_language(
    directory: Path, service: str, language: str, name: str, text: str
) -> None:
    shown = run("show", service, "--language", language).stdout
    assert shown.startswith(name)
    assert text in shown
    assert "sz.gov.cn/town" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["museum"], "No service `museum`"), (["pool-pass", "--language", "fr"], "No language `fr`")],
)
def test_show_refuses_what_is_not_there(directory: Path, arguments: list[str], message: str) -> None:
    result = run("show", *arguments, code=1)
    assert result.stdout == ""
    assert message in result.stderr


def test_search_prints_passages_or_json(directory: Path) -> None:
    assert run("search", "borrow books").stdout.splitlines() == [
        "1.00  library-card · overview",
        "      The library card lets you borrow books.",
    ]
    found = [json.loads(line) for line in run("search", "swimming pass", "--limit", 2, "--json").stdout.splitlines()]
    assert [passage["service"] for passage in found] == ["pool-pass", "pool-pass"]
    assert set(found[0]) == {"service", "aspect", "position", "language", "text", "score"}
    assert run("search", "zxcvbn").stdout == ""


def test_coverage_reports_used_unused_missing_and_unknown(directory: Path, tmp_path: Path) -> None:
    (directory / "unused_facts.yml").write_text("A-02: too old\n", encoding="utf-8")
    sheet = tmp_path / "sheet.md"
    lines = ["- `A-01` open. **status:** read-on-page", "- `A-02` built. **status:** read-on-page"]
    sheet.write_text("\n".join(lines), encoding="utf-8")
    done = run("coverage", sheet).stdout.splitlines()
    assert done == [
        "A-01    pool-pass.overview",
        "A-02    not used: too old",
        "1 facts used, 1 not with reason, 0 missing",
    ]

    sheet.write_text("\n".join([*lines[1:], "- `A-03` deep."]), encoding="utf-8")
    text = run("coverage", sheet, code=1).stdout
    assert "A-03    NOT USED, NO REASON GIVEN" in text
    assert "A-01    CITED, BUT IN NO SHEET" in text
    report = json.loads(run("coverage", sheet, "--json", code=1).stdout)
    assert report == {
        "used": {}, "unused": {"A-02": "too old"}, "missing": ["A-03"], "unknown": ["A-01"], "unsafe": [],
    }  # fmt: skip


def test_coverage_of_a_sheet_that_is_not_there_fails(directory: Path) -> None:
    assert "no-sheet.md" in run("coverage", "no-sheet.md", code=1).stderr


def test_new_writes_a_file_once_and_check_reports_it(directory: Path) -> None:
    assert "Fill it in" in " ".join(run("new", "museum-card").stderr.split())
    assert "catalog/services/museum-card.yml" in run("check", code=1).stdout
    assert "exists already" in " ".join(run("new", "museum-card", code=1).stderr.split())
    assert "is no id" in run("new", "Museum Card", code=1).stderr


def test_stale_lists_sources_by_age_and_windows(directory: Path) -> None:
    assert run("stale").stdout.splitlines() == [
        "     never  card-rules  (pool-pass)",
        "     never  pool-notice  (pool-pass)",
        "2026-11-24  town-website  (pool-pass, library-card)",
        "3 sources to re-read (read before 2026-12-03, or never on a page)",
        "2026-03-31  pool-pass: window over: Apply from 1 January to 31 March 2026.",
    ]
    assert "town-website" not in run("stale", "--days", 190).stdout


def test_export_and_import(directory: Path, tmp_path: Path) -> None:
    xlsx = tmp_path / "catalog.xlsx"
    run("export", "--xlsx", xlsx)
    assert "Changed: nothing" in run("import", "--xlsx", xlsx).stderr

    book = load_workbook(xlsx)
    book["statements"]["D2"] = "The pass is good all year."
    book.save(xlsx)
    answer = run("import", "--xlsx", xlsx).stderr
    assert "Changed: pool-pass" in answer
    assert "bot train" not in answer
    assert "The pass is good all year." in run("show", "pool-pass").stdout

    book["aliases"]["C2"] = "夏日泳池证"
    book.save(xlsx)
    assert "bot train" in run("import", "--xlsx", xlsx).stderr


def test_a_bad_workbook_is_refused_with_the_cell(directory: Path, tmp_path: Path) -> None:
    xlsx = tmp_path / "catalog.xlsx"
    run("export", "--xlsx", xlsx)
    book = load_workbook(xlsx)
    book["statements"]["B2"] = "colour"
    book.save(xlsx)
    refused = run("import", "--xlsx", xlsx, code=1)
    assert "statements!B2" in refused.stderr
    assert "Nothing was written." in refused.stderr
    assert "is no Excel workbook" in " ".join(run("import", "--xlsx", tmp_path / "none.xlsx", code=1).stderr.split())


def test_export_into_no_directory_is_said(directory: Path, tmp_path: Path) -> None:
    assert "nowhere" in "".join(run("export", "--xlsx", tmp_path / "nowhere/catalog.xlsx", code=1).stderr.split())
