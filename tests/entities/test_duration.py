from __future__ import annotations

from decimal import Decimal

import pytest

from entities import find
from entities.duration import Duration, Unit


def read(text: str) -> list[Duration]:
    return [found.value for found in find(text) if found.kind == "duration"]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("3 days", "3", "day"),
        ("3天", "3", "day"),
        ("三日", "3", "day"),
        ("3.5 days", "3.5", "day"),
        ("三天半", "3.5", "day"),
        ("半日", "0.5", "day"),
        ("半天", "0.5", "day"),
        ("half a day", "0.5", "day"),
        ("a day", "1", "day"),
        ("100 days", "100", "day"),
        ("183天", "183", "day"),
        ("一百八十三日", "183", "day"),
        ("a hundred days", "100", "day"),
        ("2 weeks", "2", "week"),
        ("2wks", "2", "week"),
        ("两周", "2", "week"),
        ("兩個星期", "2", "week"),
        ("三个礼拜", "3", "week"),
        ("半個星期", "0.5", "week"),
        ("a fortnight", "2", "week"),
        ("3 months", "3", "month"),
        ("three-month", "3", "month"),
        ("6mo", "6", "month"),
        ("三个月", "3", "month"),
        ("三個月", "3", "month"),
        ("３个月", "3", "month"),
        ("3 个月", "3", "month"),
        ("两月", "2", "month"),
        ("18月", "18", "month"),
        ("两个半月", "2.5", "month"),
        ("個半月", "1.5", "month"),
        ("半个月", "0.5", "month"),
        ("半月", "0.5", "month"),
        ("a month", "1", "month"),
        ("two and a half months", "2.5", "month"),
        ("a month and a half", "1.5", "month"),
        ("一个季度", "3", "month"),
        ("two quarters", "6", "month"),
        ("1 year", "1", "year"),
        ("5yrs", "5", "year"),
        ("2y", "2", "year"),
        ("一年", "1", "year"),
        ("兩年", "2", "year"),
        ("十年", "10", "year"),
        ("半年", "0.5", "year"),
        ("half a year", "0.5", "year"),
        ("half year", "0.5", "year"),
        ("一年半", "1.5", "year"),
        ("年半", "1.5", "year"),
        ("3年半", "3.5", "year"),
        ("a year and a half", "1.5", "year"),
        ("one and a half years", "1.5", "year"),
        ("1.5 years", "1.5", "year"),
        ("2½ years", "2.5", "year"),
        ("a decade", "10", "year"),
        ("一年零三个月", "15", "month"),
        ("1年3个月", "15", "month"),
        ("兩年又六個月", "30", "month"),
        ("2 years and 6 months", "30", "month"),
        ("1 yr 6 mths", "18", "month"),
        ("7个工作日", "7", "working-day"),
        ("20 working days", "20", "working-day"),
        ("5 business days", "5", "working-day"),
    ],
)
def test_a_duration_and_its_unit(text: str, value: str, unit: Unit) -> None:
    assert read(text) == [Duration(Decimal(value), unit=unit)]


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("about 100 days", Duration(Decimal(100), approximate=True, unit="day")),
        ("大概三个月", Duration(Decimal(3), approximate=True, unit="month")),
        ("三個月左右", Duration(Decimal(3), approximate=True, unit="month")),
        ("一年多", Duration(Decimal(1), approximate=True, unit="year")),
        ("3个多月", Duration(Decimal(3), approximate=True, unit="month")),
        ("十几天", Duration(Decimal(10), approximate=True, unit="day")),
        ("100多天", Duration(Decimal(100), approximate=True, unit="day")),
        ("半年幾", Duration(Decimal("0.5"), approximate=True, unit="year")),
        ("年幾", Duration(Decimal(1), approximate=True, unit="year")),
        ("個幾月", Duration(Decimal(1), approximate=True, unit="month")),
        ("成三年", Duration(Decimal(3), approximate=True, unit="year")),
        ("差唔多兩年半", Duration(Decimal("2.5"), approximate=True, unit="year")),
        ("大半年", Duration(Decimal("0.5"), approximate=True, unit="year")),
        ("a couple of weeks", Duration(Decimal(2), approximate=True, unit="week")),
        ("a few days", Duration(Decimal(2), approximate=True, unit="day")),
        ("more than 90 days", Duration(Decimal(90), bound="over", unit="day")),
        ("超过90天", Duration(Decimal(90), bound="over", unit="day")),
        ("90天以上", Duration(Decimal(90), bound="over", unit="day")),
        ("满18个月", Duration(Decimal(18), bound="over", unit="month")),
        ("less than a year", Duration(Decimal(1), bound="under", unit="year")),
        ("不到90天", Duration(Decimal(90), bound="under", unit="day")),
        ("唔夠半年", Duration(Decimal("0.5"), bound="under", unit="year")),
        ("未满一年", Duration(Decimal(1), bound="under", unit="year")),
        ("3日内", Duration(Decimal(3), bound="under", unit="day")),
        ("within 3 days", Duration(Decimal(3), bound="under", unit="day")),
        ("3-6 months", Duration(Decimal(3), Decimal(6), unit="month")),
        ("3到6个月", Duration(Decimal(3), Decimal(6), unit="month")),
        ("3个月到6个月", Duration(Decimal(3), Decimal(6), unit="month")),
        ("两三年", Duration(Decimal(2), Decimal(3), approximate=True, unit="year")),
        ("two or three months", Duration(Decimal(2), Decimal(3), approximate=True, unit="month")),
        ("between 2 and 3 years", Duration(Decimal(2), Decimal(3), unit="year")),
    ],
)
def test_ranges_bounds_and_approximations(text: str, duration: Duration) -> None:
    assert read(text) == [duration]


@pytest.mark.parametrize(
    "text",
    [
        "", "2025年", "二〇二五年", "3月", "三月份", "12月1日", "三年级", "90年代", "年薪85万", "30k a month", "每月三万", "once a year", "3日元", "35 years old", "35岁",
        "前年", "今年半价", "周末", "日本", "天津", "day", "this year", "first year",
    ],
)  # fmt: skip
def test_what_is_no_duration(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("duration", "days"),
    [
        (Duration(Decimal(3), unit="day"), 3),
        (Duration(Decimal(3), unit="working-day"), 3),
        (Duration(Decimal(2), unit="week"), 14),
        (Duration(Decimal("1.5"), unit="month"), 45),
        (Duration(Decimal("0.5"), unit="year"), Decimal("182.5")),
    ],
)
def test_days_are_counted_with_months_of_30_and_years_of_365(duration: Duration, days: Decimal | int) -> None:
    assert duration.days() == days


@pytest.mark.parametrize(
    ("text", "age"),
    [("35岁", 35), ("三十五歲", 35), ("29周岁", 29), ("I'm 35 years old", 35), ("a 35-year-old", 35), ("35yo", 35), ("35 y/o", 35), ("aged 29", 29), ("年龄：45", 45), ("今年啱啱三十歲", 30)],
)  # fmt: skip
def test_an_age_is_no_duration(text: str, age: int) -> None:
    (found,) = find(text, {"age", "duration", "number"})
    assert (found.kind, found.value.value) == ("age", age)
