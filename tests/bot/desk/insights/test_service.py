"""Visits, cases and questions together, in a real Redis and with the real hours."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.desk.cases import Case, Move, Reason, moved, opened
from bot.desk.hours import load
from bot.desk.insights.report import begins, day_of
from bot.desk.insights.service import Insights, period
from bot.desk.insights.vain import CannotLabel, Label, NoSuchQuestion
from bot.desk.store import Cases
from bot.engine.protocol import Answer
from bot.messages import Incoming

MONDAY = begins(dt.date(2026, 11, 2)) + 10 * 3600
DAY = 86400


def insights(redis: Redis, now: float = MONDAY + 20 * DAY) -> Insights:
    return Insights(redis, load(), ("work-permit",), ("ask_fee", "out_of_scope"), now=lambda: now)


async def turn(found: Insights, text: str, at: float, conversation: str, intent: str = "ask_fee", **given: Any) -> None:
    message = Incoming("web", conversation, f"{text}{at}", at, text)
    await found.records.turn(message, Answer("en", intent, None, 0.9, "…", **given))


async def looked_after(redis: Redis, conversation: str, at: float, *, until: float | None = None) -> Case:
    cases = Cases(redis)
    case = opened(Case(await cases.new_id(), "web", conversation, Reason.complaint, "en", at, f"m{at}"))
    await cases.write(None, case)
    for move, when, given in (
        (Move.claim, at + 60, {"staff": "li"}),
        (Move.say, at + 120, {}),
        *([(Move.close, until, {"outcome": "answered"})] if until else []),
    ):
        after = moved(case, move, when, **given)
        await cases.write(case, after)
        case = after
    return case


async def test_a_report_joins_conversations_with_their_cases(redis: Redis) -> None:
    found = insights(redis)
    await turn(found, "how much", MONDAY, "web:1")
    await turn(found, "how much", MONDAY, "web:2")
    await turn(found, "and now", MONDAY + 15 * DAY, "web:3")
    await looked_after(redis, "web:2", MONDAY + 60, until=MONDAY + 3660)
    await looked_after(redis, "web:4", MONDAY + 5 * 3600)
    start, end = period(dt.date(2026, 11, 2), dt.date(2026, 11, 18), 1, 0)
    figures = (await found.report(start, end)).all
    assert (figures.conversations, figures.known, figures.resolved, figures.unknown) == (3, 2, 1, 1)
    assert (figures.cases, figures.closed, figures.by_reason) == (2, 1, {"complaint": 2})
    assert figures.response.median == 120
    assert figures.resolution.median == 3600
    assert figures.resolution_working.median == 3600


async def test_cases_beyond_one_page_are_all_counted(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.desk.insights.service.PAGE", 3)
    found = insights(redis)
    for number in range(8):
        await looked_after(redis, f"web:{number}", MONDAY + number * 60, until=MONDAY + 9999 + number)
    assert (await found.report(MONDAY - 1, MONDAY + DAY)).all.closed == 8


async def test_label_dismiss_and_undo(redis: Redis) -> None:
    found = insights(redis)
    for number, text in enumerate(("bring my dog to Shenzhen", "can I bring a dog to Shenzhen", "附近有清真寺吗")):
        await turn(found, text, MONDAY + number, f"web:{number}", "out_of_scope")
    dogs, mosque = (await found.groups()).open
    assert (dogs.count, mosque.count) == (2, 1)
    assert await found.label(dogs.id, None, "out_of_scope", "li") == 2
    assert await found.dismiss(mosque.id, "wang") == 1
    groups = await found.groups()
    assert groups.open == ()
    assert groups.labelled[0].mark
    assert groups.labelled[0].mark.by == "li"
    assert groups.dismissed[0].mark
    assert groups.dismissed[0].mark.by == "wang"
    assert await found.undo(dogs.id) == 2
    assert (await found.groups()).open == (dogs,)
    one = dogs.questions[0].id
    assert await found.label(one, "work-permit", "ask_fee", "li") == 1
    assert [(each.id, label) for each, label in await found.to_export()] == [(one, Label("work-permit", "ask_fee"))]


async def test_what_was_exported_is_not_exported_again_unless_it_is_labelled_otherwise(redis: Redis) -> None:
    found = insights(redis)
    await turn(found, "bring my dog to Shenzhen", MONDAY, "web:1", "out_of_scope")
    [group] = (await found.groups()).open
    await found.label(group.id, None, "ask_fee", "li")
    await found.exported(await found.to_export())
    assert await found.to_export() == []
    await found.label(group.id, None, "ask_fee", "li")
    assert await found.to_export() == []
    stale = [(group.questions[0], Label(None, "ask_fee"))]
    await found.label(group.id, None, "out_of_scope", "li")
    await found.exported(stale)
    assert len(await found.to_export()) == 1


async def test_a_label_that_does_not_fit_changes_nothing(redis: Redis) -> None:
    found = insights(redis)
    await turn(found, "bring my dog to Shenzhen", MONDAY, "web:1", "out_of_scope")
    [group] = (await found.groups()).open
    with pytest.raises(CannotLabel):
        await found.label(group.id, "no-such", "ask_fee", "li")
    for act in (found.dismiss("g-gone", "li"), found.undo("gone")):
        with pytest.raises(NoSuchQuestion):
            await act
    assert (await found.groups()).open == (group,)


def test_a_period_is_whole_days_in_shenzhen() -> None:
    now = dt.datetime(2026, 11, 24, 16, 30, tzinfo=dt.timezone.utc).timestamp()  # past midnight there
    start, end = period(None, None, 7, now)
    assert (day_of(start), day_of(end - 1), end - start) == ("2026-11-19", "2026-11-25", 7 * DAY)
    assert period(dt.date(2026, 1, 1), dt.date(2026, 1, 1), 99, now)[1] - begins(dt.date(2026, 1, 1)) == DAY


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (dt.date(2026, 2, 2), dt.date(2026, 2, 1), 30),
        (dt.date(2020, 1, 1), dt.date(2026, 1, 1), 30),
        (None, None, 0),
        (None, None, 401),
        (None, dt.date(1, 1, 3), 30),
        (None, dt.date(9999, 12, 31), 30),
    ],
)
def test_what_is_no_period_is_refused(first: dt.date | None, last: dt.date | None, days: int) -> None:
    with pytest.raises(ValueError, match=r"first day|days"):
        period(first, last, days, MONDAY)
