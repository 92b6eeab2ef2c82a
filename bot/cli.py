"""The command line."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.console import Console
from rich.table import Table

from bot import project
from bot.assistant import Assistant
from bot.channels import terminal
from bot.engine.errors import EngineError
from bot.engine.process import running_engine
from catalog.errors import CatalogError
from catalog.models import Aspect
from catalog.store import load

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    help="Bilingual assistant for talent policies and services in Qianhai, Shenzhen. / 前海人才服务助手",
    epilog="Exit codes: 0 all well · 1 something could not be done (said on standard error) · 2 wrong usage.",
)
catalog_app = typer.Typer(no_args_is_help=True, help="Look at and check the service catalog.")
nlu_app = typer.Typer(no_args_is_help=True, help="Look into how a message is understood.")
app.add_typer(catalog_app, name="catalog")
app.add_typer(nlu_app, name="nlu")

messages = Console(stderr=True)


def fail(message: str) -> typer.Exit:
    """Say what went wrong; raise the result."""
    messages.print(message, style="red", markup=False, highlight=False)
    return typer.Exit(1)


def trained_model() -> Path:
    """The model of the present training data, trained first if need be."""
    try:
        path = project.model_path()
    except CatalogError as error:
        raise fail(f"The catalog cannot be used:\n{error}") from error
    if not path.exists():
        train_model(path)
    return path


def train_model(path: Path) -> None:
    """Train `path`, showing for how long; older models are removed when it is there."""
    path.parent.mkdir(exist_ok=True)
    started = time.monotonic()
    command = [sys.executable, "-m", "bot.engine.trainer", str(path)]
    with messages.status("Training the model (a minute or two) …"):
        done = subprocess.run(command, cwd=project.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode or not path.exists():
        raise fail(f"Training failed:\n{done.stdout[-3000:]}")
    for old in path.parent.glob("assistant-*.tar.gz"):
        if old != path:
            old.unlink()
    messages.print(f"Model trained in {time.monotonic() - started:.0f} s: {path.name}", highlight=False)


@app.command()
def chat() -> None:
    """Talk with the assistant in the terminal. `/quit` leaves."""
    model = trained_model()

    async def talk() -> None:
        with messages.status("Waking up …") as status:
            engine = running_engine(model, lambda phase: status.update(f"Waking up: {phase} …"))
            client = await engine.__aenter__()
        try:
            await terminal.chat(Assistant(client), Console())
        finally:
            await engine.__aexit__(None, None, None)

    _run(talk())


@app.command()
def ask(
    text: Annotated[Optional[list[str]], typer.Argument(help="Messages; without any, lines of standard input.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")] = False,
) -> None:
    """Answer each message in order, then exit.

    A line of standard input is plain text, each its own conversation, or `{"conversation": "c1", "text": "…"}`.
    Exit code 0 when every line was answered, 1 when one was not (its output line is an `error`).
    """
    model = trained_model()

    def lines() -> Iterator[str]:
        yield from text if text else (line for line in sys.stdin if line.strip())

    def write(line: str) -> None:
        print(line, flush=True)

    async def answer() -> bool:
        async with running_engine(model) as client:
            return await terminal.ask(Assistant(client), lines(), as_json, write)

    if not _run(answer()):
        raise typer.Exit(1)


@app.command()
def train(force: Annotated[bool, typer.Option(help="Train even when nothing has changed.")] = False) -> None:
    """Train the model, if training data, catalog names, configuration or code changed since."""
    try:
        path = project.model_path()
    except CatalogError as error:
        raise fail(f"The catalog cannot be used:\n{error}") from error
    if path.exists() and not force:
        messages.print("Nothing changed since the last training.")
        return
    train_model(path)


@app.command(hidden=True)
def engine(
    socket: Annotated[Path, typer.Option(help="Unix socket to listen on.")],
    model: Annotated[Path, typer.Option(help="Model to serve.")],
) -> None:
    """Serve one engine (started by the other commands)."""
    from bot.engine.quiet import quiet

    quiet()
    import uvicorn

    from bot.engine.server import create_app

    uvicorn.run(create_app(model), uds=str(socket), log_level="warning", access_log=False)


@catalog_app.command("check")
def catalog_check() -> None:
    """Check all files of the catalog; exit code 1 and every problem with file and line when something is wrong."""
    started = time.monotonic()
    try:
        catalog = load()
    except CatalogError as error:
        for problem in error.problems:
            print(problem)
        raise fail(f"{len(error.problems)} problems") from error
    print(f"{len(catalog.services)} services, {len(catalog.sources)} sources: all well ({time.monotonic() - started:.2f} s)")


@catalog_app.command("list")
def catalog_list() -> None:
    """List all services by category."""
    catalog = load()
    table = Table("id", "English", "中文", "aspects", box=None)
    for category in catalog.categories.values():
        table.add_section()
        table.add_row(f"[bold]{category.name.en} / {category.name.zh}[/]")
        for service in catalog.in_category(category.id):
            table.add_row(service.id, service.name.en, service.name.zh, str(len(service.aspects)))
    Console().print(table)


@catalog_app.command("show")
def catalog_show(
    service: Annotated[str, typer.Argument(help="Id or name of a service.")],
    language: Annotated[str, typer.Option(help="en, zh (or zh-Hans) or zh-Hant.")] = "en",
) -> None:
    """Show everything the catalog says of a service, as people read it."""
    from catalog.render import aspect_name, render, source_line
    from language.traditional import traditional

    catalog = load()
    found = catalog.service(service) or catalog.by_alias(service)
    if found is None:
        raise fail(f"No service `{service}`. `bot catalog list` shows all.")
    if language not in ("en", "zh", "zh-Hans", "zh-Hant"):
        raise fail(f"No language `{language}`: en, zh, zh-Hans or zh-Hant.")
    written = language[:2]
    parts = [f"# {getattr(found.name, written)}"]
    for aspect in Aspect:
        if aspect in found.aspects:
            statements = found.aspects[aspect]
            sources = "\n".join(f"  – {source_line(s, written)}" for s in catalog.sources_of(statements))
            parts.append(f"## {aspect_name(aspect, written)}\n{render(catalog, statements, written)}\n{sources}")
    text = "\n\n".join(parts)
    print(traditional(text) if language == "zh-Hant" else text)


@nlu_app.command("parse")
def nlu_parse(
    text: Annotated[str, typer.Argument(help="A message.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show how a message is understood: tokens, language, names found, services and intents with confidences."""
    model = trained_model()

    async def parse() -> dict[str, object]:
        async with running_engine(model) as client:
            return await client.parse(text)

    result = _run(parse())
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
        return
    out = Console()
    out.print("tokens   ", " ".join(f"{t['text']}[dim]({t['form']})[/]" for t in result["tokens"]), highlight=False)  # type: ignore[attr-defined,index]
    out.print("language ", json.dumps(result["language"], ensure_ascii=False), highlight=False)
    names = [f"{e['value']} ({text[e['start'] : e['end']]})" for e in result["entities"] or []]  # type: ignore[attr-defined]
    out.print("names    ", ", ".join(names) or "–", highlight=False)
    for label, key in (("service", "service_ranking"), ("intent", "intent_ranking")):
        rows = "  ".join(f"{r['name']} {r['confidence']:.2f}" for r in (result[key] or [])[:5])  # type: ignore[index]
        out.print(f"{label:9}", rows, highlight=False)


def _run(coroutine):  # type: ignore[no-untyped-def]
    """Run a coroutine; engine errors become words and exit code 1."""
    try:
        return asyncio.run(coroutine)
    except EngineError as error:
        raise fail(f"The engine failed: {error}") from error
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
