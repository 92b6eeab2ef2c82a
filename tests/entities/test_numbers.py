from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities import find
from entities.message import Message
from entities.numerals import numerals
from entities.quantity import Quantity


def read(text: str) -> list[Quantity]:
    return [found.value for found in find(text, {"number", "percent"})]


def value(text: str) -> Decimal:
    """The one numeral of a text."""
    (numeral,) = numerals(Message.of(text).flat)
    assert numeral.high is None
    return numeral.low


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("12", "12"),
        ("1,200", "1200"),
        ("1，200", "1200"),
        ("1'200", "1200"),
        ("1’200", "1200"),
        ("850 000", "850000"),
        ("1,234,567.89", "1234567.89"),
        ("1.2", "1.2"),
        (".5", "0.5"),
        ("１２", "12"),
        ("１，２００．５", "1200.5"),
        ("1\u200b2", "12"),
        ("½", "0.5"),
        ("2½", "2.5"),
        ("1/2", "0.5"),
        ("2 3/4", "2.75"),
        ("②", "2"),
        ("850k", "850000"),
        ("850 K", "850000"),
        ("50w", "500000"),
        ("50W", "500000"),
        ("3.5m", "3500000"),
        ("1.2 million", "1200000"),
        ("1.2mn", "1200000"),
        ("850 thousand", "850000"),
        ("20 grand", "20000"),
        ("2 hundred thousand", "200000"),
        ("2 and a half", "2.5"),
        ("2 and a half million", "2500000"),
        ("zero", "0"),
        ("twelve", "12"),
        ("twenty-five", "25"),
        ("twenty five", "25"),
        ("a hundred", "100"),
        ("one hundred", "100"),
        ("a hundred and twenty", "120"),
        ("a hundred twenty", "120"),
        ("three hundred and forty-five thousand", "345000"),
        ("eight hundred fifty thousand", "850000"),
        ("a thousand", "1000"),
        ("ten thousand", "10000"),
        ("one million two hundred thousand", "1200000"),
        ("half a million", "500000"),
        ("two and a half", "2.5"),
        ("two and a half million", "2500000"),
        ("one point two million", "1200000"),
        ("three point one four", "3.14"),
        ("a dozen", "12"),
        ("half a dozen", "6"),
        ("two dozen", "24"),
        ("十", "10"),
        ("十二", "12"),
        ("二十", "20"),
        ("八十五", "85"),
        ("廿", "20"),
        ("廿五", "25"),
        ("卅二", "32"),
        ("四百廿五", "425"),
        ("四百十", "410"),
        ("一百", "100"),
        ("一百二", "120"),
        ("一百二十", "120"),
        ("一百零五", "105"),
        ("一百〇五", "105"),
        ("一百一十五", "115"),
        ("两百五", "250"),
        ("兩百五", "250"),
        ("三千零五十", "3050"),
        ("一万五", "15000"),
        ("三万半", "35000"),
        ("三十万", "300000"),
        ("三十萬", "300000"),
        ("八十五万六千", "856000"),
        ("两千万", "20000000"),
        ("三亿", "300000000"),
        ("兩億三千萬", "230000000"),
        ("三万亿", "3000000000000"),
        ("1.5个亿", "150000000"),
        ("三点五", "3.5"),
        ("十二点五万", "125000"),
        ("二零二六", "2026"),
        ("二〇二六", "2026"),
        ("壹佰贰拾叁", "123"),
        ("壹佰萬", "1000000"),
        ("叁拾万", "300000"),
        ("85万", "850000"),
        ("85 万", "850000"),
        ("85萬", "850000"),
        ("８５万", "850000"),
        ("85万5", "855000"),
        ("85万5千", "855000"),
        ("3千", "3000"),
        ("1万500", "10500"),
        ("八百k", "800000"),
        ("千二蚊", "1200"),
        ("百五蚊", "150"),
        ("三万一个月", "30000"),
        ("八千一平", "8000"),
    ],
)
def test_a_numeral_is_read(text: str, number: str) -> None:
    first = numerals(Message.of(text).flat)[0]
    assert (first.low, first.high, first.approximate) == (Decimal(number), None, False)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("十几个", "10", None),
        ("二十几", "20", None),
        ("几十个", "20", None),
        ("几万", "20000", None),
        ("數十萬", "200000", None),
        ("十几万", "100000", None),
        ("八十多万", "800000", None),
        ("30多万", "300000", None),
        ("50多w", "500000", None),
        ("一百余", "100", None),
        ("十来个", "10", None),
        ("上百万", "1000000", None),
        ("a couple of hundred", "200", None),
        ("a few thousand", "2000", None),
        ("several", "2", None),
        ("七八个", "7", "8"),
        ("三五个", "3", "5"),
        ("两三百", "200", "300"),
        ("十七八", "17", "18"),
        ("八九十万", "800000", "900000"),
        ("一百二三", "120", "130"),
    ],
)
def test_a_vague_numeral_is_approximate_and_its_value_the_lower_bound(text: str, low: str, high: str | None) -> None:
    (numeral,) = numerals(Message.of(text).flat)
    assert numeral.approximate
    assert (numeral.low, numeral.high) == (Decimal(low), None if high is None else Decimal(high))


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", "R签证", "R2 visa", "a 5G phone", "covid-19", "version 1.2.3", "at 12:30", "0755-88286666", "13800138000",
        "007", "A4", "S1", "#3", "foo_3", "第三方", "第2步", "星期三", "周五", "礼拜四", "初三", "千万不要", "万一", "大陆人", "一般", "一起",
        "三明治", "四川", "九龙", "半导体", "三七分", "五一放假", "统一", "唯一", "另一个", "the first one", "which one", "one of them",
        "this one please", "no one", "half", "someone", "often", "a", "tend", "weight", "x@y2.cn", "12345678901234567890",
    ],
)  # fmt: skip
def test_what_is_no_number_is_not_taken_for_one(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("5", Quantity(Decimal(5))),
        ("三", Quantity(Decimal(3))),
        ("三个", Quantity(Decimal(3))),
        ("我有两个孩子", Quantity(Decimal(2))),
        ("我有一个", Quantity(Decimal(1))),
        ("one", Quantity(Decimal(1))),
        ("I have one child", Quantity(Decimal(1))),
        ("about 20", Quantity(Decimal(20), approximate=True)),
        ("20左右", Quantity(Decimal(20), approximate=True)),
        ("~20", Quantity(Decimal(20), approximate=True)),
        ("大概二十个", Quantity(Decimal(20), approximate=True)),
        ("more than 20", Quantity(Decimal(20), bound="over")),
        ("20+", Quantity(Decimal(20), bound="over")),
        ("at least 20", Quantity(Decimal(20), bound="over")),
        ("超过20", Quantity(Decimal(20), bound="over")),
        ("20以上", Quantity(Decimal(20), bound="over")),
        ("起碼20個", Quantity(Decimal(20), bound="over")),
        ("less than 20", Quantity(Decimal(20), bound="under")),
        ("不到20", Quantity(Decimal(20), bound="under")),
        ("未够20個", Quantity(Decimal(20), bound="under")),
        ("not more than 20", Quantity(Decimal(20), bound="under")),
        ("够不够20", Quantity(Decimal(20))),
        ("10-20", Quantity(Decimal(10), Decimal(20))),
        ("10到20个", Quantity(Decimal(10), Decimal(20))),
        ("10 to 20", Quantity(Decimal(10), Decimal(20))),
        ("between 10 and 20", Quantity(Decimal(10), Decimal(20))),
        ("三到五个", Quantity(Decimal(3), Decimal(5))),
        ("three or four", Quantity(Decimal(3), Decimal(4), approximate=True)),
        ("3或者4個", Quantity(Decimal(3), Decimal(4), approximate=True)),
        ("3、4个", Quantity(Decimal(3), Decimal(4), approximate=True)),
        ("15%", Quantity(Decimal(15))),
        ("１５％", Quantity(Decimal(15))),
        ("fifteen percent", Quantity(Decimal(15))),
        ("百分之十五", Quantity(Decimal(15))),
        ("10-20%", Quantity(Decimal(10), Decimal(20))),
    ],
)
def test_a_number_with_the_words_around_it(text: str, quantity: Quantity) -> None:
    assert read(text) == [quantity]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3 and 7", [3, 7]),
        ("5 or 12", [5, 12]),
        ("20-10", [20, 10]),
        ("两大一小", []),
        ("2 adults, 1 child", [2, 1]),
        ("三个大人两个小孩", [3, 2]),
    ],
)
def test_numbers_that_are_no_range_stay_apart(text: str, values: list[int]) -> None:
    assert [quantity.value for quantity in read(text)] == values


SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
UNITS = SMALL.split()
LARGER = "_ _ twenty thirty forty fifty sixty seventy eighty ninety"
TENS = LARGER.split()


def english(number: int) -> str:
    if number < 20:
        return UNITS[number]
    if number < 100:
        return TENS[number // 10] + (f"-{UNITS[number % 10]}" if number % 10 else "")
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = number % size
            joined = f" {'and ' if rest < 100 else ''}{english(rest)}" if rest else ""
            return f"{english(number // size)} {name}{joined}"
    raise AssertionError


def chinese(number: int) -> str:
    if number < 10:
        return "零一二三四五六七八九"[number]
    for size, unit in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= size:
            rest = number % size
            gap = "零" if rest and rest < size // 10 else ""
            head = "" if unit == "十" and number < 20 else chinese(number // size)
            return head + unit + gap + (chinese(rest) if rest else "")
    raise AssertionError


@given(st.integers(0, 10**11))
def test_a_number_in_english_words_is_read_back(number: int) -> None:
    assert value(english(number)) == number


@given(st.integers(0, 10**11))
def test_a_number_in_chinese_is_read_back(number: int) -> None:
    assert value(chinese(number)) == number


@given(st.integers(0, 10**11))
def test_a_number_in_digits_is_read_back_with_and_without_commas(number: int) -> None:
    assert value(f"{number:,}") == number
    if number < 10**10:  # the longer may be telephone numbers
        assert value(str(number)) == number


@given(st.integers(1, 9_999), st.sampled_from(["万", "萬", " 万", "w"]))
def test_a_number_in_tens_of_thousands_is_read_back(number: int, unit: str) -> None:
    assert value(f"{number}{unit}") == number * 10_000
