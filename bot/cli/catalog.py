"""`bot catalog`: look at, check, search and edit the service catalog."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.common import fail, messages, the_catalog
from catalog.coverage import coverage, read_facts
from catalog.errors import CatalogError
from catalog.models import Aspect
from catalog.render import aspect_name, render, source_line, today
from catalog.review import expiring, stale
from catalog.sheet import SheetError, export_workbook, import_workbook
from catalog.store import CATALOG_DIR, load
from catalog.template import new_service
from language.traditional import traditional

app = typer.Typer(no_args_is_help=True, help="Look at, check, search and edit the service catalog.")

LANGUAGES = ("en", "zh", "zh-Hans", "zh-Hant")


@app.command("check")
def catalog_check() -> None:
    """Check all files of the catalog; exit code 1 and every problem with file and line when something is wrong."""
    started = time.monotonic()
    try:
        catalog = load()
    except CatalogError as error:
        print(error)
        raise fail(f"{len(error.problems)} problems") from error
    took = time.monotonic() - started
    print(f"{len(catalog.services)} services, {len(catalog.sources)} sources: all well ({took:.2f} s)")


@app.command("list")
def catalog_list() -> None:
    """List all services by category."""
    catalog = the_catalog()
    table = Table("id", "English", "中文", "aspects", box=None)
    for category_id, category in catalog.categories.items():
        table.add_section()
        table.add_row(f"[bold]{category.name.en} / {category.name.zh}[/]")
        for service in catalog.in_category(category_id):
            table.add_row(service.id, service.name.en, service.name.zh, str(len(service.aspects)))
    Console().print(table)


@app.command("show")
def catalog_show(
    service: Annotated[str, typer.Argument(help="Id or name of a service.")],
    language: Annotated[str, typer.Option(help="en, zh (or zh-Hans) or zh-Hant.")] = "en",
) -> None:
    """Show everything the catalog says of a service, as people read it."""
    catalog = the_catalog()
    found = catalog.service(service) or catalog.by_alias(service)
    if found is None:
        raise fail(f"No service `{service}`. `bot catalog list` shows all.")
    if language not in LANGUAGES:
        raise fail(f"No language `{language}`: {', '.join(LANGUAGES)}.")
    written = language[:2]
    parts = [f"# {getattr(found.name, written)}"]
    for aspect in Aspect:
        if aspect in found.aspects:
            statements = found.aspects[aspect]
            sources = "\n".join(f"  – {source_line(s, written)}" for s in catalog.sources_of(statements))
            parts.append(f"## {aspect_name(aspect, written)}\n{render(catalog, statements, written)}\n{sources}")
    text = "\n\n".join(parts)
    print(traditional(text) if language == "zh-Hant" else text)


@app.command("search")
def catalog_search(
    text: Annotated[str, typer.Argument(help="What to look for, in any script.")],
    limit: Annotated[int, typer.Option(help="Passages at most.", min=1)] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Search all statements; the best passage of each service and aspect, with its score (0–1)."""
    from catalog.search import Search

    for passage in Search(the_catalog()).find(text, limit):
        if as_json:
            print(json.dumps({**vars(passage), "aspect": passage.aspect.value}, ensure_ascii=False))
        else:
            print(f"{passage.score:.2f}  {passage.service} · {passage.aspect.value}\n      {passage.text}")


@app.command("coverage")
def catalog_coverage(
    facts: Annotated[list[Path], typer.Argument(help="Research sheets: Markdown with lines `ID` …")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Report which facts of the research sheets the catalog uses, where, and which not and why.

    Exit code 1 when a fact is neither used nor accounted for in `catalog/unused_facts.yml`.
    """
    try:
        report = coverage(the_catalog(), read_facts(facts))
    except (OSError, UnicodeDecodeError, CatalogError) as error:
        raise fail(str(error)) from error
    if as_json:
        print(json.dumps(vars(report), ensure_ascii=False))
    else:
        for fact, places in report.used.items():
            print(f"{fact:7} {', '.join(places)}")
        for fact, reason in report.unused.items():
            print(f"{fact:7} not used: {reason}")
        for fact in (*report.missing, *report.unknown):
            print(f"{fact:7} {'NOT USED, NO REASON GIVEN' if fact in report.missing else 'CITED, BUT IN NO SHEET'}")
        for place in report.unsafe:
            print(f"{place}: rests on a fact that staff must verify, so it may only say whom to ask")
        print(f"{len(report.used)} facts used, {len(report.unused)} not with reason, {len(report.missing)} missing")
    if report.missing or report.unknown:
        raise typer.Exit(1)


@app.command("new")
def catalog_new(service: Annotated[str, typer.Argument(help="Id: lower case, words joined by hyphens.")]) -> None:
    """Write a file for a new service, with every field explained, to fill in."""
    try:
        path = new_service(CATALOG_DIR, service)
    except (ValueError, FileExistsError) as error:
        raise fail(str(error)) from error
    messages.print(f"Written: {path}. Fill it in, then run `bot catalog check`.", highlight=False)


@app.command("stale")
def catalog_stale(
    days: Annotated[int, typer.Option(help="Sources read longer ago than this many days.", min=0, max=36500)] = 180,
) -> None:
    """List what was not re-read lately, and which application windows end or have ended."""
    catalog = the_catalog()
    on = today()
    rows = stale(catalog, on, dt.timedelta(days=days))
    for row in rows:
        print(f"{row.read_on or 'never'!s:>10}  {row.source}  ({', '.join(row.services)})")
    print(f"{len(rows)} sources to re-read (read before {on - dt.timedelta(days=days)}, or never on a page)")
    for service, text, closes, state in expiring(catalog, on):
        print(f"{closes}  {service}: window {state}: {text}")


@app.command("export")
def catalog_export(xlsx: Annotated[Path, typer.Option("--xlsx", help="Workbook to write.")]) -> None:
    """Write all services to an Excel workbook, to edit there and import again."""
    try:
        export_workbook(the_catalog(), CATALOG_DIR, xlsx)
    except OSError as error:
        raise fail(f"{xlsx} cannot be written: {error.strerror}") from error
    messages.print(f"Written: {xlsx}", highlight=False)


@app.command("import")
def catalog_import(xlsx: Annotated[Path, typer.Option("--xlsx", help="Workbook from `bot catalog export`.")]) -> None:
    """Take over the changes made in a workbook.

    Only services that differ are written. A sheet with anything wrong in it is refused, each cell named, nothing written.
    """
    before = the_catalog()
    try:
        changed = import_workbook(CATALOG_DIR, xlsx)
    except SheetError as error:
        raise fail(str(error)) from error
    messages.print(f"Changed: {', '.join(changed) or 'nothing'}", highlight=False)
    _say_whether_to_train(before, changed)


def _say_whether_to_train(before: object, changed: list[str]) -> None:
    from bot.project import fingerprint
    from catalog.store import Catalog

    assert isinstance(before, Catalog)
    if changed and fingerprint(before) != fingerprint(load()):
        messages.print("Names or examples changed: run `bot train`.")
