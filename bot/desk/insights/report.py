"""Figures of a period, from visits and cases. Pure; times are seconds since 1970, durations seconds. Formulas: docs/insights.md."""

from __future__ import annotations

import csv as tables
import datetime as dt
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import ceil
from typing import Any, Protocol

from bot.desk.cases import Case, Outcome, Reason, State
from bot.desk.insights.visits import GAP, Visit
from catalog.render import SHENZHEN

RETURN = 7 * 86400
"""Seconds after a visit in which a return means that it was not resolved."""

NO_SERVICE = "none"

DIMENSIONS = ("language", "service", "channel", "day")


class WorkingTime(Protocol):
    """See `bot.desk.hours.Hours`."""

    def working_seconds(self, start: float, end: float) -> float: ...


@dataclass(frozen=True)
class Spread:
    """Of durations, in seconds: how many, the median and the 90th percentile (the smallest that nine in ten do not exceed)."""

    count: int = 0
    median: float | None = None
    p90: float | None = None


@dataclass(frozen=True)
class Figures:
    """conversations: visits. known: those of which it is known whether they were resolved; resolved: of these, without staff.

    unknown: too young to tell. messages, missed, out_of_scope, up, down: of the visits. cases: opened; by_reason, by_outcome,
    by_rating (1–5): how many. response: from opening to the first message of staff; resolution: from opening to closing; each
    also in working time. closed: of the cases.
    """

    conversations: int = 0
    known: int = 0
    resolved: int = 0
    unknown: int = 0
    messages: int = 0
    missed: int = 0
    out_of_scope: int = 0
    up: int = 0
    down: int = 0
    cases: int = 0
    closed: int = 0
    by_reason: Mapping[str, int] = field(default_factory=dict)
    by_outcome: Mapping[str, int] = field(default_factory=dict)
    by_rating: Mapping[int, int] = field(default_factory=dict)
    response: Spread = Spread()
    response_working: Spread = Spread()
    resolution: Spread = Spread()
    resolution_working: Spread = Spread()

    @property
    def resolved_share(self) -> float | None:
        return _share(self.resolved, self.known)

    @property
    def rated(self) -> int:
        return sum(self.by_rating.values())

    @property
    def rated_share(self) -> float | None:
        """Of the closed cases."""
        return _share(self.rated, self.closed)

    @property
    def rating(self) -> float | None:
        """The mean."""
        return _share(sum(stars * count for stars, count in self.by_rating.items()), self.rated)

    @property
    def empty(self) -> bool:
        return not self.conversations and not self.cases


@dataclass(frozen=True)
class Report:
    """start, end: the period, without its end. by: for each of DIMENSIONS, figures by value (days are `2026-11-24`, every day of the period)."""

    start: float
    end: float
    all: Figures
    by: Mapping[str, Mapping[str, Figures]]

    def to_json(self) -> dict[str, Any]:
        return {
            "from": day_of(self.start),
            "to": day_of(self.end - 1),
            "all": _json(self.all),
            **{name: {value: _json(figures) for value, figures in found.items()} for name, found in self.by.items()},
        }


def report(
    visits: Sequence[Visit], cases: Sequence[Case], hours: WorkingTime, start: float, end: float, *, now: float
) -> Report:
    """The figures of [start, end).

    visits: those that began in the period, and later ones, which are returns. cases: those that were opened in the period, and any
    that were open in it; the `conversation` of each is the digest that is `who` of a visit.
    """
    fates = _fates(visits, cases, now)
    counted = [(visit, fates[place]) for place, visit in enumerate(visits) if start <= visit.start < end]
    opened = [case for case in {case.id: case for case in cases}.values() if start <= case.opened_at < end]
    times = {case.id: _times(case, hours) for case in opened}
    by: dict[str, dict[str, Figures]] = {}
    for dimension, of_visit, of_case in _KEYS:
        some: dict[str, list[tuple[Visit, bool | None]]] = defaultdict(list)
        for each in counted:
            for value in of_visit(each[0]):
                some[value].append(each)
        theirs: dict[str, list[Case]] = defaultdict(list)
        for case in opened:
            theirs[of_case(case)].append(case)
        values = _days(start, end) if dimension == "day" else sorted({*some, *theirs})
        by[dimension] = {value: _figures(some.get(value, ()), theirs.get(value, ()), times) for value in values}
    return Report(start, end, _figures(counted, opened, times), by)


def csv(found: Report) -> str:
    """One table: dimension, value, measure, figure. What is not known has no row; where nothing happened stands that it was nothing. No cell can be a formula."""
    written = io.StringIO()
    writer = tables.writer(written, lineterminator="\r\n")
    writer.writerow(("dimension", "value", "measure", "figure"))
    for dimension, values in {"all": {"all": found.all}, **found.by}.items():
        for value, figures in values.items():
            for measure, figure in measures(figures).items():
                if figure is not None and (not figures.empty or measure in ("conversations", "cases")):
                    number = str(figure) if isinstance(figure, int) else f"{figure:.4f}".rstrip("0").rstrip(".")
                    writer.writerow([safe(cell) for cell in (dimension, value, measure, number)])
    return written.getvalue()


