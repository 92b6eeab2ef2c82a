"""The catalog as an Excel workbook and back, for editors who prefer a sheet to YAML.

Sheets: services, aliases, statements, examples, sources; a row each, lists joined by commas. Coming back, everything is
checked before anything is written, and only services that differ are written.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import yaml
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import ValidationError

from catalog.errors import CatalogError
from catalog.models import EXAMPLE_LANGUAGES, Aspect, Service
from catalog.store import Catalog, load
from catalog.writer import dump_service

Path_ = tuple[Any, ...]

LISTS = ("audiences", "ask", "related", "sources", "facts", "audience")
NUMBERS = ("number", "min", "max", "amount")
DATES = ("opens", "closes", "read_on")
FLAGS = ("unconfirmed", "limit")

COLUMNS: dict[str, tuple[str, ...]] = {
    "services": (
        "service", "name.zh", "name.en", "short.zh", "short.en", "category", "audiences", "ask", "related", "family",
    ),
    "aliases": ("service", "language", "alias"),
    "statements": (
        "service", "aspect", "zh", "en", "sources", "facts", "audience", "unconfirmed", "ask", "contact",
        "time.number", "time.min", "time.max", "time.unit", "time.kind",
        "fee.amount", "fee.currency", "fee.per", "fee.limit", "money.amount", "money.currency", "money.per", "money.limit",
        "document", "document.form", "document.issuer.zh", "document.issuer.en", "document.when.zh", "document.when.en",
        "step.by", "window.opens", "window.closes",
    ),
    "examples": ("service", "language", "intent", "text"),
    "sources": (
        "service", "id", "title.zh", "title.en", "issuer.zh", "issuer.en", "number", "date", "url", "read_on", "status",
    ),
}  # fmt: skip
"""Columns of each sheet. A dotted name is a field of a field; `document` marks a paper without details."""

WIDE = ("zh", "en", "text")


class SheetError(Exception):
    """The workbook cannot be taken over; the message names each cell that is wrong."""


def export_workbook(catalog: Catalog, directory: Path, path: Path) -> None:
    """Write all services of the catalog in `directory` to the workbook `path`."""
    book = Workbook()
    del book[book.sheetnames[0]]
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
    for service_id in catalog.services:
        for name, row in _rows(_raw(directory, service_id)):
            rows[name].append(row)
    for name, columns in COLUMNS.items():
        _fill(book.create_sheet(name), columns, rows[name])
    book.save(path)


def _raw(directory: Path, service_id: str) -> dict[str, Any]:
    data = yaml.load((directory / "services" / f"{service_id}.yml").read_text("utf-8"), yaml.CSafeLoader)
    assert isinstance(data, dict)
    return data


def _rows(service: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a service, each with the sheet it belongs to."""
    own = {"service": service["id"]}
    yield "services", {**own, **{field: service.get(field) for field in ("name", "short", *COLUMNS["services"][5:])}}
    for language, names in service["aliases"].items():
        for alias in names:
            yield "aliases", {**own, "language": language, "alias": alias}
    for aspect, statements in service["aspects"].items():
        for statement in statements:
            yield "statements", {**own, "aspect": aspect, **statement}
    for language, intents in service["examples"].items():
        for intent, texts in intents.items():
            for text in texts:
                yield "examples", {**own, "language": language, "intent": intent, "text": text}
    for source_id, source in (service.get("sources") or {}).items():
        yield "sources", {**own, "id": source_id, **source}


def _fill(sheet: Worksheet, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    sheet.append(columns)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "C2"
    for number, row in enumerate(rows, start=2):
        for position, column in enumerate(columns, start=1):
            value = _cell_value(row, column)
            if value is None:
                continue
            cell = sheet.cell(number, position, value)
            if isinstance(value, str):
                cell.data_type = "s"  # a text that begins with = is no formula
            if column in WIDE:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    for position, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = 60 if column in WIDE else 18


def _cell_value(row: dict[str, Any], column: str) -> Any:
    value: Any = row
    for part in column.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if column == "document":
        return None if value is None else "yes"
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, bool):
        return "yes" if value else None
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if column == "date" and value is not None else value


