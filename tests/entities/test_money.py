from __future__ import annotations

from decimal import Decimal

import pytest

from entities import find
from entities.money import Money


def read(text: str) -> list[Money]:
    return [found.value for found in find(text) if found.kind == "money"]


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("RMB 1.2 million", 1_200_000, "CNY"),
        ("rmb850k", 850_000, "CNY"),
        ("850k RMB", 850_000, "CNY"),
        ("CNY 5000", 5000, "CNY"),
        ("¥5000", 5000, "CNY"),
        ("￥5000", 5000, "CNY"),
        ("5000 yuan", 5000, "CNY"),
        ("5000元", 5000, "CNY"),
        ("五千块", 5000, "CNY"),
        ("五千块钱", 5000, "CNY"),
        ("人民币85万元", 850_000, "CNY"),
        ("85万人民币", 850_000, "CNY"),
        ("85万元人民币", 850_000, "CNY"),
        ("人民幣八十五萬圓", 850_000, "CNY"),
        ("港幣三十萬", 300_000, "HKD"),
        ("港币30万元", 300_000, "HKD"),
        ("三十万港币", 300_000, "HKD"),
        ("30萬港紙", 300_000, "HKD"),
        ("HK$300,000", 300_000, "HKD"),
        ("HKD300k", 300_000, "HKD"),
        ("300k hkd", 300_000, "HKD"),
        ("300,000 Hong Kong dollars", 300_000, "HKD"),
        ("八百蚊", 800, "HKD"),
        ("百五蚊", 150, "HKD"),
        ("萬二蚊", 12_000, "HKD"),
        ("MOP 8000", 8000, "MOP"),
        ("8000澳门元", 8000, "MOP"),
        ("8000 patacas", 8000, "MOP"),
        ("葡币8000", 8000, "MOP"),
        ("NT$50,000", 50_000, "TWD"),
        ("五萬新台幣", 50_000, "TWD"),
        ("台币5万", 50_000, "TWD"),
        ("US$100", 100, "USD"),
        ("100 USD", 100, "USD"),
        ("一百美金", 100, "USD"),
        ("100美元", 100, "USD"),
        ("€100", 100, "EUR"),
        ("100 euros", 100, "EUR"),
        ("100欧元", 100, "EUR"),
        ("£100", 100, "GBP"),
        ("100 pounds", 100, "GBP"),
        ("100英镑", 100, "GBP"),
        ("100万日元", 1_000_000, "JPY"),
        ("S$5000", 5000, "SGD"),
        ("5000新加坡元", 5000, "SGD"),
        ("A$5000", 5000, "AUD"),
        ("CHF 5000", 5000, "CHF"),
        ("$5000", 5000, None),
        ("5000 dollars", 5000, None),
        ("五万刀", 50_000, None),
        ("850k", 850_000, None),
        ("1.2 million", 1_200_000, None),
        ("50w", 500_000, None),
        ("八十五万", 850_000, None),
        ("85万5", 855_000, None),
        ("两亿", 200_000_000, None),
    ],
)
def test_an_amount_and_its_currency(text: str, amount: int, currency: str | None) -> None:
    assert read(text) == [Money(Decimal(amount), currency=currency)]


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("30k a month", Money(Decimal(30_000), period="month")),
        ("30,000 per month", Money(Decimal(30_000), period="month")),
        ("HKD 30,000 monthly", Money(Decimal(30_000), currency="HKD", period="month")),
        ("30k/month", Money(Decimal(30_000), period="month")),
        ("月薪3万", Money(Decimal(30_000), period="month")),
        ("每月3万元", Money(Decimal(30_000), currency="CNY", period="month")),
        ("三万一个月", Money(Decimal(30_000), period="month")),
        ("三萬蚊一個月", Money(Decimal(30_000), currency="HKD", period="month")),
        ("月入三萬蚊", Money(Decimal(30_000), currency="HKD", period="month")),
        ("3万/月", Money(Decimal(30_000), period="month")),
        ("年薪85万", Money(Decimal(850_000), period="year")),
        ("年薪大概85万", Money(Decimal(850_000), approximate=True, period="year")),
        ("年薪税前85万左右", Money(Decimal(850_000), approximate=True, period="year")),
        ("一年大概85万", Money(Decimal(850_000), approximate=True, period="year")),
        ("850k a year", Money(Decimal(850_000), period="year")),
        ("RMB 850,000 per annum", Money(Decimal(850_000), currency="CNY", period="year")),
        ("850k RMB p.a.", Money(Decimal(850_000), currency="CNY", period="year")),
        ("my annual salary is 850,000", Money(Decimal(850_000), period="year")),
        ("人工三百萬一年", Money(Decimal(3_000_000), period="year")),
        ("salary 30000", Money(Decimal(30_000))),
        ("I earn 30000", Money(Decimal(30_000))),
        ("500 a day", Money(Decimal(500), period="day")),
        ("大概八十五万", Money(Decimal(850_000), approximate=True)),
        ("about RMB 850k", Money(Decimal(850_000), approximate=True, currency="CNY")),
        ("roughly 850k", Money(Decimal(850_000), approximate=True)),
        ("50w左右", Money(Decimal(500_000), approximate=True)),
        ("八十多万", Money(Decimal(800_000), approximate=True)),
        ("几十万", Money(Decimal(200_000), approximate=True)),
        ("五六十万", Money(Decimal(500_000), Decimal(600_000), approximate=True)),
        ("差唔多九十萬", Money(Decimal(900_000), approximate=True)),
        ("超过90万", Money(Decimal(900_000), bound="over")),
        ("more than 900k", Money(Decimal(900_000), bound="over")),
        ("不到90万", Money(Decimal(900_000), bound="under")),
        ("up to 5 million yuan", Money(Decimal(5_000_000), bound="under", currency="CNY")),
        ("80万到90万", Money(Decimal(800_000), Decimal(900_000))),
        ("80-90万", Money(Decimal(800_000), Decimal(900_000))),
        ("80~90萬港幣", Money(Decimal(800_000), Decimal(900_000), currency="HKD")),
        ("八十至九十万元", Money(Decimal(800_000), Decimal(900_000), currency="CNY")),
        ("三到五十万", Money(Decimal(300_000), Decimal(500_000))),
        ("三百到四百万", Money(Decimal(3_000_000), Decimal(4_000_000))),
        ("between 800k and 900k", Money(Decimal(800_000), Decimal(900_000))),
        ("800 to 900k", Money(Decimal(800_000), Decimal(900_000))),
        ("1 to 2 million", Money(Decimal(1_000_000), Decimal(2_000_000))),
        ("HKD 20,000-30,000 a month", Money(Decimal(20_000), Decimal(30_000), currency="HKD", period="month")),
        ("HK$20,000 to HK$30,000", Money(Decimal(20_000), Decimal(30_000), currency="HKD")),
    ],
)  # fmt: skip
def test_periods_ranges_and_approximations(text: str, money: Money) -> None:
    assert read(text) == [money]


@pytest.mark.parametrize(
    ("text", "moneys"),
    [
        ("100 HKD and 200 RMB", [(100, "HKD"), (200, "CNY")]),
        ("HKD 100 - RMB 200", [(100, "HKD"), (200, "CNY")]),
        ("本科一万五硕士两万五", [(15_000, None), (25_000, None)]),
    ],
)
def test_two_currencies_are_two_sums(text: str, moneys: list[tuple[int, str | None]]) -> None:
    assert [(money.value, money.currency) for money in read(text)] == moneys


@pytest.mark.parametrize(
    "text",
    ["", "12", "3000人", "5万人", "10k people", "2 million residents", "three times a month", "90 days a year", "15%", "2025", "3 a month", "一年三次", "元旦", "每月3号", "第3万个"],
)  # fmt: skip
def test_what_is_no_money(text: str) -> None:
    assert read(text) == []
