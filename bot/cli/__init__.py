"""The command line."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.console import Console

from bot import project
from bot.assistant import Assistant
from bot.channels import terminal
from bot.cli import catalog, desk, gateway, inbox, nlu, report
from bot.cli.common import messages, run, the_catalog, train_model, trained_model
from bot.engine.process import running_engine

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    help="Bilingual assistant for talent policies and services in Qianhai, Shenzhen. / 前海人才服务助手",
    epilog="Exit codes: 0 all well · 1 something could not be done (said on standard error) · 2 wrong usage.",
)
app.add_typer(catalog.app, name="catalog")
app.add_typer(nlu.app, name="nlu")
app.add_typer(desk.app, name="desk")
app.add_typer(inbox.app, name="inbox")
app.add_typer(gateway.deadletters, name="deadletters")
app.add_typer(gateway.telegram, name="telegram")
app.command("serve")(gateway.serve)
app.command("report")(report.show_report)
app.command("settings")(gateway.show_settings)


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

    run(talk())


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
        if text:
            yield from text
            return
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")
        yield from (line for line in sys.stdin if line.rstrip("\r\n"))

    def write(line: str) -> None:
        print(line, flush=True)

    async def answer() -> bool:
        async with running_engine(model) as client:
            return await terminal.ask(Assistant(client), lines(), as_json, write)

    if not run(answer()):
        raise typer.Exit(1)


@app.command()
def train(force: Annotated[bool, typer.Option(help="Train even when nothing has changed.")] = False) -> None:
    """Train the model, if training data, catalog names, configuration or code changed since."""
    path = project.model_path(the_catalog())
    if path.exists() and not force:
        messages.print("Nothing changed since the last training.")
        return
    train_model(path)


@app.command(hidden=True)
def engine(
    model: Annotated[Path, typer.Option(help="Model to serve.")],
    socket: Annotated[Optional[Path], typer.Option(help="Unix socket to listen on.")] = None,
    host: Annotated[str, typer.Option(help="Address of this machine to listen on, without a socket.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on, without a socket.")] = 5005,
    redis: Annotated[Optional[str], typer.Option(envvar="REDIS_URL", help="Redis with the conversations.")] = None,
) -> None:
    """Serve one engine (started by the other commands)."""
    from bot.engine.quiet import quiet

    quiet()
    from bot.engine.server import create_app, serve

    if redis:
        os.environ["REDIS_URL"] = redis
    serve(create_app(model), socket=socket, host=host, port=port)
