"""When staff are at the desk. Times are seconds since 1970; days and clock times are Shenzhen's, eight hours ahead of UTC all year."""

from __future__ import annotations

import datetime as dt
import itertools
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, Optional

import chinese_calendar  # type: ignore[import-untyped]
from pydantic import (
    BaseModel,
    ConstrainedInt,
    Field,
    StrictBool,
    ValidationError,
    root_validator,
    validator,
)

from catalog.errors import CatalogError
from catalog.yamlfile import YamlFile

logger = logging.getLogger(__name__)

FILE = Path(__file__).with_name("hours.yml")

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60

AHEAD = 60 * DAY
"""Seconds that are looked ahead for an opening."""

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

YEARLY = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Month and day of holidays that are the same by law every year: nobody is promised an answer on these in an unknown year."""

_SHENZHEN = dt.timezone(dt.timedelta(hours=8))
_AHEAD_OF_UTC = 8 * HOUR
_EPOCH = dt.date(1970, 1, 1).toordinal()
_KNOWN_YEARS = frozenset(day.year for day in chinese_calendar.holidays)
_ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CHINESE_DAYS = "一二三四五六日"
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)", re.ASCII)


class HoursError(ValueError):
    """The file of hours cannot be used; the message has a line for each mistake: file, line, field and what is wrong."""


class Span(NamedTuple):
    """Minutes after the midnight with which its day begins; `end` goes beyond 1440 when it is on the next day."""

    start: int
    end: int

    def __str__(self) -> str:
        end = self.end if self.end <= 1440 else self.end - 1440
        return f"{self.start // 60:02}:{self.start % 60:02}-{end // 60:02}:{end % 60:02}"


class Words(NamedTuple):
    """A text in Chinese (Simplified) and English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """language: `en`, `zh-Hans` or `zh-Hant` (Simplified; Traditional is made at delivery)."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True)
class Exceptional:
    """The hours of one date."""

    spans: tuple[Span, ...]
    note: Words | None


@dataclass(frozen=True)
class Notice:
    """Shown from `start` until just before `end`, seconds since 1970."""

    start: float
    end: float
    words: Words


@dataclass(frozen=True)
class Day:
    """The hours of a day and why it has them. name: of a holiday, also with its make-up workdays. note: of an exception."""

    date: dt.date
    spans: tuple[Span, ...]
    why: Literal["weekly", "holiday", "makeup", "exception"]
    name: Words | None = None
    note: Words | None = None


@dataclass(frozen=True)
class Hours:
    """The hours of the desk; made by `load`.

    weekly: spans of Monday to Sunday. holidays: whether public holidays count. makeup_like: weekday (0–6) whose hours make-up
    workdays have. listed_years: years whose holidays stand in `exceptions`. claim_within: seconds somebody waits before being told
    that nobody came.
    """

    weekly: tuple[tuple[Span, ...], ...]
    holidays: bool
    makeup_like: int
    listed_years: frozenset[int]
    exceptions: Mapping[dt.date, Exceptional]
    notices: tuple[Notice, ...]
    claim_within: float

    def open_at(self, at: float) -> bool:
        """Whether staff are there. The first moment of a span is open, its end is not."""
        return any(start <= at < end for start, end in self._open(at, at))

    def next_opening(self, at: float) -> float | None:
        """When the desk opens next after `at`, also when it is open at `at`; None: not within 60 days."""
        return next((start for start, _ in self._open(at, at + AHEAD) if at < start <= at + AHEAD), None)

    def closes_at(self, at: float) -> float | None:
        """When the desk closes that is open at `at`; None: it is not open, or does not close within 60 days."""
        for start, end in self._open(at, at + AHEAD):
            if start <= at < end:
                return end if end <= at + AHEAD else None
        return None

    def working_seconds(self, start: float, end: float) -> float:
        """Open time from `start` to `end`; 0 if `end` is not later."""
        if end <= start:
            return 0.0
        return float(sum(max(0.0, min(end, last) - max(start, first)) for first, last in self._open(start, end)))

    def notice(self, at: float, language: str) -> str | None:
        """What people are told at this time; several notices are lines. language: see Words."""
        texts = [notice.words.in_language(language) for notice in self.notices if notice.start <= at < notice.end]
        return "\n".join(texts) or None

    def note(self, at: float, language: str) -> str | None:
        """What people are told of the hours of this day, an exception. language: see Words."""
        note = self.day(_date(at)).note
        return note.in_language(language) if note else None

    def unknown_years(self, at: float) -> tuple[int, ...]:
        """Years from `at` to 60 days later whose holidays nobody has told us: then the weekly hours apply but on YEARLY days."""
        years = {_date(at).year, _date(at + AHEAD).year}
        return tuple(sorted(year for year in years if not self._knows(year)))

    def day(self, date: dt.date) -> Day:
        """The hours of a day in Shenzhen."""
        usual = self.weekly[date.weekday()]
        if date in self.exceptions:
            exception = self.exceptions[date]
            return Day(date, exception.spans, "exception", note=exception.note)
        if not self.holidays or date.year in self.listed_years:
            return Day(date, usual, "weekly")
        if date.year not in _KNOWN_YEARS:
            closed = (date.month, date.day) in YEARLY
            return Day(date, () if closed else usual, "holiday" if closed else "weekly")
        if date in chinese_calendar.workdays:
            return Day(date, self.weekly[self.makeup_like], "makeup", _name(chinese_calendar.workdays[date]))
        if date in chinese_calendar.holidays:
            return Day(date, (), "holiday", _name(chinese_calendar.holidays[date]))
        return Day(date, usual, "weekly")

    def _knows(self, year: int) -> bool:
        return not self.holidays or year in self.listed_years or year in _KNOWN_YEARS

    def _open(self, start: float, end: float) -> Iterator[tuple[float, float]]:
        """Everything open from `start` to `end`, in order, as one where spans touch; also what lies a day around it."""
        first: float | None = None
        last = 0.0
        for number in range(_day_number(start) - 1, _day_number(end) + 1):
            midnight = number * DAY - _AHEAD_OF_UTC
            for span in sorted(self.day(dt.date.fromordinal(_EPOCH + number)).spans):
                begins, ends = float(midnight + span.start * MINUTE), float(midnight + span.end * MINUTE)
                if first is None:
                    first, last = begins, ends
                elif begins <= last:
                    last = max(last, ends)
                else:
                    yield first, last
                    first, last = begins, ends
        if first is not None:
            yield first, last


def load(path: Path | None = None) -> Hours:
    """The hours in a file; without a path those that come with the program. Raises HoursError with every mistake."""
    path = path or FILE
    try:
        file = YamlFile(path, path.name)
    except CatalogError as error:
        raise HoursError(str(error)) from None
    try:
        read = _File.parse_obj(file.data)
    except ValidationError as error:
        problems = [file.problem(tuple(each["loc"]), _plain(each["msg"])) for each in error.errors()]
        raise HoursError("\n".join(str(problem) for problem in sorted(set(problems)))) from None
    return Hours(
        weekly=tuple(getattr(read.weekly, day) for day in DAYS),
        holidays=read.holidays,
        makeup_like=DAYS.index(read.makeup_like),
        listed_years=frozenset(read.listed_years),
        exceptions={date: Exceptional(each.open, _words(each.note)) for date, each in read.exceptions.items()},
        notices=tuple(Notice(each.start, each.until, Words(each.zh, each.en)) for each in read.notices),
        claim_within=float(read.claim_within_minutes * MINUTE),
    )


def moment(at: float, now: float, language: str) -> str:
    """A time in words: `today at 14:00`, `tomorrow (Wed 25 Nov) at 09:00`, `on Thu 8 Oct at 09:00`; another year is named.

    It is Shenzhen's time, without saying so. language: `en`, `zh-Hans` or `zh-Hant` (Simplified; Traditional is made at delivery).
    """
    then = dt.datetime.fromtimestamp(at, _SHENZHEN)
    day, today = then.date(), _date(now)
    english = language == "en"
    clock = f"{then.hour:02}:{then.minute:02}" if english else f"{then.hour}:{then.minute:02}"
    if day == today:
        return f"today at {clock}" if english else f"今天{clock}"
    weekday = _ENGLISH_DAYS[day.weekday()] if english else f"周{_CHINESE_DAYS[day.weekday()]}"
    date = f"{weekday} {day.day} {_ENGLISH_MONTHS[day.month - 1]}" if english else f"{day.month}月{day.day}日"
    if day == today + dt.timedelta(days=1):
        return f"tomorrow ({date}) at {clock}" if english else f"明天（{date} {weekday}）{clock}"
    if english:
        return f"on {date}{'' if day.year == today.year else f' {day.year}'} at {clock}"
    return f"{'' if day.year == today.year else f'{day.year}年'}{date}（{weekday}）{clock}"


_warned: set[int] = set()


def warn_once(hours: Hours, at: float) -> None:
    """Log a warning for each year that `hours` will soon need and does not know, once while the program runs."""
    for year in hours.unknown_years(at):
        if year not in _warned:
            _warned.add(year)
            logger.warning(
                "the public holidays of %d are not known: the desk counts as open on weekdays; update chinesecalendar or list them "
                "in the file of hours (`bot desk hours`)",
                year,
            )


def _day_number(at: float) -> int:
    return int((at + _AHEAD_OF_UTC) // DAY)


def _date(at: float) -> dt.date:
    return dt.date.fromordinal(_EPOCH + _day_number(at))


def _name(holiday: str) -> Words:
    return Words(chinese_calendar.Holiday(holiday).chinese, holiday)


def _words(texts: _Texts | None) -> Words | None:
    return Words(texts.zh, texts.en) if texts else None


# The file, as it is written.


def _spans(value: object) -> object:
    if isinstance(value, str) and value != "closed":
        raise ValueError("must be `closed` or a list of spans")
    return () if value == "closed" else value


def _span(value: object) -> Span:
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f'`{value}` is no span of time: write it like "09:00-12:00"')
    hour, minute, end_hour, end_minute = map(int, found.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if end > 1440:
        raise ValueError(f"`{value}`: a day ends at 24:00")
    if start == end:
        raise ValueError(f'`{value}` is empty; the whole day is "00:00-24:00"')
    return Span(start, end if end > start else end + 1440)


def _without_overlap(spans: Iterable[Span]) -> tuple[Span, ...]:
    in_order = sorted(spans)
    for before, after in itertools.pairwise(in_order):
        if after.start < before.end:
            raise ValueError(f"{before} and {after} overlap")
    return tuple(in_order)


def _without_overlapping_nights(cls: type, values: dict[str, tuple[Span, ...]]) -> dict[str, tuple[Span, ...]]:
    for name, following in zip(DAYS, (*DAYS[1:], DAYS[0])):
        if values[name] and values[following] and values[name][-1].end - 1440 > values[following][0].start:
            raise ValueError(f"{values[name][-1]} of {name} and {values[following][0]} of {following} overlap")
    return values


def _by_date(value: object) -> object:
    """A date may have `closed` or a list where it needs no note."""
    if not isinstance(value, dict):
        return value
    wrong = [str(date) for date in value if type(date) is not dt.date]
    if wrong:
        raise ValueError(f"no date: {', '.join(wrong)}; write it like 2027-01-01")
    return {date: each if isinstance(each, dict) else {"open": each} for date, each in value.items()}


def _first_moment(value: object) -> float:
    return _moment(value, end=False)


def _end(value: object, values: dict[str, Any]) -> float:
    end = _moment(value, end=True)
    if end <= values.get("start", 0.0):
        raise ValueError("is not after `from`")
    return end


def _moment(value: object, *, end: bool) -> float:
    """A date's first moment, or with `end` the one after its last; a date with a time as it is."""
    if isinstance(value, str):
        try:
            value = dt.datetime.strptime(value, "%Y-%m-%d %H:%M")  # noqa: DTZ007  (Shenzhen's, see below)
        except ValueError:
            raise ValueError(f'`{value}` is no time: write 2027-02-12 or "2027-02-12 09:00"') from None
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=value.tzinfo or _SHENZHEN).timestamp()
    if isinstance(value, dt.date):
        midnight = dt.datetime(value.year, value.month, value.day, tzinfo=_SHENZHEN).timestamp()
        return midnight + DAY if end else midnight
    raise ValueError(f'`{value}` is no time: write 2027-02-12 or "2027-02-12 09:00"')