def measures(figures: Figures) -> dict[str, int | float | None]:
    """Every figure by its name, in order. Times end in `_seconds`, shares in `_share` (0–1)."""
    found: dict[str, int | float | None] = {
        name: getattr(figures, name) for name in ("conversations", "known", "resolved", "resolved_share", "unknown",
        "messages", "missed", "out_of_scope", "up", "down", "cases", "closed")
    }  # fmt: skip
    found |= {f"reason_{reason}": count for reason, count in figures.by_reason.items()}
    found |= {f"outcome_{outcome}": count for outcome, count in figures.by_outcome.items()}
    for name in ("response", "response_working", "resolution", "resolution_working"):
        spread: Spread = getattr(figures, name)
        found |= {
            f"{name}_count": spread.count,
            f"{name}_median_seconds": spread.median,
            f"{name}_p90_seconds": spread.p90,
        }
    found |= {"rated": figures.rated, "rated_share": figures.rated_share, "rating_mean": figures.rating}
    return found | {f"rating_{stars}": count for stars, count in figures.by_rating.items()}


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def duration(seconds: float | None, language: str = "en") -> str:
    """`2 h 05 min`, `40 s`, `3小时05分`; `–` where there is none."""
    if seconds is None:
        return "–"
    hour, minute, second = (" h ", " min", " s") if language == "en" else ("小时", "分", "秒")
    if seconds < 59.5:
        return f"{seconds:.0f}{second}"
    minutes = round(seconds / 60)
    rest = f"{minutes % 60:02}{minute}" if language == "en" or minutes % 60 else ""
    return f"{minutes}{minute if language == 'en' else '分钟'}" if minutes < 60 else f"{minutes // 60}{hour}{rest}"


def day_of(at: float) -> str:
    """The day in Shenzhen, `2026-11-24`."""
    return dt.datetime.fromtimestamp(at, SHENZHEN).date().isoformat()


def begins(day: dt.date) -> float:
    """When a day begins in Shenzhen."""
    return dt.datetime.combine(day, dt.time(), SHENZHEN).timestamp()


_KEYS: tuple[tuple[str, Callable[[Visit], Iterable[str]], Callable[[Case], str]], ...] = (
    ("language", lambda visit: (visit.language,), lambda case: case.language),
    ("service", lambda visit: visit.services or (NO_SERVICE,), lambda case: case.service or NO_SERVICE),
    ("channel", lambda visit: (visit.channel,), lambda case: case.channel),
    ("day", lambda visit: (day_of(visit.start),), lambda case: day_of(case.opened_at)),
)


def _fates(visits: Sequence[Visit], cases: Sequence[Case], now: float) -> list[bool | None]:
    """Of each visit whether it was resolved without staff; None: too young to tell."""
    starts: dict[str, list[float]] = defaultdict(list)
    for visit in visits:
        starts[visit.who].append(visit.start)
    looked_after: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        looked_after[case.conversation].append(case)
    return [_fate(visit, starts[visit.who], looked_after.get(visit.who, ()), now) for visit in visits]


def _fate(visit: Visit, starts: Sequence[float], cases: Iterable[Case], now: float) -> bool | None:
    if now < visit.last + RETURN:
        return None
    if visit.staff or visit.asked_staff:
        return False
    over = visit.last + GAP
    if any(case.opened_at < over and (case.closed_at is None or case.closed_at >= visit.start) for case in cases):
        return False
    return not any(visit.last < start <= visit.last + RETURN for start in starts)


def _times(case: Case, hours: WorkingTime) -> tuple[float | None, float | None, float | None, float | None]:
    """Response and resolution, each also in working time."""
    replied = case.replied_at if case.reason is not Reason.staff else None
    closed = case.closed_at if case.state is State.closed else None
    found: list[float | None] = []
    for until in (replied, closed):
        if until is None:
            found += [None, None]
        else:
            found += [max(0.0, until - case.opened_at), hours.working_seconds(case.opened_at, until)]
    return found[0], found[1], found[2], found[3]


def _figures(
    visits: Sequence[tuple[Visit, bool | None]],
    cases: Sequence[Case],
    times: Mapping[str, tuple[float | None, ...]],
) -> Figures:
    closed = [case for case in cases if case.state is State.closed]
    reasons, outcomes = Counter(case.reason for case in cases), Counter(case.outcome for case in closed)
    ratings = Counter(case.rating for case in closed)
    fates = [fate for _, fate in visits]
    spreads = [spread(times[case.id][place] for case in cases) for place in range(4)]
    totals = {
        name: sum(getattr(visit, name) for visit, _ in visits)
        for name in ("messages", "missed", "out_of_scope", "up", "down")
    }
    return Figures(
        conversations=len(visits),
        known=sum(fate is not None for fate in fates),
        resolved=sum(fate is True for fate in fates),
        unknown=sum(fate is None for fate in fates),
        cases=len(cases),
        closed=len(closed),
        by_reason={reason.value: reasons[reason] for reason in Reason if reasons[reason]},
        by_outcome={outcome.value: outcomes[outcome] for outcome in Outcome if outcomes[outcome]},
        by_rating={stars: ratings[stars] for stars in range(1, 6) if ratings[stars]},
        response=spreads[0],
        response_working=spreads[1],
        resolution=spreads[2],
        resolution_working=spreads[3],
        **totals,
    )


def spread(durations: Iterable[float | None]) -> Spread:
    """Of the durations that are known."""
    known = sorted(each for each in durations if each is not None)
    if not known:
        return Spread()
    middle = len(known) // 2
    median = known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2
    return Spread(len(known), median, known[ceil(0.9 * len(known)) - 1])


def _days(start: float, end: float) -> list[str]:
    day = dt.datetime.fromtimestamp(start, SHENZHEN).date()
    found = []
    while begins(day) < end:
        found.append(day.isoformat())
        day += dt.timedelta(days=1)
    return found


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def _json(figures: Figures) -> dict[str, Any]:
    shares = {name: getattr(figures, name) for name in ("resolved_share", "rated", "rated_share", "rating")}
    return {**asdict(figures), **shares}