def import_workbook(directory: Path, path: Path) -> list[str]:
    """Take over the workbook `path` into the catalog in `directory`; the ids of the services that changed.

    Services without a row in the sheet `services` stay as they are. Raises SheetError, with nothing written, when any cell is wrong.
    """
    services, cells = _read(path)
    problems: list[str] = []
    changed: dict[str, dict[str, Any]] = {}
    for service_id, data in services.items():
        file = directory / "services" / f"{service_id}.yml"
        before = _raw(directory, service_id) if file.exists() else {}
        if "interview" in before:  # a workbook has no place for it
            data["interview"] = before["interview"]
        try:
            service = Service.parse_obj(data)
        except ValidationError as error:
            problems += [f"{_where(cells, service_id, tuple(e['loc']))}: {e['msg']}" for e in error.errors()]
            continue
        if not before or Service.parse_obj(before) != service:
            changed[service_id] = data
    if not problems and changed:
        problems = _check(directory, changed, cells)
    if problems:
        raise SheetError("\n".join(problems) + "\nNothing was written.")
    for service_id, data in changed.items():
        (directory / "services" / f"{service_id}.yml").write_text(dump_service(data), encoding="utf-8")
    return sorted(changed)


def _check(directory: Path, changed: dict[str, dict[str, Any]], cells: dict[tuple[str, Path_], str]) -> list[str]:
    """What would be wrong with the catalog if the changes were made."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / directory.name
        shutil.copytree(directory, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        for service_id, data in changed.items():
            (copy / "services" / f"{service_id}.yml").write_text(dump_service(data), encoding="utf-8")
        try:
            load(copy)
        except CatalogError as error:
            return [f"{_where(cells, Path(p.file).stem, _path(p.field))}: {p.message}" for p in error.problems]
    return []


def _path(field: str) -> Path_:
    return tuple(int(part) if part.isdigit() else part for part in field.split(".") if part)


def _where(cells: dict[tuple[str, Path_], str], service_id: str, path: Path_) -> str:
    """The cell of a field, or of the nearest field above it."""
    path = tuple(getattr(part, "value", part) for part in path if part != "__root__")
    for length in range(len(path), -1, -1):
        cell = cells.get((service_id, path[:length]))
        if cell:
            return f"{cell} ({service_id}: {'.'.join(map(str, path))})" if path else cell
    return f"{service_id}: {'.'.join(map(str, path))}"


def _read(path: Path) -> tuple[dict[str, dict[str, Any]], dict[tuple[str, Path_], str]]:
    """The services of a workbook as plain data, and the cell each field came from."""
    try:
        with path.open("rb") as file:
            book = load_workbook(file)
    except (OSError, BadZipFile, InvalidFileException, KeyError, ParseError) as error:
        raise SheetError(f"{path} is no Excel workbook (.xlsx): {error}") from error
    services: dict[str, dict[str, Any]] = {}
    cells: dict[tuple[str, Path_], str] = {}
    problems: list[str] = []
    for name, columns in COLUMNS.items():
        if name not in book.sheetnames:
            raise SheetError(f"The sheet `{name}` is missing.")
        sheet = book[name]
        head = tuple(cell.value for cell in sheet[1])[: len(columns)]
        if head != columns:
            wrong = next((i for i, (a, b) in enumerate(zip(head, columns)) if a != b), len(head))
            raise SheetError(f"{name}!{get_column_letter(wrong + 1)}1: the column must be called `{columns[wrong]}`.")
        for row in sheet.iter_rows(min_row=2, max_col=len(columns)):
            if all(cell.value in (None, "") for cell in row):
                continue
            places = {column: f"{name}!{cell.coordinate}" for column, cell in zip(columns, row)}
            fields, wrong_cells = _fields(columns, row, places)
            problems += wrong_cells
            try:
                _take(name, fields, services, cells, places)
            except ValueError as error:
                problems.append(str(error))
    if problems:
        raise SheetError("\n".join(problems) + "\nNothing was written.")
    return services, cells


def _fields(columns: tuple[str, ...], row: tuple[Any, ...], places: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """A row as nested fields, empty cells left out; and what is wrong with single cells."""
    fields: dict[str, Any] = {}
    wrong = []
    for column, cell in zip(columns, row):
        if cell.value in (None, ""):
            continue
        try:
            value = _value(column, cell.value)
        except ValueError as error:
            wrong.append(f"{places[column]}: {error}")
            continue
        target = fields
        *above, last = column.split(".")
        for part in above:
            target = target.setdefault(part, {})
        if column == "document" and value:
            fields.setdefault("document", {})
        elif value is not None:
            target[last] = value
    return fields, wrong


def _value(column: str, value: Any) -> Any:
    last = column.rsplit(".", maxsplit=1)[-1]
    if column == "document" or last in FLAGS:
        if str(value).strip().lower() not in ("yes", "no", "true", "false"):
            raise ValueError(f"`yes` or empty is expected, not `{value}`")
        return True if str(value).strip().lower() in ("yes", "true") else None
    if last in NUMBERS and "." in column:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError(f"a number is expected, not `{value}`")
        return int(value) if float(value).is_integer() else value
    if last in DATES:
        if isinstance(value, dt.datetime):
            return value.date()
        try:
            return dt.date.fromisoformat(str(value).strip())
        except ValueError as error:
            raise ValueError(f"a date like 2026-03-31 is expected, not `{value}`") from error
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if column in LISTS:
        return [part.strip() for part in str(value).replace("，", ",").split(",") if part.strip()]
    return str(value).strip()


def _take(
    name: str,
    fields: dict[str, Any],
    services: dict[str, dict[str, Any]],
    cells: dict[tuple[str, Path_], str],
    places: dict[str, str],
) -> None:
    """Put a row where it belongs in its service. Raises ValueError naming the cell when it belongs nowhere."""
    service_id = str(fields.pop("service", ""))
    if name == "services":
        if service_id in services:
            raise ValueError(f"{places['service']}: the service `{service_id}` has a row already")
        services[service_id] = {
            "id": service_id, **fields, "aliases": {}, "aspects": {}, "examples": {"zh": {}, "en": {}},
        }  # fmt: skip
        path: Path_ = ()
    elif service_id not in services:
        raise ValueError(f"{places['service']}: `{service_id}` has no row in the sheet `services`")
    else:
        path = _put(name, fields, services[service_id], places)
    for column, place in places.items():
        cells[service_id, (*path, *column.split("."))] = place
    cells.setdefault((service_id, path), places["service"])
    if name in ("aliases", "examples"):
        cells[service_id, path] = places["alias" if name == "aliases" else "text"]


def _put(name: str, fields: dict[str, Any], service: dict[str, Any], places: dict[str, str]) -> Path_:
    def one_of(column: str, allowed: tuple[str, ...]) -> str:
        value = fields.pop(column, None)
        if value not in allowed:
            raise ValueError(f"{places[column]}: one of {', '.join(allowed)} is expected, not `{value}`")
        return str(value)

    if name == "aliases":
        language = one_of("language", ("zh", "en"))
        aliases = service["aliases"].setdefault(language, [])
        aliases.append(fields.get("alias", ""))
        return "aliases", language, len(aliases) - 1
    if name == "statements":
        aspect = one_of("aspect", tuple(a.value for a in Aspect))
        statements = service["aspects"].setdefault(aspect, [])
        statements.append(fields)
        return "aspects", aspect, len(statements) - 1
    if name == "examples":
        language = one_of("language", EXAMPLE_LANGUAGES)
        texts = service["examples"].setdefault(language, {}).setdefault(fields.get("intent", ""), [])
        texts.append(fields.get("text", ""))
        return "examples", language, fields.get("intent", ""), len(texts) - 1
    source_id = str(fields.pop("id", ""))
    sources = service.setdefault("sources", {})
    if source_id in sources:
        raise ValueError(f"{places['id']}: the source `{source_id}` has a row already")
    sources[source_id] = fields
    return "sources", source_id
