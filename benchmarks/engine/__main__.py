"""The command line: `python -m benchmarks.engine`."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks.engine import report, training
from benchmarks.engine.bench import FULL, QUICK, Bench, Settings, versions
from benchmarks.engine.results import Bound, Results, Side, from_json, to_json
from benchmarks.engine.sides import NoAnswer
from benchmarks.nlu import machine
from bot.cli.common import fail, messages
from bot.project import ROOT
from catalog.errors import CatalogError
from catalog.store import load

CACHE = ROOT / ".cache" / "bench-engine"

SAMPLE = 3_000
"""Messages that the stock side is trained on: on all of them its classifier trains for hours."""

BUSY = 0.5
"""Load average above which the report says that others used the machine, too."""

app = typer.Typer(add_completion=False)


@app.command()
def main(
    quick: Annotated[bool, typer.Option("--quick", help="Shorter levels, one start, copied history.")] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Train stock on all messages (hours), go as deep as ours.")
    ] = False,
    size: Annotated[int, typer.Option("--messages", min=1_000, help="Messages that stock is trained on.")] = SAMPLE,
    stale: Annotated[
        bool, typer.Option("--stale", help="Use models trained last, on older data, if there are any.")
    ] = False,
    json_file: Annotated[
        Path, typer.Option("--json", help="Where the figures go.", show_default=".cache/bench-engine/results.json")
    ] = CACHE / "results.json",
    again: Annotated[
        bool, typer.Option("--report", help="Measure nothing; report the figures in the JSON file.")
    ] = False,
    markdown: Annotated[Optional[Path], typer.Option(help="Write the report as a page here, charts to `img/`.")] = None,
) -> None:
    """Measure turns, load, start and memory of our engine and of a stock Rasa with the same content."""
    if quick and full:
        raise fail("Either --quick or --full.", 2)
    if again:
        try:
            results = from_json(json.loads(json_file.read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise fail(f"{json_file} holds no figures: {error}", 2) from error
    else:
        options = {
            "--quick": quick,
            "--full": full,
            f"--messages {size}": size != SAMPLE and not full,
            "--stale": stale,
        }
        command = " ".join(["python -m benchmarks.engine", *(name for name, given in options.items() if given)])
        settings = QUICK if quick else FULL if full else Settings()
        results = _measured(settings, None if full else size, command, stale=stale)
        _write(json_file, json.dumps(to_json(results), ensure_ascii=False, indent=1) + "\n")
    _show(results)
    messages.print(f"Figures: {json_file}", markup=False)
    if markdown:
        _write(markdown, report.as_markdown(results))
        for name, picture in report.charts(results).items():
            _write(markdown.parent / "img" / name, picture)


def _measured(settings: Settings, size: int | None, command: str, *, stale: bool) -> Results:
    described, notes, busy = machine.describe(ROOT), [], os.getloadavg()[0]
    if busy > BUSY:
        notes.append(f"The machine was busy with other things: load average {busy:.1f} before the run.")
    columns = (SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=messages) as progress:
        task = progress.add_task("reading the training data")

        def now(words: str) -> None:
            progress.update(task, description=words)

        def done(words: str) -> None:
            progress.print(words, markup=False, highlight=False)

        try:
            catalog = load()
            jobs = [training.stock_job(catalog, CACHE, size), training.our_job(catalog, CACHE)]
            for position, job in enumerate(jobs):
                if stale and not job.trained and (older := training.latest(job)) != job:
                    jobs[position] = older
                    notes.append(f"The model of {report.TITLES[job.name]} was trained on older training data.")
                elif not job.trained:
                    now(f"{job.name}: training on {job.messages:,} messages")
                    done(f"{job.name}: trained in {training.train(job).seconds:.0f} s")
            found, bound = asyncio.run(_until_ended(Bench(settings, now, done), jobs))
        except CatalogError as error:
            raise fail(f"The catalog cannot be used: {error}") from error
        except (training.TrainingFailed, NoAnswer, RuntimeError) as error:
            raise fail(str(error)) from error
        except (KeyboardInterrupt, asyncio.CancelledError):
            raise typer.Exit(130) from None
    return Results(described, versions(), command, tuple(found), bound, tuple(notes))


async def _until_ended(bench: Bench, jobs: list[training.Job]) -> tuple[list[Side], Bound]:
    """Measure; Ctrl-C and SIGTERM end it with all its processes."""
    task = asyncio.ensure_future(bench.measure(*jobs))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await task


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _show(results: Results) -> None:
    out = Console(width=150, highlight=False)
    out.print(report.METHOD, report.circumstances(results), *report.remarks(results), sep="\n", markup=False)
    for table in report.tables(results):
        shown = Table(box=None, title=f"\n{table.name}", title_justify="left")
        for position, title in enumerate(table.head):
            shown.add_column(title, justify="right" if position else "left")
        for row in table.rows:
            shown.add_row(*row)
        out.print(shown)


if __name__ == "__main__":
    app()
