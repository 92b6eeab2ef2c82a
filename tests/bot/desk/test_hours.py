from __future__ import annotations

import datetime as dt
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.hours import AHEAD, Hours, HoursError, Span, load, moment, warn_once

SHENZHEN = dt.timezone(dt.timedelta(hours=8))
SHIPPED = load()
WEEK = "weekly:\n" + "".join(
    f'  {day}: ["09:00-12:00", "14:00-18:00"]\n' for day in ("monday", "tuesday", "wednesday", "thursday")
)


def at(text: str) -> float:
    """`2026-10-01 09:00` or with seconds, in Shenzhen."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHENZHEN).timestamp()


def text(when: float | None) -> str | None:
    return None if when is None else dt.datetime.fromtimestamp(when, SHENZHEN).strftime("%Y-%m-%d %H:%M")


@pytest.fixture
def written(tmp_path: Path) -> object:
    def write(content: str) -> Hours:
        path = tmp_path / "hours.yml"
        path.write_text(content, encoding="utf-8")
        return load(path)

    return write


NIGHTS = """
weekly: {monday: ["22:00-02:00"], tuesday: ["02:00-03:00", "23:00-24:00"], wednesday: ["00:00-01:00"], sunday: ["20:00-06:00"]}
holidays: false
"""


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-11-24 08:59:59", False),
        ("2026-11-24 09:00", True),
        ("2026-11-24 11:59:59", True),
        ("2026-11-24 12:00", False),
        ("2026-11-24 17:59:59", True),
        ("2026-11-24 18:00", False),
        ("2026-11-28 10:00", False),  # Saturday
        ("2026-09-20 10:00", True),  # Sunday, makes up for National Day
        ("2026-09-30 10:00", True),
        ("2026-10-01 10:00", False),
        ("2026-10-07 10:00", False),
        ("2026-10-08 10:00", True),
        ("2026-10-10 10:00", True),  # Saturday, makes up for National Day
        ("2026-10-11 10:00", False),
        ("2026-02-14 10:00", True),  # Saturday before Spring Festival
        ("2026-02-15 10:00", False),
        ("2026-02-23 10:00", False),  # Monday
        ("2026-02-24 10:00", True),
        ("2026-02-28 10:00", True),  # Saturday
        ("2026-12-31 10:00", True),
        ("2027-01-01 10:00", False),  # unknown year, but this day is a holiday every year
        ("2027-01-04 10:00", True),
        ("2027-10-02 10:00", False),
        ("2027-10-04 10:00", True),  # nobody knows yet
    ],
)
def test_weeks_holidays_and_makeup_workdays(when: str, is_open: bool) -> None:
    assert SHIPPED.open_at(at(when)) is is_open


@pytest.mark.parametrize(
    ("when", "opens", "closes"),
    [
        ("2026-11-24 08:00", "2026-11-24 09:00", None),
        ("2026-11-24 09:00", "2026-11-24 14:00", "2026-11-24 12:00"),
        ("2026-11-24 12:00", "2026-11-24 14:00", None),
        ("2026-11-24 17:00", "2026-11-25 09:00", "2026-11-24 18:00"),
        ("2026-11-27 18:00", "2026-11-30 09:00", None),  # over the weekend
        ("2026-09-30 18:00", "2026-10-08 09:00", None),  # over National Day
        ("2026-10-09 18:00", "2026-10-10 09:00", None),  # a Saturday is made up
        ("2026-02-14 18:00", "2026-02-24 09:00", None),  # over Spring Festival
        ("2026-12-31 18:00", "2027-01-04 09:00", None),  # over New Year, into an unknown year
    ],
)
def test_the_next_opening_and_the_end_of_this_one(when: str, opens: str, closes: str | None) -> None:
    assert (text(SHIPPED.next_opening(at(when))), text(SHIPPED.closes_at(at(when)))) == (opens, closes)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-24 00:00", "2026-11-25 00:00", 7),
        ("2026-11-24 11:30", "2026-11-24 14:30", 1),
        ("2026-11-27 17:00", "2026-11-30 10:00", 2),
        ("2026-09-30 17:00", "2026-10-08 10:00", 2),
        ("2026-09-28 00:00", "2026-10-12 00:00", 6 * 7),  # 28–30 September, 8–10 October
        ("2026-12-31 17:00", "2027-01-04 10:00", 2),
        ("2026-01-01 00:00", "2027-01-01 00:00", 248 * 7),  # the working days of 2026
        ("2026-11-25 00:00", "2026-11-24 00:00", 0),
    ],
)
def test_working_time(start: str, end: str, hours: float) -> None:
    assert SHIPPED.working_seconds(at(start), at(end)) == hours * 3600


@pytest.mark.parametrize(
    ("when", "is_open", "closes"),
    [
        ("2026-11-23 05:59", True, "2026-11-23 06:00"),  # Sunday's night
        ("2026-11-23 06:00", False, None),
        ("2026-11-23 22:00", True, "2026-11-24 03:00"),  # Monday's night goes on into Tuesday's span
        ("2026-11-24 00:00", True, "2026-11-24 03:00"),
        ("2026-11-24 23:30", True, "2026-11-25 01:00"),
        ("2026-11-25 01:00", False, None),
    ],
)
def test_spans_over_midnight(written, when: str, is_open: bool, closes: str | None) -> None:  # type: ignore[no-untyped-def]
    hours = written(NIGHTS)
    assert (hours.open_at(at(when)), text(hours.closes_at(at(when)))) == (is_open, closes)
    assert hours.working_seconds(at("2026-11-22 00:00"), at("2026-11-29 00:00")) == 17 * 3600


def test_a_desk_that_never_closes(written) -> None:  # type: ignore[no-untyped-def]
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    hours = written("holidays: false\nweekly:\n" + "".join(f'  {day}: ["00:00-24:00"]\n' for day in days))
    now = at("2026-11-24 12:34")
    assert (hours.open_at(now), hours.closes_at(now), hours.next_opening(now)) == (True, None, None)
    assert hours.working_seconds(now, now + 10 * 86400 + 1) == 10 * 86400 + 1


def test_a_desk_that_never_opens(written) -> None:  # type: ignore[no-untyped-def]
    hours = written('weekly: {}\nexceptions: {2027-02-01: ["10:00-11:00"]}')
    now = at("2026-11-24 12:00")
    assert (hours.open_at(now), hours.next_opening(now)) == (False, None)
    assert text(hours.next_opening(at("2026-12-04 12:00"))) == "2027-02-01 10:00"


def test_exceptions_go_before_holidays_and_weekly_hours(written) -> None:  # type: ignore[no-untyped-def]
    hours = written(
        WEEK
        + """
