from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.estimate import CAP, amounts, estimate, reply
from catalog.store import Catalog

MONEY = st.decimals(0, 10**9, places=2)


@pytest.mark.parametrize(
    ("income", "tax", "subsidy"),
    [
        ("1000000", "280000", "130000"),
        ("850000", "127500", "0"),
        ("850000", "127500.01", "0.01"),
        ("200000", "10000", "0"),
        ("40000000", "11000000", "5000000"),
        ("40000000", "10999999.99", "4999999.99"),
        ("123456.78", "40000.5", "21481.98"),
        ("0", "0", "0"),
    ],
)
def test_the_subsidy_is_the_tax_above_fifteen_percent_up_to_the_cap(income: str, tax: str, subsidy: str) -> None:
    assert estimate(Decimal(income), Decimal(tax)).subsidy == Decimal(subsidy)


@pytest.mark.parametrize(("income", "tax"), [("-1", "0"), ("100", "-1"), ("100", "101")])
def test_amounts_that_cannot_be_right_are_refused(income: str, tax: str, catalog: Catalog) -> None:
    with pytest.raises(ValueError, match=r"negative|more tax"):
        estimate(Decimal(income), Decimal(tax))
    said = reply(catalog, {"income": Decimal(income), "tax": Decimal(tax)}, "en").text
    assert "cannot" in said
    assert "RMB" not in said


@given(MONEY, MONEY)
def test_nobody_gets_less_than_nothing_or_more_than_the_cap(income: Decimal, tax: Decimal) -> None:
    if tax <= income:
        assert 0 <= estimate(income, tax).subsidy <= min(CAP, tax)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("应纳税所得额90万，缴了20万个税，能补多少", {"income": 900000, "tax": 200000}),
        ("I earned 850k and paid 180k tax", {"income": 850000, "tax": 180000}),
        ("paid 43,080 tax on 300000 income", {"income": 300000, "tax": 43080}),
        ("帮我算个税补贴，年薪80万", {"income": 800000}),
        ("入息120萬，交咗30萬稅，香港就要交15萬稅", {"income": 1200000, "tax": 300000, "hong_kong_tax": 150000}),
        ("taxable income -5000, tax 100000", {"income": -5000, "tax": 100000}),
        ("tax year 2025, how much would I get", {}),
        ("the 15% subsidy please", {}),
    ],
)
def test_amounts_are_known_by_the_words_beside_them(text: str, expected: dict[str, int]) -> None:
    assert amounts(text) == expected


def test_an_estimate_shows_formula_source_and_that_it_is_one(catalog: Catalog) -> None:
    said = reply(catalog, {"income": Decimal(1000000), "tax": Decimal(280000)}, "en")
    for part in ("RMB 130,000", "15%", "RMB 1,000,000", "RMB 280,000", "only an estimate", "Source"):
        assert part in said.text
    assert said.sources


def test_the_better_of_the_two_is_named(catalog: Catalog) -> None:
    given_ = {"income": Decimal(1000000), "tax": Decimal(280000), "hong_kong_tax": Decimal(120000)}
    assert "the Hong Kong tax ceiling gives more" in reply(catalog, given_, "en").text
    assert "15%补贴更多" in reply(catalog, {**given_, "hong_kong_tax": Decimal(200000)}, "zh").text
