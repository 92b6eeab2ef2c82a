"""`bot nlu`: look into how messages are understood."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Optional

import typer
import yaml
from rich.console import Console
from rich.table import Table

from bot.cli.common import fail, messages, run, the_catalog, trained_model
from bot.engine.learning import read_by_parts
from bot.engine.process import running_engine
from bot.engine.protocol import Turn
from bot.project import ROOT
from bot.typed import harmless
from nlu.evaluation.curve import Point, gains
from nlu.evaluation.html import page, percent
from nlu.evaluation.lint import examples, lint, near_copies
from nlu.evaluation.scores import Labelled, Reading, Report, read_labelled, report

app = typer.Typer(no_args_is_help=True, help="Look into how messages are understood.")


NEVER_TYPED = ("interview", "feedback", "none_of_these", "nlu_fallback")
"""Intents without training messages: of buttons, and of what was not understood."""


def _in_a_folder(path: Optional[Path]) -> Optional[Path]:
    if path and not path.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {path.parent}")
    return path


Files = Annotated[list[Path], typer.Argument(help="JSON lines: `text`, `lang`, `accept` (service, intent pairs).")]
Html = Annotated[
    Optional[Path],
    typer.Option("--html", help="Write the report as one HTML page with charts.", callback=_in_a_folder),
]


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
    for label, names in (("names", True), ("entities", False)):
        found = [e for e in result["entities"] or [] if (e["entity"] == "service") == names]
        shown = [f"{e['value'] if names else e['entity']} ({text[e['start'] : e['end']]})" for e in found]
        out.print(f"{label:9}", ", ".join(shown) or "–", markup=False)
    for label, key in (("service", "service_ranking"), ("intent", "intent_ranking")):
        out.print(f"{label:9}", "  ".join(f"{r['name']} {r['confidence']:.2f}" for r in (result[key] or [])[:5]))


@app.command("eval")
def nlu_eval(
    files: Files,
    as_json: Annotated[bool, typer.Option("--json", help="The whole report as JSON.")] = False,
    html: Html = None,
    misread: Annotated[int, typer.Option(help="Misread messages to list.")] = 20,
) -> None:
    """Measure how well labelled messages are understood, each as a conversation of its own."""
    labelled = _labelled(files)
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
    if html:
        title = "How messages are understood · 消息理解评测"
        _write(html, page(result, title=title, about=_about(files, labelled, model.name), times=times))


@app.command("curve")
def nlu_curve(
    files: Files,
    as_json: Annotated[bool, typer.Option("--json", help="The whole curve as JSON.")] = False,
    html: Html = None,
) -> None:
    """Train on ever more of the training messages and measure on labelled ones: where do more messages help?"""
    labelled = _labelled(files)
    the_catalog()
    texts = [harmless(message.text) for message in labelled]
    with messages.status("") as status:
        points = [
            Point(step, trained_on, report(labelled, readings))
            for step, trained_on, readings in read_by_parts(texts, progress=lambda phase: status.update(f"{phase} …"))
        ]
    if as_json:
        intents, groups = gains(points)
        slim = [{"messages": p.messages, **{k: asdict(p.report)[k] for k in ("groups", "intents")}} for p in points]
        more = [gain.name for gain in intents if gain.helps]
        found = {"points": slim, "groups": [*map(asdict, groups)], "intents": [*map(asdict, intents)], "more": more}
        print(json.dumps(found, ensure_ascii=False))
    else:
        _show_curve(points)
    if html:
        title = "Where more training messages help · 哪里需要更多语料"
        _write(html, page(points[-1].report, title=title, about=_about(files, labelled, "config.yml"), curve=points))


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
    problems += near_copies(found, [message.text for message in (_labelled(against) if against else ())])
    for problem in problems:
        print(problem)
    if problems:
        raise fail(f"{len(problems)} problems")
    print(f"{len(found)} training messages: all well")


def _intents() -> list[str]:
    domain = yaml.safe_load((ROOT / "domain" / "intents.yml").read_text(encoding="utf-8"))
    return [intent for intent in domain["intents"] if intent not in NEVER_TYPED]


def _labelled(files: Sequence[Path]) -> list[Labelled]:
    try:
        labelled = read_labelled(files)
    except (OSError, ValueError) as error:
        raise fail(str(error)) from error
    if not labelled:
        raise fail("there are no labelled messages")
    return labelled


def _about(files: Sequence[Path], labelled: Sequence[Labelled], model: str) -> str:
    names = ", ".join(path.name for path in files)
    return f"{dt.datetime.now().astimezone():%Y-%m-%d %H:%M} · {model} · {len(labelled)} messages · 条消息: {names}"


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise fail(str(error)) from error
    messages.print(f"Written: {path}", markup=False, highlight=False)


def _turn(number: int, message: Labelled) -> Turn:
    return Turn(f"eval-{number}", harmless(message.text))


def _show(result: Report, times: list[float], misread: int) -> None:
    columns = ("group", "n", "service", "intent", "both", "OOS recall", "OOS precision", "refused", "fallback", "ECE")
    table = Table(*columns, box=None)
    for name, figures in result.groups.items():
        shares = [value for key, value in vars(figures).items() if key not in ("messages", "ece")]
        table.add_row(name, str(figures.messages), *map(percent, shares), f"{figures.ece:.3f}")
    out = Console(width=140, highlight=False)
    out.print(table)
    out.print(f"time per turn: median {times[len(times) // 2]:.1f} ms, 95th {times[int(len(times) * 0.95)]:.1f} ms")
    for wanted, got, count in result.confusion[:15]:
        out.print(f"{count:4} {wanted} → {got}")
    for row in result.misread[:misread]:
        out.print(json.dumps(row, ensure_ascii=False), markup=False)


def _show_curve(points: Sequence[Point]) -> None:
    out = Console(width=140, highlight=False)
    overall = Table("training messages", "service", "intent", "both", "ECE", box=None)
    for point in points:
        f = point.report.groups["all"]
        overall.add_row(f"{point.messages:,}", percent(f.service), percent(f.intent), percent(f.both), f"{f.ece:.3f}")
    out.print(overall)
    intents, groups = gains(points)
    for name, found in (("group", groups), ("intent", intents)):
        table = Table(name, "n", "right after half", "after all", "gain", box=None)
        for gain in found:
            table.add_row(gain.name, str(gain.messages), str(gain.half), str(gain.full), gain.verdict)
        out.print(table)
    out.print("more data helps most:", ", ".join(gain.name for gain in intents if gain.helps) or "nothing stands out")