exceptions:
  2026-10-01: ["10:00-11:00"]
  2026-10-08: closed
  2026-10-10:
    open: closed
    note: {zh: 办公室搬迁，今天不办公。, en: We are moving offices today.}
"""
    )
    assert hours.open_at(at("2026-10-01 10:30"))
    assert not hours.open_at(at("2026-10-08 10:30"))
    assert not hours.open_at(at("2026-10-10 10:30"))
    assert hours.note(at("2026-10-10 23:59"), "zh-Hant") == "办公室搬迁，今天不办公。"
    assert hours.note(at("2026-10-10 00:00"), "en") == "We are moving offices today."
    assert hours.note(at("2026-10-11 00:00"), "en") is None


def test_makeup_workdays_have_the_hours_of_the_day_that_is_named(written) -> None:  # type: ignore[no-untyped-def]
    hours = written('weekly: {wednesday: ["10:00-11:00"]}\nmakeup_like: wednesday')
    assert hours.day(dt.date(2026, 10, 10)).spans == (Span(600, 660),)
    assert [hours.day(dt.date(2026, 10, 10)).why, hours.day(dt.date(2026, 10, 1)).why] == ["makeup", "holiday"]
    assert hours.day(dt.date(2026, 10, 1)).name == ("国庆节", "National Day")


def test_without_holidays_only_the_weekdays_count(written) -> None:  # type: ignore[no-untyped-def]
    hours = written(WEEK + "holidays: false")
    assert hours.open_at(at("2026-10-01 10:00"))
    assert not hours.open_at(at("2026-10-10 10:00"))
    assert hours.unknown_years(at("2030-01-01 00:00")) == ()


def test_a_year_that_the_library_does_not_know_is_told_two_months_before() -> None:
    assert SHIPPED.unknown_years(at("2026-10-31 00:00")) == ()
    assert SHIPPED.unknown_years(at("2026-11-03 00:00")) == (2027,)
    assert SHIPPED.unknown_years(at("2027-12-01 00:00")) == (2027, 2028)


def test_a_year_listed_in_the_file_is_known(written) -> None:  # type: ignore[no-untyped-def]
    hours = written(WEEK + "listed_years: [2027]\nexceptions: {2027-10-04: closed}")
    assert hours.unknown_years(at("2026-12-24 00:00")) == ()
    assert not hours.open_at(at("2027-10-04 10:00"))


def test_the_warning_of_an_unknown_year_comes_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        warn_once(SHIPPED, at("2040-01-01 00:00"))
        warn_once(SHIPPED, at("2040-01-02 00:00"))
    assert [record.args for record in caplog.records] == [(2040,)]


NOTICES = """
weekly: {}
notices:
  - {from: 2027-02-01, until: 2027-02-12, zh: 春节前后回复较慢。, en: Slow around the Spring Festival.}
  - {from: "2027-02-12 09:00", until: 2027-02-12 10:00:00, zh: 系统维护。, en: Maintenance.}
