"""The real catalog: what must be in it, how it reads in each script, and figures that may not change by accident."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from catalog.check import MIN_EXAMPLES
from catalog.models import Aspect, SourceStatus
from catalog.render import render, source_line
from catalog.store import Catalog, load
from language.script import HAN, converter
from language.traditional import GLOSSARY, traditional

SERVICES = [
    "work-permit", "job-change", "work-residence-permit", "talent-visa", "family-visa", "short-visit",
    "permanent-residence", "accommodation-registration", "degree-verification", "health-check",
    "driving-licence", "social-insurance", "salary-remittance", "hmt-employment", "hmt-residence-permit",
    "home-return-permit", "schooling", "northbound-travel", "hk-services-kiosk", "gba-youth-employment",
    "youth-subsidies", "e-hub", "qualification-recognition", "practice-construction", "practice-tax",
    "practice-accounting", "practice-law", "practice-medical", "practice-tour-guide", "practice-social-work",
    "practice-finance", "gba-tax-subsidy", "hk-tax-ceiling", "corporate-tax", "tax-residence", "talent-fund",
    "city-talent-programmes", "postdoc", "talent-housing", "talent-hub", "service-center",
    "qianhai-background", "health-care",
]  # fmt: skip

ON = dt.date(2026, 11, 24)

ALSO_TRADITIONAL = set("床群台准里岩秘伙")
"""Characters that OpenCC would write otherwise and Hong Kong writes so (台灣, 批准, 公里, 岩土, 秘書, 伙食)."""

MEANT = {
    "籤": "抽籤|標籤|中籤",
    "髮": "頭髮|理髮|美髮",
    "隻": "[一兩幾0-9]隻",
    "準": "標準|準備|準確|準時|為準|基準|水準|拿不準",
    "瞭": "瞭解",
    "鬆": "寬鬆|放鬆|輕鬆",
    "鬱": "憂鬱",
    "穀": "穀物",
    "鬚": "鬍鬚",
    "麵": "麵包|麵條",
    "鍾": "鍾情",
}
"""Characters that a conversion likes to confuse, and the words in which they are meant."""


def chinese(node: Any) -> Iterator[str]:
    """Every Chinese text below `node`; names as typed and examples are no texts."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "zh" and isinstance(value, str):
                yield value
            else:
                yield from chinese(value)
    elif isinstance(node, (list, tuple)):
        for item in node:
            yield from chinese(item)


@pytest.fixture(scope="module")
def texts(catalog: Catalog) -> set[str]:
    """All Chinese of the catalog that people read."""
    parts = (catalog.services, catalog.categories, catalog.contacts, catalog.sources)
    return {text for part in parts for entry in part.values() for text in chinese(entry.dict())}


@pytest.fixture(scope="module")
def hong_kong(texts: set[str]) -> list[str]:
    """The same in Traditional Chinese."""
    return [traditional(text) for text in sorted(texts)]


def test_loading_is_quick() -> None:
    start = time.process_time()
    load()
    assert time.process_time() - start < 2


def test_no_service_is_missing(catalog: Catalog) -> None:
    assert set(SERVICES) <= set(catalog.services)


@pytest.mark.parametrize("service_id", SERVICES)
def test_a_service_has_an_overview_and_examples_in_both_languages(catalog: Catalog, service_id: str) -> None:
    service = catalog.services[service_id]
    assert service.aspects[Aspect.overview]
    for by_intent in (service.examples.zh, service.examples.en):
        assert sum(map(len, by_intent.values())) >= MIN_EXAMPLES >= 15


@pytest.mark.parametrize("service_id", SERVICES)
def test_every_statement_has_sources_or_says_whom_to_ask(catalog: Catalog, service_id: str) -> None:
    for statements in catalog.services[service_id].aspects.values():
        for statement in statements:
            assert all(source in catalog.sources for source in statement.sources)
            assert bool(statement.ask) if statement.unconfirmed else bool(statement.sources)


@pytest.mark.parametrize("service_id", SERVICES)
def test_a_service_is_found_by_all_its_names(catalog: Catalog, service_id: str) -> None:
    service = catalog.services[service_id]
    texts = (service.name, service.short)
    names = [name for text in texts for name in (text.zh, text.en)] + [*service.aliases.zh, *service.aliases.en]
    assert {name for name in names if catalog.by_alias(name) is not service} == set()


