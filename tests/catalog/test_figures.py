from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.figures import figures


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("承诺7个工作日办结", "7"),
        ("RMB 1,000 a month", "1000"),
        ("RMB 1,234,567.50", "1234567.5"),
        ("收费1000元", "1000"),
        ("最高500万元", "5000000"),
        ("at most RMB 5 million", "5000000"),
        ("RMB 1.5 million", "1500000"),
        ("150万元", "1500000"),
        ("2亿元", "200000000"),
        ("HK$18k", "18000"),
        ("3千元", "3000"),
        ("15%", "15"),
        ("120.56 km²", "120.56"),
        ("half a year", "0.5"),
        ("半年", "0.5"),
        ("two papers", "2"),
        ("两份", "2"),
        ("Twelve measures", "12"),
        ("三年", "3"),
        ("no fee", "0"),
        ("It is free.", "0"),
        ("The government charges no fee", "0"),
        ("不收费", "0"),
        ("免费", "0"),
        ("2026年3月31日", "31"),
        ("７个工作日", "7"),
    ],
)
def test_a_number_is_found(text: str, number: str) -> None:
    assert Decimal(number) in figures(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("70 days", "7"),
        ("17个工作日", "7"),
        ("RMB 5,000", "5"),
        ("1.5 million", "5"),
        ("someone freed it", "0"),
        ("a tone of voice", "1"),
        ("5 kilometres", "5000"),
        ("5 metres", "5000000"),
        ("收费标准请询问", "0"),
    ],
)
def test_a_part_of_a_number_or_word_is_none(text: str, number: str) -> None:
    assert Decimal(number) not in figures(text)


def test_a_text_without_numbers_has_none() -> None:
    assert figures("请向主管部门确认。") == figures("Ask the office.") == set()


@given(st.integers(0, 10**10))
def test_every_way_to_write_an_amount_is_found(amount: int) -> None:
    assert Decimal(amount) in figures(f"RMB {amount:,} a year")
    assert Decimal(amount) in figures(f"每年{amount}元")
    assert Decimal(amount) * 10000 in figures(f"每年{amount}万元")
    assert Decimal(amount) * 1000000 in figures(f"RMB {amount:,} million")
