from __future__ import annotations

import datetime as dt

import pytest

from entities import find
from entities.dates import Date


def read(text: str) -> list[Date]:
    return [found.value for found in find(text) if found.kind == "date"]


def day(year: int | None, month: int, number: int) -> Date:
    return Date("day", year, month, number)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026年3月1日", day(2026, 3, 1)),
        ("2026 年 3 月 1 日", day(2026, 3, 1)),
        ("２０２６年３月１日", day(2026, 3, 1)),
        ("2026年3月1號", day(2026, 3, 1)),
        ("二〇二六年三月一日", day(2026, 3, 1)),
        ("二零二六年十二月三十一日", day(2026, 12, 31)),
        ("2026-03-01", day(2026, 3, 1)),
        ("2026/3/1", day(2026, 3, 1)),
        ("2026.3.1", day(2026, 3, 1)),
        ("15/3/2026", day(2026, 3, 15)),
        ("3/15/2026", day(2026, 3, 15)),
        ("3/3/2026", day(2026, 3, 3)),
        ("15.03.2026", day(2026, 3, 15)),
        ("1 March 2026", day(2026, 3, 1)),
        ("1st of March 2026", day(2026, 3, 1)),
        ("March 1, 2026", day(2026, 3, 1)),
        ("March 3rd, 2026", day(2026, 3, 3)),
        ("Mar 1 2026", day(2026, 3, 1)),
        ("1-Mar-2026", day(2026, 3, 1)),
        ("3月1日", day(None, 3, 1)),
        ("三月十五号", day(None, 3, 15)),
        ("十二月廿五日", day(None, 12, 25)),
        ("3 June", day(None, 6, 3)),
        ("June 30", day(None, 6, 30)),
        ("2026年3月", Date("month", 2026, 3)),
        ("2026年3月份", Date("month", 2026, 3)),
        ("26年3月", Date("month", 2026, 3)),
        ("二六年三月", Date("month", 2026, 3)),
        ("March 2026", Date("month", 2026, 3)),
        ("Sept. 2025", Date("month", 2025, 9)),
        ("2026-03", Date("month", 2026, 3)),
        ("03/2026", Date("month", 2026, 3)),
        ("3月", Date("month", month=3)),
        ("三月份", Date("month", month=3)),
        ("十一月", Date("month", month=11)),
        ("in March", Date("month", month=3)),
        ("September", Date("month", month=9)),
        ("since may", Date("month", month=5)),
        ("2025", Date("year", 2025)),
        ("in 2025", Date("year", 2025)),
        ("since 1998", Date("year", 1998)),
        ("2025年", Date("year", 2025)),
        ("2025年度", Date("year", 2025)),
        ("二〇二五年", Date("year", 2025)),
        ("08年", Date("year", 2008)),
        ("2024/25", Date("year", 2024)),
        ("去年", Date("year", offset=-1, offset_unit="year")),
        ("舊年", Date("year", offset=-1, offset_unit="year")),
        ("last year", Date("year", offset=-1, offset_unit="year")),
        ("今年", Date("year", offset=0, offset_unit="year")),
        ("明年", Date("year", offset=1, offset_unit="year")),
        ("前年", Date("year", offset=-2, offset_unit="year")),
        ("去年三月", Date("month", month=3, offset=-1, offset_unit="year")),
        ("明年2月28", Date("day", month=2, day=28, offset=1, offset_unit="year")),
        ("上个月", Date("month", offset=-1, offset_unit="month")),
        ("next month", Date("month", offset=1, offset_unit="month")),
        ("下個月十五號", Date("day", day=15, offset=1, offset_unit="month")),
        ("今天", Date("day", offset=0, offset_unit="day")),
        ("尋日", Date("day", offset=-1, offset_unit="day")),
        ("聽日", Date("day", offset=1, offset_unit="day")),
        ("yesterday", Date("day", offset=-1, offset_unit="day")),
        ("day after tomorrow", Date("day", offset=2, offset_unit="day")),
        ("on the 5th", Date("day", day=5)),
    ],
)  # fmt: skip
def test_a_date_and_its_precision(text: str, date: Date) -> None:
    assert read(text) == [date]


@pytest.mark.parametrize("text", ["3/1/2026", "3-1-2026", "03.01.2026", "3/1/26"])
def test_day_and_month_that_cannot_be_told_apart_stay_open(text: str) -> None:
    assert read(text) == [Date("year", 2026, ambiguous=True)]


@pytest.mark.parametrize(
    "text",
    ["", "3个月", "三年", "12345", "13月", "32/13/2026", "may I ask", "march on", "2025元", "2025 days", "2000 RMB", "0.2025", "SZ2025A", "房号 2025号", "secondary", "月薪"],
)  # fmt: skip
def test_what_no_calendar_has_is_no_date(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("去年", Date("year", 2025)),
        ("去年三月", Date("month", 2025, 3)),
        ("上个月", Date("month", 2025, 12)),
        ("next month", Date("month", 2026, 2)),
        ("昨天", day(2026, 1, 14)),
        ("2024年", Date("year", 2024)),
    ],
)
def test_an_offset_counts_from_today(text: str, date: Date) -> None:
    (found,) = read(text)
    assert found.on(dt.date(2026, 1, 15)) == date
