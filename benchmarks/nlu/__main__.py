"""The command line: `python -m benchmarks.nlu FOLDER`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks.nlu import machine, nodejs, report, sets, systems
from benchmarks.nlu.bench import Bench
from benchmarks.nlu.runner import ROOT
from bot.cli.common import fail, messages

CACHE = ROOT / ".cache" / "bench"

app = typer.Typer(add_completion=False)


@app.command()
def main(
    folder: Annotated[Path, typer.Argument(help="Folder with the sets: `NAME.train.jsonl` and `NAME.test.jsonl`.")],
    set_names: Annotated[str, typer.Option("--sets", help="Only these, with commas.")] = "",
    system_names: Annotated[str, typer.Option("--systems", help="Only these: ours,stock,nlpjs.")] = "",
    full: Annotated[bool, typer.Option("--full", help="Leave out nothing that takes long.")] = False,
    json_file: Annotated[
        Path, typer.Option("--json", help="Where the figures go.", show_default=".cache/bench/nlu.json")
    ] = CACHE / "nlu.json",
    markdown: Annotated[Optional[Path], typer.Option(help="Write the report as a page here, too.")] = None,
) -> None:
    """Measure intent recognition on public sets: ours, stock Rasa and nlp.js side by side.

    Takes about 45 minutes on two quiet cores, with --full an hour and a half.
    """
    try:
        wanted = sets.chosen(_names(set_names))
        asked = systems.chosen(_names(system_names))
        sets.check_folder(folder, wanted)
        examples = [sets.read(folder, intent_set) for intent_set in wanted]
    except (OSError, ValueError) as error:
        raise fail(str(error), 2) from error
    node_modules, notes = None, []
    if "nlpjs" in asked:
        try:
            with messages.status("Installing nlp.js …"):
                node_modules = nodejs.install(CACHE / "nlpjs")
        except nodejs.NodeMissing as error:
            asked = tuple(system for system in asked if system != "nlpjs")
            notes.append(f"nlp.js is left out: {error}")
            messages.print(notes[-1], markup=False)
    if not asked:
        raise fail("No system is left to measure.")

    described = machine.describe(ROOT)
    results: list[report.SetResult] = []
    with _progress() as progress:
        task = progress.add_task("", total=len(wanted))
        bench = Bench(
            asked,
            node_modules,
            full=full,
            now=lambda words: progress.update(task, description=words),
            done=lambda words: progress.print(words, markup=False, highlight=False),
        )
        for intent_set, read in zip(wanted, examples):
            results.append(bench.measure(intent_set, read))
            progress.advance(task)
            circumstances = report.Circumstances(described, bench.versions, tuple(notes))
            _write(json_file, json.dumps(report.as_json(results, circumstances), ensure_ascii=False, indent=1) + "\n")
    _show(results, asked, circumstances)
    messages.print(f"Figures: {json_file}", markup=False)
    if markdown:
        _write(markdown, report.as_markdown(results, asked, circumstances))
    failed = [(result, run) for result in results for run in result.runs if run.failed]
    for result, run in failed:
        messages.print(f"{result.intent_set.name}, {run.setup.title}: {run.failed}", style="red", markup=False)
    if failed:
        raise fail(f"{len(failed)} runs failed")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _progress() -> Progress:
    columns = (
        SpinnerColumn(),
        MofNCompleteColumn(),
        BarColumn(20),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    return Progress(*columns, console=messages)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _show(results: Sequence[report.SetResult], asked: Sequence[str], circumstances: report.Circumstances) -> None:
    out = Console(width=140, highlight=False)
    out.print(report.METHOD, circumstances.in_words, *circumstances.notes, markup=False)
    for result in results:
        out.print(f"\n[bold]{result.intent_set.name}[/]  {report.heading(result)}")
        out.print(_table(report.rows(result, asked), asked))
        for remark in report.remarks(result):
            out.print(remark, markup=False)
    out.print("\n[bold]Accuracy[/]  all languages of a set together")
    out.print(_table(report.summary(results, asked), asked))


def _table(rows: Sequence[report.Row], asked: Sequence[str]) -> Table:
    table = Table(box=None)
    for position, title in enumerate(report.columns(asked)):
        table.add_column(title, justify="right" if position else "left")
    for row in rows:
        table.add_row(row.label, *row.cells, row.against)
    return table


if __name__ == "__main__":
    app()
