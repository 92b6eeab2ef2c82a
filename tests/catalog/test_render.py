from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalog.models import Aspect, Hours, Source, Statement
from catalog.render import (
    ASPECT_NAMES,
    aspect_name,
    contact_card,
    contact_line,
    date_text,
    hours_line,
    render,
    source_line,
)

IN_TIME = dt.date(2026, 2, 1)

ANSWERS = [
    (Aspect.overview, "zh", "年卡可以全年进入泳池。"),
    (Aspect.overview, "en", "The pass opens the pool all year."),
    (Aspect.eligibility, "zh", "年满16周岁的居民可以申请。\n• 香港居民须出示身份证。"),
    (
        Aspect.documents,
        "zh",
        "需要下列文件。\n☐ 体检报告（原件；出具：医院；适用：60岁以上的人）。\n☐ 照片（电子件）",
    ),
    (
        Aspect.documents,
        "en",
        (
            "You need these papers.\n"
            "☐ Medical report (original; from: a hospital; only for people over 60).\n"
            "☐ Photo (electronic copy)"
        ),
    ),
    (
        Aspect.steps,
        "zh",
        (
            "单位登记后，本人领卡。\n1. 用人单位：网上登记。\n2. 本人：带照片领卡。\n"
            "   市政热线\n   电话：10000\n   时间：每天24小时\n3. 受理机关：盖章。"
        ),
    ),
    (
        Aspect.steps,
        "en",
        (
            "Your employer registers you and you collect the pass.\n1. Your employer: Register online.\n"
            "2. You: Collect the pass with your photo.\n   Town hotline\n   Phone: 10000\n   Hours: 24 hours, every day\n"
            "3. The office: Stamp it."
        ),
    ),
    (Aspect.validity, "zh", "待确认：有效期尚待确认。请咨询：市政热线 10000；旧塔。"),
    (Aspect.validity, "en", "To be confirmed: How long it lasts is still open. Ask: Town hotline 10000; Old tower."),
]


@pytest.mark.parametrize(("aspect", "language", "text"), ANSWERS)
def test_an_answer_reads_as_text(small: Any, aspect: Aspect, language: str, text: str) -> None:
    catalog = small.load()
    assert render(catalog, catalog.statements("pool-pass", aspect), language, IN_TIME) == text


@pytest.mark.parametrize(
    ("on", "zh", "en"),
    [
        (dt.date(2025, 12, 31), "尚未开始", "not open yet"),
        (dt.date(2026, 1, 1), "正在受理", "open now"),
        (dt.date(2026, 3, 31), "正在受理", "open now"),
        (dt.date(2026, 4, 1), "已经结束", "over"),
    ],
)
def test_a_window_says_whether_it_is_open(small: Any, on: dt.date, zh: str, en: str) -> None:
    catalog = small.load()
    statements = catalog.statements("pool-pass", Aspect.deadline)
    assert render(catalog, statements, "zh", on) == f"申请期为2026年1月1日至3月31日（{zh}）。"
    assert render(catalog, statements, "en", on) == f"Apply from 1 January to 31 March 2026 ({en})."


def test_no_statements_are_no_text(small: Any) -> None:
    assert render(small.load(), (), "en", IN_TIME) == ""


def test_a_contact_card_has_everything_known(small: Any) -> None:
    desk = small.load().contacts["town-desk"]
    assert contact_card(desk, "zh").split("\n") == [
        "市政服务台",
        "地址：市政路1号",
        "电话：0755-10000000",
        "时间：周一至周五 09:00–12:00、14:00–18:00；周六 10:00–12:00",
        "网址：https://www.sz.gov.cn/desk",
        "法定节假日不办公",
    ]
    assert contact_card(desk, "en").split("\n") == [
        "Town desk",
        "Address: 1 Town Road",
        "Phone: 0755-10000000",
        "Hours: Mon–Fri 09:00–12:00, 14:00–18:00; Sat 10:00–12:00",
        "Website: https://www.sz.gov.cn/desk",
        "Closed on public holidays",
    ]


@pytest.mark.parametrize(
    ("contact", "line"),
    [("town-desk", "Town desk 0755-10000000"), ("hotline", "Town hotline 10000"), ("old-tower", "Old tower")],
)
def test_a_contact_line_has_the_way_to_reach_it(small: Any, contact: str, line: str) -> None:
    assert contact_line(small.load().contacts[contact], "en") == line


@pytest.mark.parametrize(
    ("days", "zh", "en"),
    [
        ((1,), "周一", "Mon"),
        ((1, 2), "周一、周二", "Mon, Tue"),
        ((1, 2, 3), "周一至周三", "Mon–Wed"),
        ((5, 6, 7), "周五至周日", "Fri–Sun"),
        ((1, 3, 5), "周一、周三、周五", "Mon, Wed, Fri"),
        ((1, 2, 3, 4, 5, 6, 7), "周一至周日", "Mon–Sun"),
    ],
)
def test_opening_days_read_naturally(days: tuple[int, ...], zh: str, en: str) -> None:
    hours = [Hours(days=days, opens="09:00", closes="17:30")]
    assert hours_line(hours, "zh") == f"{zh} 09:00–17:30"
    assert hours_line(hours, "en") == f"{en} 09:00–17:30"


def test_a_night_is_not_the_whole_week() -> None:
    assert hours_line([Hours(days=(6, 7), opens="00:00", closes="24:00")], "en") == "Sat, Sun 00:00–24:00"


@pytest.mark.parametrize(
    ("date", "zh", "en"),
    [
        ("2024", "2024年", "2024"),
        ("2024-04", "2024年4月", "April 2024"),
        ("2024-04-17", "2024年4月17日", "17 April 2024"),
        ("2010-12-01", "2010年12月1日", "1 December 2010"),
    ],
)
def test_dates_read_as_people_write_them(date: str, zh: str, en: str) -> None:
    assert (date_text(date, "zh"), date_text(date, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        (
            "town-website",
            "市政厅《市政网站》（2026年11月24日查阅） https://www.sz.gov.cn/town",
            "Town hall, “Town website” (read 24 November 2026) https://www.sz.gov.cn/town",
        ),
        (
            "card-rules",
            "市政厅《证卡规则》（深证〔2024〕1号，2024年4月，通行规定，原文待复核）",
            "Town hall, “Card rules” (深证〔2024〕1号, April 2024, established rule, text still to be re-read)",
        ),
        ("old-map", "市政厅《旧地图》", "Town hall, “Old map”"),
    ],
)
def test_a_source_line_says_who_where_and_when(small: Any, source: str, zh: str, en: str) -> None:
    found: Source = small.load().sources[source]
    assert (source_line(found, "zh"), source_line(found, "en")) == (zh, en)


def test_an_open_point_keeps_its_window_and_contact(small: Any) -> None:
    statement = Statement.parse_obj(
        {
            "zh": "下一期尚未公布。",
            "en": "The next window is not announced.",
            "unconfirmed": True,
            "ask": ["hotline"],
            "window": {"opens": "2027-01-01", "closes": "2027-03-31"},
        }
    )
    assert render(small.load(), [statement], "en", IN_TIME) == (
        "To be confirmed: The next window is not announced (not open yet). Ask: Town hotline 10000."
    )


def test_every_aspect_has_a_heading_in_both_languages() -> None:
    assert list(ASPECT_NAMES) == list(Aspect)
    assert all(aspect_name(aspect, language) for aspect in Aspect for language in ("zh", "en"))