"""


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        ("2027-01-31 23:59:59", None),
        ("2027-02-01 00:00", "Slow around the Spring Festival."),
        ("2027-02-12 08:59:59", "Slow around the Spring Festival."),
        ("2027-02-12 09:00", "Slow around the Spring Festival.\nMaintenance."),
        ("2027-02-12 10:00", "Slow around the Spring Festival."),
        ("2027-02-12 23:59:59", "Slow around the Spring Festival."),
        ("2027-02-13 00:00", None),
    ],
)
def test_notices_from_their_first_to_their_last_moment(written, when: str, shown: str | None) -> None:  # type: ignore[no-untyped-def]
    assert written(NOTICES).notice(at(when), "en") == shown


def test_a_notice_in_chinese(written) -> None:  # type: ignore[no-untyped-def]
    hours = written(NOTICES)
    assert {hours.notice(at("2027-02-05 00:00"), each) for each in ("zh-Hans", "zh-Hant")} == {"春节前后回复较慢。"}


def test_how_long_somebody_waits_can_be_set(written) -> None:  # type: ignore[no-untyped-def]
    hours = written(WEEK + "claim_within_minutes: 20")
    assert (hours.claim_within, SHIPPED.claim_within) == (1200.0, 900.0)


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        ("", ["hours.yml: the file must have keys, such as `weekly`"]),
        ("holidays: true", ["hours.yml:1: weekly: is missing"]),
        ("weekly: {}\nweekly: {}", ["hours.yml:2: weekly: key given twice"]),
        ("weekly: {}\nopen: yes", ["hours.yml:2: open: no such key"]),
        ("weekly:\n  funday: closed", ["hours.yml:2: weekly.funday: no such key"]),
        ("weekly: {}\ntimezone: Europe/Paris", ["hours.yml:2: timezone: must be Asia/Shanghai"]),
        (
            "weekly:\n  monday: ['9:00-12:00', '08:00-09:00']",
            ['hours.yml:2: weekly.monday.0: `9:00-12:00` is no span of time: write it like "09:00-12:00"'],
        ),
        (
            "weekly:\n  monday: ['09:00-24:30']\n  tuesday: ['08:60-09:00']\n  friday: ['10:00-10:00']",
            [
                "hours.yml:2: weekly.monday.0: `09:00-24:30`: a day ends at 24:00",
                'hours.yml:3: weekly.tuesday.0: `08:60-09:00` is no span of time: write it like "09:00-12:00"',
                'hours.yml:4: weekly.friday.0: `10:00-10:00` is empty; the whole day is "00:00-24:00"',
            ],
        ),
        ("weekly:\n  monday: open", ["hours.yml:2: weekly.monday: must be `closed` or a list of spans"]),
        (
            "weekly:\n  monday: ['09:00-12:00', '11:59-13:00']",
            ["hours.yml:2: weekly.monday: 09:00-12:00 and 11:59-13:00 overlap"],
        ),
        (
            "weekly:\n  monday: ['00:30-02:00']\n  sunday: ['22:00-01:00']",
            ["hours.yml:1: weekly: 22:00-01:00 of sunday and 00:30-02:00 of monday overlap"],
        ),
        (
            "weekly: {}\nexceptions:\n  2026-02-30: closed",
            ["hours.yml:3: cannot be read: day is out of range for month"],
        ),
        (
            "weekly: {}\nexceptions:\n  2026-1-1: closed",
            ["hours.yml:2: exceptions: no date: 2026-1-1; write it like 2027-01-01"],
        ),
        (
            "weekly: {}\nexceptions:\n  2026-01-01: {open: ['12-13'], note: {zh: 休}}",
            [
                "hours.yml:3: exceptions.2026-01-01.note.en: is missing",
                'hours.yml:3: exceptions.2026-01-01.open.0: `12-13` is no span of time: write it like "09:00-12:00"',
            ],
        ),
        (
            "weekly: {}\nnotices:\n- {from: 2026-01-02, until: 2026-01-01, zh: 一, en: ' '}",
            [
                "hours.yml:3: notices.0.en: ensure this value has at least 1 characters",
                "hours.yml:3: notices.0.until: is not after `from`",
            ],
        ),
        ("weekly: {}\nclaim_within_minutes: yes", ["hours.yml:2: claim_within_minutes: must be a whole number"]),
        ("weekly: [", ["hours.yml:2: not valid YAML: did not find expected node content"]),
    ],
)
def test_each_mistake_is_named_with_its_place(written, content: str, problems: list[str]) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(HoursError) as error:
        written(content)
    assert str(error.value).splitlines() == problems


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(HoursError, match="the file is missing"):
        load(tmp_path / "none.yml")


@pytest.mark.parametrize(
    ("when", "now", "english", "chinese"),
    [
        ("2026-11-24 14:00", "2026-11-24 09:00", "today at 14:00", "今天14:00"),
        ("2026-11-25 09:00", "2026-11-24 23:59", "tomorrow (Wed 25 Nov) at 09:00", "明天（11月25日 周三）9:00"),
        ("2026-10-08 09:00", "2026-09-30 18:00", "on Thu 8 Oct at 09:00", "10月8日（周四）9:00"),
        ("2026-11-25 00:00", "2026-11-24 18:00", "tomorrow (Wed 25 Nov) at 00:00", "明天（11月25日 周三）0:00"),
        ("2027-01-01 09:05", "2026-12-31 18:00", "tomorrow (Fri 1 Jan) at 09:05", "明天（1月1日 周五）9:05"),
        ("2027-01-03 09:00", "2026-12-31 18:00", "on Sun 3 Jan 2027 at 09:00", "2027年1月3日（周日）9:00"),
        ("2026-11-23 09:00", "2026-11-24 18:00", "on Mon 23 Nov at 09:00", "11月23日（周一）9:00"),
    ],
)
def test_times_in_words(when: str, now: str, english: str, chinese: str) -> None:
    assert [moment(at(when), at(now), each) for each in ("en", "zh-Hans", "zh-Hant")] == [english, chinese, chinese]


def test_words_are_shenzhens_whatever_the_machine_thinks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    assert moment(at("2026-11-25 00:30"), at("2026-11-24 23:30"), "en") == "tomorrow (Wed 25 Nov) at 00:30"


# Any hours at all

SPANS = st.lists(st.integers(0, 1440), unique=True, max_size=6).map(
    lambda times: tuple(Span(a, b) for a, b in zip(sorted(times)[::2], sorted(times)[1::2]))
)
NIGHT = st.tuples(SPANS, st.integers(0, 300)).map(
    lambda both: (
        (*both[0][:-1], Span(both[0][-1].start, both[0][-1].end + both[1])) if both[0] else both[0]
    )  # runs into the next day, perhaps over what begins there
)
HOURS = st.builds(
    lambda week, holidays, like: replace(SHIPPED, weekly=tuple(week), holidays=holidays, makeup_like=like),
    st.lists(NIGHT, min_size=7, max_size=7), st.booleans(), st.integers(0, 6),
)  # fmt: skip
TIMES = st.integers(int(at("2025-12-20 00:00")), int(at("2027-03-01 00:00"))).map(float)


@given(HOURS, TIMES)
@settings(max_examples=60, deadline=None)
def test_it_is_open_when_it_opens_and_not_before(hours: Hours, now: float) -> None:
    opens = hours.next_opening(now)
    if opens is None:
        return
    assert now < opens <= now + AHEAD
    assert hours.open_at(opens)
    assert not hours.open_at(opens - 1)
    closes = hours.closes_at(now)
    assert (closes is not None) == hours.open_at(now)
    if closes is not None:
        assert not hours.open_at(closes)
        assert hours.working_seconds(now, closes) == closes - now
        assert opens > closes
    else:
        assert hours.working_seconds(now, opens) == 0


@given(HOURS, st.lists(TIMES, min_size=3, max_size=3).map(sorted))
@settings(max_examples=60, deadline=None)
def test_working_time_adds_up_and_is_not_more_than_time(hours: Hours, times: list[float]) -> None:
    a, b, c = times
    whole = hours.working_seconds(a, c)
    assert hours.working_seconds(a, b) + hours.working_seconds(b, c) == whole
    assert 0 <= whole <= c - a


@given(HOURS, TIMES, st.integers(0, 3 * 1440))
@settings(max_examples=25, deadline=None)
def test_working_time_is_what_counting_minutes_gives(hours: Hours, start: float, minutes: int) -> None:
    start -= start % 60
    counted = sum(hours.open_at(start + 60 * minute) for minute in range(minutes))
    assert hours.working_seconds(start, start + 60 * minutes) == counted * 60
