"""The formulas on small sets that can be counted by hand."""

from __future__ import annotations

import csv as tables
import datetime as dt
import io
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.desk.cases import Case, Outcome, Owner, Reason, State
from bot.desk.insights.report import Report, Spread, begins, csv, report, safe, spread
from bot.desk.insights.visits import Visit

DAY = 86400
START = begins(dt.date(2026, 11, 2))
END = START + 2 * DAY
LATE = END + 30 * DAY


class NineToFive:
    """Half of all time is working time."""

    def working_seconds(self, start: float, end: float) -> float:
        return (end - start) / 2


def visit(who: str, start: float, *, minutes: float = 5, **given: Any) -> Visit:
    given = {"channel": "web", "language": "en", "messages": 2, **given}
    return Visit(who=who, start=start, last=start + minutes * 60, **given)


def case(id_: str, opened: float, *, who: str = "x", reason: Reason = Reason.asked, **given: Any) -> Case:
    given = {"channel": "web", "language": "en", **given}
    return Case(id=id_, conversation=who, reason=reason, opened_at=opened, opened_by="m", **given)


def closed(id_: str, opened: float, seconds: float, outcome: Outcome = Outcome.answered, **given: Any) -> Case:
    over = {"state": State.closed, "owner": Owner.assistant, "closed_at": opened + seconds, "outcome": outcome}
    return case(id_, opened, **over, **given)


def made(visits: list[Visit], cases: list[Case] | None = None, now: float = LATE) -> Report:
    return report(visits, cases or [], NineToFive(), START, END, now=now)


def resolved(visits: list[Visit], cases: list[Case] | None = None, now: float = LATE) -> tuple[int, int, int]:
    found = made(visits, cases, now).all
    return found.resolved, found.known, found.unknown


def test_a_visit_without_case_and_return_is_resolved() -> None:
    assert resolved([visit("a", START)]) == (1, 1, 0)


@pytest.mark.parametrize(("after", "expected"), [(7 * DAY, 0), (7 * DAY + 1, 1), (1800, 0)])
def test_a_return_within_seven_days_after_its_end_is_not(after: float, expected: int) -> None:
    first = visit("a", START)
    found = made([first, visit("a", first.last + after)])
    assert found.all.resolved - (found.all.conversations - 1) == expected


def test_the_return_of_somebody_else_does_not_count() -> None:
    assert resolved([visit("a", START), visit("b", START + 3600)]) == (2, 2, 0)


def test_a_return_after_the_period_counts() -> None:
    found = made([visit("a", END - 3600), visit("a", END + DAY)])
    assert (found.all.conversations, found.all.resolved, found.all.known) == (1, 0, 1)


@pytest.mark.parametrize(
    ("opened", "ended", "expected"),
    [
        (60, None, 0),  # during the visit
        (5 * 60 + 1799, 9999, 0),  # before it was over
        (5 * 60 + 1800, 9999, 1),  # after it was over
        (-2 * DAY, -1, 1),  # ended before it
        (-2 * DAY, 0, 0),  # still open at its beginning
        (-2 * DAY, None, 0),
    ],
)
def test_a_case_open_during_the_visit_means_staff(opened: float, ended: float | None, expected: int) -> None:
    at = START + DAY / 2
    one = case("1", at + opened, who="a") if ended is None else closed("1", at + opened, ended - opened, who="a")
    assert resolved([visit("a", at)], [one]) == (expected, 1, 0)
    assert resolved([visit("b", at)], [one]) == (1, 1, 0)


def test_a_visit_whose_case_is_deleted_by_now_still_counts_as_with_staff() -> None:
    assert resolved([visit("a", START, asked_staff=1), visit("b", START, staff=3), visit("c", START)]) == (1, 3, 0)


def test_young_visits_are_not_known_yet_even_if_they_came_back() -> None:
    old, young = visit("a", START), visit("b", START + DAY)
    now = old.last + 7 * DAY
    assert resolved([old, young, visit("b", START + DAY + 7200)], now=now) == (1, 1, 2)
    assert resolved([old], now=now - 1) == (0, 0, 1)


def test_only_visits_and_cases_of_the_period_count() -> None:
    found = made(
        [visit("a", START - 1), visit("b", START), visit("c", END - 1), visit("d", END)],
        [case("1", START - 1), case("2", START), case("3", END)],
    ).all
    assert (found.conversations, found.cases) == (2, 1)


