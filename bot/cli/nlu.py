"""`bot nlu`: look into how messages are understood."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Optional

import typer
import yaml
from rich.console import Console
from rich.table import Table

from bot.cli.common import fail, run, the_catalog, trained_model
from bot.engine.process import running_engine
from bot.engine.protocol import Turn
from bot.project import ROOT
from bot.typed import harmless
from nlu.evaluation.lint import examples, lint, near_copies
from nlu.evaluation.scores import Labelled, Reading, Report, read_labelled, report

app = typer.Typer(no_args_is_help=True, help="Look into how messages are understood.")


@app.command("parse")
def nlu_parse(
    text: Annotated[str, typer.Argument(help="A message.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show how a message is understood: tokens, language, names found, services and intents with confidences."""
    model = trained_model()
    text = harmless(text)

    async def parse() -> dict[str, Any]:
        async with running_engine(model) as client:
            return await client.parse(text)

    result = run(parse())
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
        return
    out = Console(highlight=False)
    out.print("tokens   ", " ".join(f"{t['text']}[dim]({t['form']})[/]" for t in result["tokens"]))
    out.print("language ", json.dumps(result["language"], ensure_ascii=False))
    names = [f"{e['value']} ({text[e['start'] : e['end']]})" for e in result["entities"] or []]
    out.print("names    ", ", ".join(names) or "–")
    for label, key in (("service", "service_ranking"), ("intent", "intent_ranking")):
        out.print(f"{label:9}", "  ".join(f"{r['name']} {r['confidence']:.2f}" for r in (result[key] or [])[:5]))


@app.command("eval")
def nlu_eval(
    files: Annotated[list[Path], typer.Argument(help="JSON lines: `text`, `lang`, `accept` (service, intent pairs).")],
    as_json: Annotated[bool, typer.Option("--json", help="The whole report as JSON.")] = False,
    misread: Annotated[int, typer.Option(help="Misread messages to list.")] = 20,
) -> None:
    """Measure how well labelled messages are understood, each as a conversation of its own."""
    try:
        labelled = read_labelled(files)
    except (OSError, ValueError) as error:
        raise fail(str(error)) from error
    model = trained_model()

    async def read() -> tuple[list[Reading], list[float]]:
        async with running_engine(model) as client:
            answers = [await client.turn(_turn(number, message)) for number, message in enumerate(labelled)]
        return [Reading(a.service, a.intent, a.confidence) for a in answers], sorted(a.ms for a in answers)

    readings, times = run(read())
    result = report(labelled, readings)
    if as_json:
        print(json.dumps(asdict(result), ensure_ascii=False))
    else:
        _show(result, times, misread)


@app.command("lint")
def nlu_lint(
    against: Annotated[
        Optional[list[Path]], typer.Option(help="Labelled messages that must not be in the training data, nor nearly.")
    ] = None,
) -> None:
    """Look over the training messages: contradictions, unknown labels, gaps, copies of messages kept for measuring."""
    catalog = the_catalog()
    found = examples(catalog)
    problems = lint(found, catalog.services, _intents())
    try:
        problems += near_copies(found, [message.text for message in read_labelled(against or [])])
    except (OSError, ValueError) as error:
        raise fail(str(error)) from error
    for problem in problems:
        print(problem)
    if problems:
        raise fail(f"{len(problems)} problems")
    print(f"{len(found)} training messages: all well")


def _intents() -> list[str]:
    domain = yaml.safe_load((ROOT / "domain" / "intents.yml").read_text(encoding="utf-8"))
    return [intent for intent in domain["intents"] if intent != "nlu_fallback"]


def _turn(number: int, message: Labelled) -> Turn:
    return Turn(f"eval-{number}", harmless(message.text))


def _show(result: Report, times: list[float], misread: int) -> None:
    columns = ("group", "n", "service", "intent", "both", "OOS recall", "OOS precision", "refused", "fallback", "ECE")
    table = Table(*columns, box=None)
    for name, figures in result.groups.items():
        shares = [value for key, value in vars(figures).items() if key not in ("messages", "ece")]
        percent = ["–" if value is None else f"{value:.1%}" for value in shares]
        table.add_row(name, str(figures.messages), *percent, f"{figures.ece:.3f}")
    out = Console(width=140, highlight=False)
    out.print(table)
    out.print(f"time per turn: median {times[len(times) // 2]:.1f} ms, 95th {times[int(len(times) * 0.95)]:.1f} ms")
    for wanted, got, count in result.confusion[:15]:
        out.print(f"{count:4} {wanted} → {got}")
    for row in result.misread[:misread]:
        out.print(json.dumps(row, ensure_ascii=False), markup=False)