class _Strict(BaseModel):
    class Config:
        extra = "forbid"
        anystr_strip_whitespace = True


class _Week(_Strict):
    monday: tuple[Any, ...] = ()
    tuesday: tuple[Any, ...] = ()
    wednesday: tuple[Any, ...] = ()
    thursday: tuple[Any, ...] = ()
    friday: tuple[Any, ...] = ()
    saturday: tuple[Any, ...] = ()
    sunday: tuple[Any, ...] = ()

    _closed = validator("*", pre=True, allow_reuse=True)(_spans)
    _each = validator("*", each_item=True, allow_reuse=True)(_span)
    _apart = validator("*", allow_reuse=True)(_without_overlap)

    _nights = root_validator(skip_on_failure=True, allow_reuse=True)(_without_overlapping_nights)


class _Texts(_Strict):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class _Exception(_Strict):
    open: tuple[Any, ...]
    note: Optional[_Texts] = None

    _closed = validator("open", pre=True, allow_reuse=True)(_spans)
    _each = validator("open", each_item=True, allow_reuse=True)(_span)
    _apart = validator("open", allow_reuse=True)(_without_overlap)


class _Notice(_Texts):
    start: float = Field(alias="from")
    until: float

    _from = validator("start", pre=True, allow_reuse=True)(_first_moment)
    _until = validator("until", pre=True, allow_reuse=True)(_end)


