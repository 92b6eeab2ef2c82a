from __future__ import annotations

from decimal import Decimal

import pytest

from actions.answer import check_button
from actions.day_count import Days, days
from actions.days import RESIDENCE, SERVICES, SOURCES, SUBSIDY, reply
from actions.reply import human_button
from catalog.models import Aspect
from catalog.store import Catalog


def counted(full: str, partial: str) -> Days:
    return Days(Decimal(full), Decimal(partial))


@pytest.mark.parametrize(
    ("text", "full", "partial"),
    [
        ("80 full days and 24 half days", "80", "24"),
        ("I spent 80 whole days and 20 partial days there", "80", "20"),
        ("90 full days and one half-day", "90", "1"),
        ("80 days plus twenty half days", "80", "20"),
        ("80 full days and 21 days under 24 hours", "80", "21"),
        ("80 days and 24 days of less than 24 hours", "80", "24"),
        ("full days: 80, half days: 21", "80", "21"),
        ("20 half days and 80 full days", "80", "20"),
        ("20 half days", "0", "20"),
        ("80 days, of which 24 half days", "56", "24"),
        ("I was there 80 days, 24 of them half days", "56", "24"),
        ("80整天和24个半天", "80", "24"),
        ("八十个整天，二十个半天", "80", "20"),
        ("80天整天，20天不足24小时", "80", "20"),
        ("80个整天加20个不足24小时的天", "80", "20"),
        ("整天80天，半天21天", "80", "21"),
        ("满24小时的80天，不满24小时的20天", "80", "20"),
        ("20个半天80天", "80", "20"),
        ("100天，其中20个半天", "80", "20"),
        ("100天，其中有20天是半天", "80", "20"),
        ("80個整日，24個半日", "80", "24"),
        ("整天80天，半天21天，夠唔夠？", "80", "21"),
        ("80日全日同24個半日", "80", "24"),
        ("全日80日，半日21日", "80", "21"),
        ("喺深圳100日，其中20日係半日", "80", "20"),
    ],
)
def test_full_and_partial_days_are_told_apart(text: str, full: str, partial: str) -> None:
    assert days(text) == counted(full, partial)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "100 days",
        "80 full days",
        "half a year",
        "120 full days and no half days",
        "I work part-time, 3 days part-time",
        "10 days, of which 24 half days",
        "半年",
        "住了100天",
        "住咗一百日",
        "半天",
    ],
)
def test_without_partial_days_nothing_is_counted(text: str) -> None:
    assert days(text) is None


@pytest.mark.parametrize(
    ("full", "partial", "total"), [("80", "20", "90"), ("80", "21", "90.5"), ("0", "1", "0.5"), ("183", "0", "183")]
)
def test_a_partial_day_counts_as_half(full: str, partial: str, total: str) -> None:
    assert counted(full, partial).subsidy == Decimal(total)


@pytest.mark.parametrize(
    ("full", "partial", "zh", "en"),
    [
        ("80", "19", "= 89.5天，没有超过90天", "= 89.5 days, which is not more than 90"),
        ("80", "20", "= 90天，没有超过90天", "= 90 days, which is not more than 90"),
        ("80", "21", "= 90.5天，超过90天", "= 90.5 days, which is more than 90"),
        ("90", "1", "= 90.5天，超过90天", "= 90.5 days, which is more than 90"),
        ("0", "200", "= 100天，超过90天", "= 100 days, which is more than 90"),
        ("1", "1", "= 1.5天，没有超过90天", "1 full day + 1 day under 24 hours × 0.5 = 1.5 days"),
    ],
)
def test_the_subsidy_needs_more_than_90_days(catalog: Catalog, full: str, partial: str, zh: str, en: str) -> None:
    found = counted(full, partial)
    assert zh in reply(catalog, SUBSIDY, found, "zh").text.split("\n\n")[0]
    assert en in reply(catalog, SUBSIDY, found, "en").text.split("\n\n")[0]


@pytest.mark.parametrize(
    ("full", "partial", "zh", "en"),
    [
        ("182", "2", "计182天，不满183天", "so 182 days, which is fewer than 183"),
        ("183", "1", "计183天，满183天", "so 183 days, which is at least 183"),
        ("184", "1", "计184天，满183天", "so 184 days, which is at least 183"),
        ("100", "166", "计100天，不满183天", "so 100 days, which is fewer than 183"),
    ],
)
def test_tax_residence_needs_183_full_days(catalog: Catalog, full: str, partial: str, zh: str, en: str) -> None:
    found = counted(full, partial)
    assert zh in reply(catalog, RESIDENCE, found, "zh").text.split("\n\n")[0]
    assert en in reply(catalog, RESIDENCE, found, "en").text.split("\n\n")[0]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("service_id", SERVICES)
def test_both_rules_are_said_the_one_asked_about_first(catalog: Catalog, service_id: str, language: str) -> None:
    said = reply(catalog, service_id, counted("80", "20"), language)
    first, second, *_ = said.text.split("\n\n")
    residence = "税收居民" if language == "zh" else "tax residence"
    assert (residence in first) == (service_id == RESIDENCE)
    assert (residence in second) == (service_id != RESIDENCE)
    assert [source.url for source in said.sources] == [catalog.sources[source].url for source in SOURCES]
    assert (said.intent, said.buttons[-1]) == ("ask_eligibility", human_button(language))


def test_a_check_is_offered_where_there_is_one(catalog: Catalog) -> None:
    for service_id in SERVICES:
        service = catalog.services[service_id]
        said = reply(catalog, service_id, counted("80", "20"), "en")
        assert (check_button(service, "en") in said.buttons) == (service.interview is not None)


def test_the_services_have_conditions_to_show(catalog: Catalog) -> None:
    assert all(Aspect.eligibility in catalog.services[service].aspects for service in SERVICES)
