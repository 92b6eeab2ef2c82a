from __future__ import annotations

import datetime as dt
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from catalog.models import Aspect
from catalog.sheet import COLUMNS, SheetError, export_workbook, import_workbook
from catalog.store import CATALOG_DIR, Catalog


@dataclass(frozen=True)
class Sheets:
    """The workbook of the small catalog, to edit and to import."""

    small: Any
    path: Path

    def cell(self, sheet: str, text: str, column: str) -> str:
        """The cell in `column` of the one row in which a cell is `text`."""
        rows = load_workbook(self.path)[sheet].iter_rows(values_only=True)
        (number,) = [number for number, row in enumerate(rows, start=1) if text in row]
        return f"{get_column_letter(COLUMNS[sheet].index(column) + 1)}{number}"

    def put(self, sheet: str, cell: str, value: Any) -> None:
        book = load_workbook(self.path)
        book[sheet][cell] = value
        book.save(self.path)

    def append(self, sheet: str, *rows: list[Any]) -> None:
        book = load_workbook(self.path)
        for row in rows:
            book[sheet].append(row)
        book.save(self.path)

    def take(self) -> list[str]:
        return import_workbook(self.small.directory, self.path)

    def files(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.small.directory.rglob("*.yml")}

    def refused(self) -> str:
        """Why the workbook is refused; nothing may have been written."""
        before = self.files()
        with pytest.raises(SheetError) as raised:
            self.take()
        assert self.files() == before
        return str(raised.value)


@pytest.fixture
def sheets(small: Any, tmp_path: Path) -> Sheets:
    path = tmp_path / "catalog.xlsx"
    export_workbook(small.load(), small.directory, path)
    return Sheets(small, path)


FEE, OPEN, WINDOW = (
    "It costs RMB 150 a year.",
    "How long it lasts is still open.",
    "Apply from 1 January to 31 March 2026.",
)

BAD = [
    ("statements", FEE, "fee.amount", "a lot", "a number is expected, not `a lot`"),
    ("statements", FEE, "fee.amount", True, "a number is expected"),
    ("statements", FEE, "fee.amount", "=100+50", "a number is expected"),
    ("statements", FEE, "fee.amount", -150, "greater than or equal to 0"),
    ("statements", FEE, "zh", None, "field required"),
    ("statements", FEE, "aspect", "price", "one of overview, eligibility"),
    ("statements", OPEN, "unconfirmed", "maybe", "`yes` or empty is expected"),
    ("statements", WINDOW, "window.closes", "end of March", "a date like 2026-03-31 is expected"),
    ("statements", WINDOW, "window.closes", "2026-02-30", "a date like 2026-03-31 is expected"),
    ("statements", FEE, "service", "museum", "`museum` has no row in the sheet `services`"),
    ("aliases", "游泳卡", "language", "fr", "one of zh, en is expected"),
    ("aliases", "游泳卡", "alias", "图书证", "already a name of `library-card`"),
    ("services", "市民泳池年卡", "category", "sports", "no category `sports`"),
    ("sources", "pool-notice", "url", "https://example.com", "no address of an issuing body"),
    ("sources", "pool-notice", "read_on", "lately", "a date like 2026-03-31 is expected"),
]

BAD_ROWS = [
    ("statements", FEE, "sources", "pool-notes", "no source `pool-notes`"),
    ("statements", FEE, "fee.amount", 200, "the figure 200 is not in the `zh` text"),
    ("statements", FEE, "en", "It costs RMB 160 a year.", "the figure 150 is not in the `en` text"),
    ("statements", OPEN, "ask", "coldline", "no contact `coldline`"),
]