def test_whoever_is_to_be_asked_can_be_reached(catalog: Catalog) -> None:
    asked = {contact for service in catalog.services.values() for contact in service.ask}
    asked |= {
        contact
        for service in catalog.services.values()
        for statements in service.aspects.values()
        for statement in statements
        for contact in statement.ask
    }
    assert {c for c in asked if not (catalog.contacts[c].phone or catalog.contacts[c].url)} == set()


@pytest.mark.parametrize("service_id", SERVICES)
def test_every_aspect_reads_well_in_both_languages(catalog: Catalog, service_id: str) -> None:
    for aspect, statements in catalog.services[service_id].aspects.items():
        zh, en = (render(catalog, statements, language, ON) for language in ("zh", "en"))
        assert zh.strip(), aspect
        assert en.strip(), aspect
        assert traditional(zh).strip(), aspect
        assert not re.search(rf"{HAN.pattern}[,;:!?()]|[,;:!?()]{HAN.pattern}", zh), aspect
        assert not re.search(r"[。；，：]{2}|（）", zh), aspect
        assert not re.search(r"\.\.|\(\)|[;,]\.", en), aspect
        assert not HAN.search(outside_brackets(en)), aspect


def outside_brackets(text: str) -> str:
    inner = re.compile(r"\([^()]*\)|（[^（）]*）|〔[^〔〕]*〕|《[^《》]*》")
    while inner.search(text):
        text = inner.sub("", text)
    return text


def test_source_lines_have_no_empty_brackets(catalog: Catalog) -> None:
    lines = [source_line(source, language) for source in catalog.sources.values() for language in ("zh", "en")]
    assert [line for line in lines if "（）" in line or "()" in line] == []


def test_traditional_text_has_no_simplified_characters(hong_kong: list[str]) -> None:
    s2t, t2s = converter("s2t"), converter("t2s")
    characters = {char for text in hong_kong for char in text if HAN.match(char)} - ALSO_TRADITIONAL
    assert {char for char in characters if s2t.convert(char) != char and t2s.convert(char) == char} == set()


@pytest.mark.parametrize(("char", "words"), MEANT.items())
def test_confusable_characters_stand_only_where_they_are_meant(hong_kong: list[str], char: str, words: str) -> None:
    found = {m for text in hong_kong for m in re.findall(f".?{char}.?", re.sub(words, "", text))}
    assert found == set()


def test_traditional_text_uses_the_words_of_hong_kong(hong_kong: list[str]) -> None:
    words: dict[str, str] = yaml.safe_load(GLOSSARY.read_text(encoding="utf-8"))
    set_by_us = re.compile("|".join(sorted(map(re.escape, words.values()), key=len, reverse=True)))
    by_opencc = {converter("s2hk").convert(word): word for word in words}
    avoided = {form: word for form, word in by_opencc.items() if form != words[word]}
    rest = [set_by_us.sub("|", text) for text in hong_kong]
    assert {form for text in rest for form in avoided if form in text} == set()


TIMES = [
    ("work-permit", "time", 7, "working-day", "promised"),
    ("work-permit", "time", 20, "working-day", "statutory"),
    ("work-residence-permit", "overview", 30, "calendar-day", "limit"),
    ("hmt-residence-permit", "time", 20, "working-day", "statutory"),
    ("hmt-residence-permit", "validity", 5, "year", "validity"),
    ("accommodation-registration", "deadline", 24, "hour", "limit"),
]


@pytest.mark.parametrize(("service", "aspect", "number", "unit", "kind"), TIMES)
def test_times(catalog: Catalog, service: str, aspect: str, number: int, unit: str, kind: str) -> None:
    times = [statement.time for statement in catalog.statements(service, Aspect(aspect)) if statement.time]
    assert (number, unit, kind) in [(t.number, t.unit.value, t.kind) for t in times]
    assert {t.number for t in times if (t.unit.value, t.kind) == (unit, kind)} == {number}


@pytest.mark.parametrize(
    ("service", "amounts"),
    [
        ("work-permit", {0, 400}),
        ("work-residence-permit", {400, 800, 1000, 200, 160}),
        ("permanent-residence", {1800}),
    ],
)
def test_fees(catalog: Catalog, service: str, amounts: set[int]) -> None:
    fees = [statement.fee for statement in catalog.statements(service, Aspect.fee) if statement.fee]
    assert {fee.amount for fee in fees} == amounts
    assert {fee.currency for fee in fees} == {"CNY"}


