"""`bot report`: figures of the conversations and of the desk."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine
from pathlib import Path
from typing import Annotated, Any, Optional, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.common import fail, messages, run
from bot.cli.gateway import the_settings
from bot.desk.insights.report import Figures, Report, csv, day_of, duration
from bot.desk.insights.service import Insights, period
from bot.project import domain_intents
from bot.store.errors import StoreError

T = TypeVar("T")

NO_DATA = "no data"


def show_report(
    first: Annotated[
        Optional[dt.datetime], typer.Option("--from", formats=["%Y-%m-%d"], help="First day, in Shenzhen.")
    ] = None,
    last: Annotated[
        Optional[dt.datetime], typer.Option("--to", formats=["%Y-%m-%d"], help="Last day; today if not given.")
    ] = None,
    days: Annotated[int, typer.Option(help="Days up to the last one, without --from.")] = 30,
    csv_file: Annotated[
        Optional[str], typer.Option("--csv", help="Write a table of all figures to this file; `-` for standard output.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Figures of conversations and cases: resolved without staff, handed over, times, ratings."""
    if as_json and csv_file == "-":
        raise fail("Only one of --json and --csv - can go to standard output.", 2)
    try:
        start, end = period(first.date() if first else None, last.date() if last else None, days, time.time())
    except ValueError as error:
        raise fail(f"That is no period: {error}.", 2) from error
    found = with_insights(lambda insights: insights.report(start, end))
    if csv_file == "-":
        print(csv(found), end="")
        return
    if csv_file:
        try:
            # the mark has spreadsheets read it as UTF-8
            Path(csv_file).write_bytes(csv(found).encode("utf-8-sig"))
        except OSError as error:
            raise fail(str(error)) from error
        messages.print(f"Written: {csv_file}", markup=False, highlight=False)
    if as_json:
        print(json.dumps(found.to_json(), ensure_ascii=False))
    elif not csv_file:
        _show(found)


def with_insights(work: Callable[[Insights], Awaitable[T]], services: Collection[str] = ()) -> T:
    """Run `work(insights)` on the Redis of the settings; what goes wrong becomes words and exit code 1.

    services: ids of the catalog, where labels are given.
    """
    settings = the_settings()

    async def do() -> T:
        from bot.desk.hours import HoursError, load
        from bot.store.connection import redis_store

        try:
            hours = load(settings.desk_hours)
        except HoursError as error:
            raise ValueError(str(error)) from error
        url = settings.redis_url.get_secret_value() if settings.redis_url else None
        async with redis_store(url, settings.data_dir) as redis:
            return await work(Insights(redis, hours, services, domain_intents()))

    return _run(do())


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return run(work)
    except (StoreError, ValueError) as error:
        raise fail(str(error)) from error


def _show(found: Report) -> None:
    out = Console(highlight=False)
    out.print(f"{day_of(found.start)} – {day_of(found.end - 1)}", markup=False)
    if found.all.empty:
        out.print(NO_DATA)
        return
    out.print(_overall(found.all))
    for dimension, values in found.by.items():
        table = Table(
            dimension, "conversations", "resolved", "handed over", "first response", "resolution", "rating", box=None
        )
        for value, figures in values.items():
            if not figures.empty or dimension != "day":
                table.add_row(value, *_row(figures))
        out.print(table)


def _overall(figures: Figures) -> Table:
    table = Table(show_header=False, box=None)
    lines = {
        "conversations": f"{figures.conversations} with {figures.messages} messages, {figures.missed} not understood, {figures.out_of_scope} out of scope",
        "resolved without staff": f"{_percent(figures.resolved_share)} of {figures.known}; {figures.unknown} not yet known",
        "answers rated": f"👍 {figures.up}  👎 {figures.down}",
        "handed over": f"{figures.cases}: " + (_list(figures.by_reason) or NO_DATA),
        "first response": _times(figures, "response"),
        "resolution": _times(figures, "resolution"),
        "outcomes": _list(figures.by_outcome) or NO_DATA,
        "rating": f"{_mean(figures)}; {figures.rated} of {figures.closed} closed cases ({_percent(figures.rated_share)})",
    }
    for name, words in lines.items():
        table.add_row(name, words)
    return table


def _row(figures: Figures) -> list[str]:
    return [
        str(figures.conversations), _percent(figures.resolved_share), str(figures.cases), duration(figures.response.median),
        duration(figures.resolution.median), _mean(figures),
    ]  # fmt: skip


def _times(figures: Figures, name: str) -> str:
    wall, working = getattr(figures, name), getattr(figures, f"{name}_working")
    if not wall.count:
        return NO_DATA
    return (
        f"median {duration(wall.median)}, 90th percentile {duration(wall.p90)}; "
        f"in working hours {duration(working.median)}, {duration(working.p90)} ({wall.count} cases)"
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _mean(figures: Figures) -> str:
    return "–" if figures.rating is None else f"{figures.rating:.2f}"


def _list(counts: Any) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