def test_nothing_is_said_plainly_and_divides_nothing() -> None:
    found = made([])
    assert found.all.empty
    assert (found.all.resolved_share, found.all.rating, found.all.rated_share) == (None, None, None)
    assert found.all.response == Spread()
    assert list(found.by["day"]) == ["2026-11-02", "2026-11-03"]
    assert "nan" not in csv(found).lower()
    assert found.to_json()["all"]["resolution"] == {"count": 0, "median": None, "p90": None}


def test_times_in_wall_and_working_time() -> None:
    cases = [closed(str(n), START, n * 600.0, replied_at=START + n * 60.0) for n in range(1, 11)]
    cases += [case("open", START), case("reached", START, reason=Reason.staff, replied_at=START + 5000)]
    found = made([], cases).all
    assert found.response == Spread(10, 330.0, 540.0)
    assert found.response_working == Spread(10, 165.0, 270.0)
    assert found.resolution == Spread(10, 3300.0, 5400.0)
    assert found.resolution_working == Spread(10, 1650.0, 2700.0)
    assert (found.cases, found.closed) == (12, 10)
    assert found.by_reason == {"asked": 11, "staff": 1}


@pytest.mark.parametrize(
    ("durations", "expected"),
    [
        ([], Spread()),
        ([None], Spread()),
        ([3.0], Spread(1, 3.0, 3.0)),
        ([1.0, 3.0], Spread(2, 2.0, 3.0)),
        ([5.0, None, 1.0, 3.0], Spread(3, 3.0, 5.0)),
        ([float(n) for n in range(1, 101)], Spread(100, 50.5, 90.0)),
    ],
)
def test_median_and_ninetieth_percentile(durations: list[float | None], expected: Spread) -> None:
    assert spread(durations) == expected


def test_a_case_that_was_opened_again_counts_once() -> None:
    again = closed("1", START, 9000, replied_at=START + 60, reopened=2)
    found = made([], [again, again]).all
    assert (found.cases, found.closed, found.response.count) == (1, 1, 1)


def test_ratings_are_a_share_of_closed_cases() -> None:
    cases = [
        closed("1", START, 60, rating=5),
        closed("2", START, 60, rating=2),
        closed("3", START, 60),
        case("4", START),
    ]
    found = made([], cases).all
    assert (found.rating, found.rated, found.closed) == (3.5, 2, 3)
    assert found.rated_share == pytest.approx(2 / 3)
    assert found.by_rating == {2: 1, 5: 1}
    assert found.by_outcome == {"answered": 3}


def test_everything_by_language_service_channel_and_day() -> None:
    visits = [
        visit("a", START, services={"work-permit": 2, "health-check": 1}),
        visit("b", END - 60, language="zh-Hant", channel="telegram", missed=1),
    ]
    cases = [
        closed("1", START, 60, service="work-permit", rating=4),
        case("2", END - 30, language="zh-Hant", channel="telegram"),
    ]
    by = made(visits, cases).by
    assert {value: f.conversations for value, f in by["service"].items()} == {
        "health-check": 1,
        "none": 1,
        "work-permit": 1,
    }
    assert by["service"]["work-permit"].rating == 4
    assert {value: (f.conversations, f.cases) for value, f in by["language"].items()} == {
        "en": (1, 1),
        "zh-Hant": (1, 1),
    }
    assert by["channel"]["telegram"].missed == 1
    assert {value: (f.conversations, f.cases) for value, f in by["day"].items()} == {
        "2026-11-02": (1, 1),
        "2026-11-03": (1, 1),
    }


def test_days_are_those_of_shenzhen() -> None:
    before_midnight = dt.datetime(2026, 11, 2, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
    by = made([visit("a", before_midnight), visit("b", before_midnight + 60)]).by["day"]
    assert [figures.conversations for figures in by.values()] == [1, 1]


def test_the_table_is_tidy_and_no_cell_is_a_formula() -> None:
    visits = [visit("a", START, language="=cmd|' /C calc'!A0", channel="@sum", services={"-1+2": 1})]
    rows = list(tables.reader(io.StringIO(csv(made(visits, [closed("1", START, 90, replied_at=START + 45)])))))
    assert rows[0] == ["dimension", "value", "measure", "figure"]
    assert all(len(row) == 4 for row in rows)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert ["language", "'=cmd|' /C calc'!A0", "conversations", "1"] in rows
    assert ["all", "all", "resolved_share", "1"] in rows
    assert ["all", "all", "response_median_seconds", "45"] in rows
    assert len({tuple(row[:3]) for row in rows}) == len(rows)


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\tx", "\rx"])
def test_a_cell_that_could_be_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert safe(cell) == "'" + cell
    assert safe("a" + cell) == "a" + cell