@pytest.mark.parametrize(
    ("service", "amount", "currency", "per", "limit"),
    [
        ("gba-tax-subsidy", 5_000_000, "CNY", "year", True),
        ("youth-subsidies", 8_000, "CNY", "month", True),
        ("youth-subsidies", 1_000, "CNY", "month", False),
        ("youth-subsidies", 2_000, "CNY", "month", False),
        ("youth-subsidies", 20_000, "CNY", "once", False),
        ("gba-youth-employment", 12_000, "HKD", "month", True),
    ],
)
def test_benefits(catalog: Catalog, service: str, amount: int, currency: str, per: str, limit: bool) -> None:
    money = [statement.money for statement in catalog.statements(service, Aspect.benefit) if statement.money]
    assert (amount, currency, per, limit) in [(m.amount, m.currency, m.per, m.limit) for m in money]


@pytest.mark.parametrize(
    ("service", "aspect", "zh", "en"),
    [
        ("work-permit", "overview", "工作许可由用人单位申请", "Your employer applies"),
        ("work-residence-permit", "fee", "不满1年的，收费400元", "under 1 year costs RMB 400"),
        ("work-residence-permit", "fee", "1年至3年的，收费800元", "1 to 3 years costs RMB 800"),
        ("work-residence-permit", "fee", "3年至5年的，收费1000元", "3 to 5 years costs RMB 1,000"),
        ("gba-tax-subsidy", "benefit", "每人每年最高500万元", "RMB 5 million a year"),
        ("gba-tax-subsidy", "benefit", "应纳税所得额的15%", "minus 15% of your taxable income"),
        ("gba-tax-subsidy", "eligibility", "超过90天", "more than 90 days"),
        ("gba-tax-subsidy", "deadline", "2026年1月1日至3月31日", "from 1 January to 31 March 2026"),
        ("gba-tax-subsidy", "validity", "2027年12月31日", "31 December 2027"),
        ("hk-tax-ceiling", "overview", "2023年1月1日至2027年12月31日", "1 January 2023 to 31 December 2027"),
        ("hk-tax-ceiling", "eligibility", "澳门居民未列入", "does not name Macao residents"),
        ("corporate-tax", "benefit", "15%", "15%"),
        ("corporate-tax", "validity", "2025年12月31日", "31 December 2025"),
        ("tax-residence", "overview", "183天", "183 days"),
        ("hmt-employment", "overview", "不需要就业证", "no employment permit"),
        (
            "youth-subsidies",
            "benefit",
            "博士8000元，硕士4000元，本科3000元",
            "RMB 8,000, a master 4,000, a bachelor 3,000",
        ),
        ("short-visit", "overview", "240小时", "240-hour"),
        ("talent-visa", "fee", "R字签证免费", "The R visa is free"),
        ("qianhai-background", "overview", "2010年8月，国务院批准", "August 2010 the State Council approved"),
        ("qianhai-background", "overview", "120.56平方公里", "120.56 km²"),
        ("service-center", "overview", "2013年9月正式开始试运行", "test operation in September 2013"),
        ("qianhai-background", "overview", "2013年9月，前海人才服务中心开始试运行", "In September 2013"),
    ],
)
def test_answers_state(catalog: Catalog, service: str, aspect: str, zh: str, en: str) -> None:
    statements = catalog.statements(service, Aspect(aspect))
    assert zh in render(catalog, statements, "zh", ON)
    assert en in render(catalog, statements, "en", ON)


@pytest.mark.parametrize(
    ("on", "zh", "en"),
    [
        (dt.date(2025, 12, 31), "尚未开始", "not open yet"),
        (dt.date(2026, 1, 1), "正在受理", "open now"),
        (dt.date(2026, 3, 31), "正在受理", "open now"),
        (dt.date(2026, 4, 1), "已经结束", "over"),
    ],
)
def test_the_window_for_tax_year_2025_says_whether_it_is_open(catalog: Catalog, on: dt.date, zh: str, en: str) -> None:
    window = dt.date(2026, 1, 1), dt.date(2026, 3, 31)
    (statement,) = [
        s
        for s in catalog.statements("gba-tax-subsidy", Aspect.deadline)
        if s.window and (s.window.opens, s.window.closes) == window
    ]
    assert "2025纳税年度" in statement.zh
    assert "tax year 2025" in statement.en
    assert f"（{zh}）" in render(catalog, [statement], "zh", on)
    assert f"({en})" in render(catalog, [statement], "en", on)


def test_what_staff_must_verify_is_not_stated(catalog: Catalog) -> None:
    open_sources = {id_ for id_, source in catalog.sources.items() if source.status is SourceStatus.staff_to_verify}
    stated = {
        source
        for service in catalog.services.values()
        for statements in service.aspects.values()
        for statement in statements
        if not statement.unconfirmed
        for source in statement.sources
    }
    assert not stated & open_sources