def test_a_round_trip_of_the_real_catalog_changes_nothing(catalog: Catalog, tmp_path: Path) -> None:
    directory, path = tmp_path / "catalog", tmp_path / "catalog.xlsx"
    shutil.copytree(CATALOG_DIR, directory, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    before = {file: file.read_bytes() for file in directory.rglob("*.yml")}
    export_workbook(catalog, directory, path)
    assert import_workbook(directory, path) == []
    assert {file: file.read_bytes() for file in directory.rglob("*.yml")} == before


def test_the_written_yaml_of_all_services_loads_to_the_same_models(sheets: Sheets) -> None:
    before = sheets.small.load()
    for file in (sheets.small.directory / "services").iterdir():
        file.unlink()
    assert sheets.take() == ["library-card", "pool-pass"]
    assert sheets.small.load() == before


def test_an_edited_cell_changes_exactly_that_service(sheets: Sheets) -> None:
    before, files = sheets.small.load(), sheets.files()
    sheets.put("statements", sheets.cell("statements", FEE, "en"), "A year costs RMB 150: no more.")
    assert sheets.take() == ["pool-pass"]
    changed = {path.name for path, content in sheets.files().items() if files[path] != content}
    assert changed == {"pool-pass.yml"}
    after = sheets.small.load()
    (fee,) = after.statements("pool-pass", Aspect.fee)
    assert fee.en == "A year costs RMB 150: no more."
    service = after.services["pool-pass"]
    restored = {**service.aspects, Aspect.fee: (fee.copy(update={"en": FEE}),)}
    assert service.copy(update={"aspects": restored}) == before.services["pool-pass"]


def test_a_service_without_a_row_stays_and_a_new_one_gets_a_file(sheets: Sheets) -> None:
    book = load_workbook(sheets.path)
    for sheet in book:
        for (cell,) in sheet.iter_rows(max_col=1):
            if cell.value == "library-card":
                cell.value = "museum-card"
    for row in book["aliases"].iter_rows(min_row=2):
        if row[0].value == "museum-card":
            row[2].value = f"{row[2].value}2"
    for name in book["services"][3][1:5]:
        name.value = f"{name.value}2"
    book.save(sheets.path)
    assert sheets.take() == ["museum-card"]
    assert set(sheets.small.load().services) == {"pool-pass", "library-card", "museum-card"}


def test_a_text_that_begins_with_an_equals_sign_stays_text(sheets: Sheets) -> None:
    text = "=RMB 150 a year."
    sheets.small.edit("services/pool-pass.yml", FEE, f'"{text}"')
    export_workbook(sheets.small.load(), sheets.small.directory, sheets.path)
    cell = sheets.cell("statements", text, "en")
    assert load_workbook(sheets.path)["statements"][cell].data_type == "s"
    assert sheets.take() == []
    sheets.put("statements", cell, "=150 RMB a year.")
    assert sheets.take() == ["pool-pass"]
    assert sheets.small.load().statements("pool-pass", Aspect.fee)[0].en == "=150 RMB a year."


@pytest.mark.parametrize(
    ("sheet", "text", "column", "value"),
    [
        ("statements", WINDOW, "window.closes", dt.date(2026, 3, 31)),
        ("sources", "pool-notice", "date", dt.date(2025, 12, 1)),
        ("statements", FEE, "en", f"  {FEE} "),
        ("statements", FEE, "fee.amount", 150.0),
        ("statements", "The pass opens the pool all year.", "sources", "town-website，pool-notice,"),
        ("statements", FEE, "unconfirmed", "no"),
    ],
)
def test_what_excel_makes_of_a_cell_is_no_change(
    sheets: Sheets, sheet: str, text: str, column: str, value: Any
) -> None:
    sheets.put(sheet, sheets.cell(sheet, text, column), value)
    assert sheets.take() == []


@pytest.mark.parametrize(("sheet", "text", "column", "value", "message"), BAD)
def test_a_bad_cell_is_named(sheets: Sheets, sheet: str, text: str, column: str, value: Any, message: str) -> None:
    cell = sheets.cell(sheet, text, column)
    sheets.put(sheet, cell, value)
    reason = sheets.refused()
    assert f"{sheet}!{cell}" in reason
    assert message in reason


@pytest.mark.parametrize(("sheet", "text", "column", "value", "message"), BAD_ROWS)
def test_a_bad_row_is_named(sheets: Sheets, sheet: str, text: str, column: str, value: Any, message: str) -> None:
    row = sheets.cell(sheet, text, "service")
    sheets.put(sheet, sheets.cell(sheet, text, column), value)
    reason = sheets.refused()
    assert f"{sheet}!{row}" in reason
    assert message in reason


def test_a_service_or_source_that_stands_twice_is_refused(sheets: Sheets) -> None:
    sheets.append("services", ["pool-pass"])
    sheets.append("sources", ["pool-pass", "pool-notice"])
    reason = sheets.refused()
    assert "services!A4: the service `pool-pass` has a row already" in reason
    assert "sources!B3: the source `pool-notice` has a row already" in reason


def test_an_id_that_would_leave_the_directory_is_refused(sheets: Sheets) -> None:
    sheets.append("services", ["../../evil", "新", "New", "新", "New", "leisure", "foreigner", "hotline"])
    assert "services!A4 (../../evil: id): string does not match regex" in sheets.refused()


def test_an_example_under_an_unknown_intent_is_refused(sheets: Sheets) -> None:
    sheets.put("examples", "C2", "ask_price")
    assert "no intent `ask_price`" in sheets.refused()


@pytest.mark.parametrize("column", ["en", "window.closes"])
def test_a_missing_column_is_named(sheets: Sheets, column: str) -> None:
    book = load_workbook(sheets.path)
    position = COLUMNS["statements"].index(column) + 1
    book["statements"].delete_cols(position)
    book.save(sheets.path)
    expected = f"statements!{get_column_letter(position)}1: the column must be called `{column}`"
    assert expected in sheets.refused()


@pytest.mark.parametrize("sheet", COLUMNS)
def test_a_missing_sheet_is_named(sheets: Sheets, sheet: str) -> None:
    book = load_workbook(sheets.path)
    del book[sheet]
    book.save(sheets.path)
    assert f"The sheet `{sheet}` is missing" in sheets.refused()


@pytest.mark.parametrize("content", [b"", b"service,alias\n", b"PK\x03\x04junk"])
def test_what_is_no_workbook_is_refused(sheets: Sheets, content: bytes) -> None:
    sheets.path.write_bytes(content)
    assert "is no Excel workbook" in sheets.refused()


def test_a_workbook_that_is_not_there_is_refused(sheets: Sheets) -> None:
    sheets.path.unlink()
    assert "is no Excel workbook" in sheets.refused()


def test_a_workbook_cut_off_inside_is_refused(sheets: Sheets) -> None:
    with zipfile.ZipFile(sheets.path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(sheets.path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content[: len(content) // 2] if name.endswith("sheet3.xml") else content)
    assert "is no Excel workbook" in sheets.refused()


def test_a_statement_whose_document_is_no_is_no_document(sheets: Sheets) -> None:
    sheets.put("statements", sheets.cell("statements", "Stamp it.", "document"), "no")
    assert sheets.take() == []