class _Minutes(ConstrainedInt):
    strict = True
    ge, le = 1, 24 * 60


class _Year(ConstrainedInt):
    strict = True
    ge, le = 2000, 2999


class _File(_Strict):
    timezone: Literal["Asia/Shanghai"] = "Asia/Shanghai"
    weekly: _Week
    holidays: StrictBool = True
    makeup_like: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "friday"
    listed_years: tuple[_Year, ...] = ()
    exceptions: dict[dt.date, _Exception] = {}
    notices: tuple[_Notice, ...] = ()
    claim_within_minutes: _Minutes = _Minutes(15)

    _forms = validator("exceptions", pre=True, allow_reuse=True)(_by_date)


_PLAIN = {
    "extra fields not permitted": "no such key",
    "field required": "is missing",
    "none is not an allowed value": "is empty",
    "unexpected value; permitted: 'Asia/Shanghai'": "must be Asia/Shanghai",
    "value is not a valid tuple": "must be a list",
    "value is not a valid dict": "must be a mapping of keys and values",
    "value could not be parsed to a boolean": "must be true or false",
    "value is not a valid boolean": "must be true or false",
    "value is not a valid integer": "must be a whole number",
}


def _plain(message: str) -> str:
    if message.startswith("_File expected dict"):
        return "the file must have keys, such as `weekly`"
    return _PLAIN.get(message, message)
