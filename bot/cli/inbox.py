"""`bot inbox`: questions asked in vain, and what becomes of them."""

from __future__ import annotations

import datetime as dt
import getpass
from collections.abc import Awaitable, Callable, Collection
from typing import Annotated, Optional

import typer
import yaml
from rich.console import Console
from rich.table import Table

from bot.cli.common import fail, messages, the_catalog
from bot.cli.report import with_insights
from bot.desk.insights.service import Insights
from bot.desk.insights.vain import Group, NoSuchQuestion
from bot.project import ROOT, domain_intents
from catalog.render import SHENZHEN

app = typer.Typer(no_args_is_help=True, help="Questions asked in vain: label, dismiss, make training data of them.")

Id = Annotated[str, typer.Argument(metavar="ID", help="Of a group (`g-…`) or of a question, as `list` shows it.")]


@app.command("list")
def list_questions(
    state: Annotated[str, typer.Option(help="`open`, `labelled` or `dismissed`.")] = "open",
    texts: Annotated[
        bool, typer.Option("--texts", help="Every question with its id, not only one for each group.")
    ] = False,
    most: Annotated[int, typer.Option(min=1, help="Groups at most.")] = 50,
) -> None:
    """Groups of questions that are alike, the most asked first."""
    if state not in ("open", "labelled", "dismissed"):
        raise fail("--state is one of open, labelled, dismissed", 2)
    groups = with_insights(lambda insights: insights.groups())
    found: tuple[Group, ...] = getattr(groups, state)
    if not found:
        messages.print("no questions")
        return
    table = Table("id", "asked", "why", "last", "label", "question", box=None)
    for group in found[:most]:
        table.add_row(group.id, str(group.count), _kinds(group), _day(group.last), _label(group), _plain(group.text))
        for each in group.questions if texts else ():
            table.add_row(f"  {each.id}", "", each.kind, _day(each.at), "", _plain(each.text))
    Console(width=200, highlight=False, markup=False, soft_wrap=True).print(table)


@app.command("label")
def label_question(
    id_: Id,
    intent: Annotated[str, typer.Option(help="What the person wants; `out_of_scope` if it is not ours.")],
    service: Annotated[
        Optional[str], typer.Option(help="Id of the service; without one, about none in particular.")
    ] = None,
) -> None:
    """Say what a group or a question is. A group: all that is open of it."""
    about = None if service in (None, "none") else service
    _decide(id_, lambda insights: insights.label(id_, about, intent, _who()), the_catalog().services)


@app.command("dismiss")
def dismiss_question(id_: Id) -> None:
    """Take it off the list, with new questions very like it."""
    _decide(id_, lambda insights: insights.dismiss(id_, _who()))


@app.command("undo")
def undo_question(id_: Id) -> None:
    """Put it back on the list. What was exported stays where it was written."""
    _decide(id_, lambda insights: insights.undo(id_))


@app.command("export")
def export_questions(
    check: Annotated[bool, typer.Option("--check", help="Only say what would be written.")] = False,
) -> None:
    """Make training examples and conversation tests of the labelled questions that are none yet.

    Exit code 1 if a question was refused; the others are written.
    """
    from bot.desk.insights.training import CONVERSATIONS, DATA, FILE, Plan, conversations_in, planned, written
    from nlu.evaluation.lint import examples

    catalog = the_catalog()

    async def export(insights: Insights) -> Plan:
        questions = await insights.to_export()
        try:
            tests = conversations_in(ROOT / CONVERSATIONS)
            plan = planned(questions, examples(catalog, ROOT / DATA), catalog.services, domain_intents(), tests)
            if not check:
                for path in written(plan, ROOT):
                    messages.print(f"Written: {path}", markup=False, highlight=False)
                await insights.exported(plan.done)
        except (OSError, yaml.YAMLError) as error:
            raise fail(str(error)) from error
        return plan

    plan = with_insights(export, catalog.services)
    for each in plan.additions:
        print(f"{DATA}/{each.folder}/{FILE}\t{each.label.intent}\t{each.service}\t{each.text}")
        if each.name:
            print(f"{CONVERSATIONS}/{FILE}\t{each.label.intent}\t{each.service}\t{each.text}")
    for text in plan.there:
        print(f"there already\t{text}")
    for text in plan.left_out:
        print(f"nearly the same as another\t{text}")
    for text, why in plan.refused:
        print(f"refused\t{text}\t{why}")
    if plan.additions and not check:
        messages.print("Read them over, then: make check, .venv/bin/bot train, make test")
    if not (plan.additions or plan.refused or plan.there or plan.left_out):
        messages.print("nothing to export")
    if plan.refused:
        raise fail(
            f"{len(plan.refused)} questions were refused: label them otherwise, dismiss them, or change what stands there"
        )


def _decide(id_: str, work: Callable[[Insights], Awaitable[int]], services: Collection[str] = ()) -> None:
    try:
        count = with_insights(work, services)
    except NoSuchQuestion:
        raise fail(f"There is no question or group {id_}.") from None
    messages.print(f"{count} questions" if count != 1 else "1 question")


def _who() -> str:
    """Who sits at the command line."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli"


def _kinds(group: Group) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in group.kinds.items())


def _label(group: Group) -> str:
    label = group.mark.label if group.mark else group.suggested
    if label is None:
        return "–"
    shown = f"{label.service or 'none'} {label.intent}"
    if group.mark is None:
        return f"{shown}?"
    return shown + (" (exported)" if group.mark.exported else "")


def _day(at: float) -> str:
    return dt.datetime.fromtimestamp(at, SHENZHEN).date().isoformat()


def _plain(text: str) -> str:
    """A text that moves no cursor."""
    return "".join(char for char in text if char.isprintable())
