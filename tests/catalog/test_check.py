"""Each rule broken once in the small catalog is one problem, in its file, at its line."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.check import INTENTS, fold
from catalog.models import Aspect

POOL, LIBRARY, SOURCES, CONTACTS = "services/pool-pass.yml", "services/library-card.yml", "sources.yml", "contacts.yml"

SCHEMA = [
    (POOL, "related: [library-card]", "relatd: [library-card]", "relatd", "unknown field (misspelt?)"),
    (POOL, "      audience: [hong-kong]", "      audiense: [hong-kong]", "      audiense", "unknown field (misspelt?)"),
    (POOL, "      en: It costs RMB 150 a year.\n", "", "    - zh: 每年150元", "missing"),
    (POOL, "zh: 每年150元。", "zh:", "    - zh:\n", "empty"),
    (POOL, "zh: 每年150元。", 'zh: ""', 'zh: ""', "at least 1"),
    (POOL, "zh: 每年150元。", "zh: [每年150元]", "zh: [每年", "a text is expected"),
    (POOL, "short: {zh: 泳池年卡, en: Pool pass}", "short: {zh: 泳池年卡}", "short:", "missing"),
    (POOL, "ask: [hotline, town-desk]", "ask: []", "ask: []", "at least one is needed"),
    (POOL, "id: pool-pass", "id: pool-ticket", "id:", "so the id must be `pool-pass`"),
    (POOL, "  benefit:", "  benefits:", "aspects:", "not a valid enumeration"),
    (POOL, "  overview:", "  basis:", "aspects:", "`overview` is missing"),
    (POOL, "      ask: [hotline, old-tower]\n", "", "    - zh: 有效期尚待确认", "an unconfirmed statement needs `ask`"),
    (POOL, "      sources: [card-rules]\n", "", "    - zh: 香港居民须", "at least one source"),
    (POOL, "{number: 5, unit", "{number: 5, max: 7, unit", "      time: {number: 5, max", "number, or min and/or max"),
    (POOL, "closes: 2026-03-31", "closes: 2025-03-31", "      window:", "closes is before opens"),
    (POOL, "closes: 2026-03-31", "closes: end of March", "      window:", "invalid date"),
    (POOL, "date: 2025-12-01", "date: December 2025", "    date: December", "write the date as"),
    (POOL, "status: general-knowledge", "status: read-on-page", "  pool-notice:", "read_on goes with"),
    (POOL, "audiences: [foreigner, hong-kong]", "audiences: [alien]", "audiences:", "not a valid enumeration"),
    (CONTACTS, "gym:\n  kind: place", "gym:\n  kind: hotline", "gym:", "a hotline needs `phone`"),
    (CONTACTS, "days: [7]", "days: [9]", "  hours: [{days: [9]", "1 (Monday) to 7 (Sunday)"),
    (CONTACTS, "gym:\n  kind: place", "gym:\n  kind: cellar", "  kind: cellar", "unexpected value"),
    ("categories.yml", "name: {zh: 健康, en: Health}", "name: {zh: 健康}", "health: {", "missing"),
]

YAML = [
    (POOL, "category: leisure", "category: leisure\ncategory: learning", "category: learning", "key given twice"),
    (POOL, "zh: 每年150元。", "zh: 每年150元。\n      zh: 又是150元。", "      zh: 又是", "key given twice"),
    (POOL, "en: Register online.", "en: Register: online.", "      en: Register", "not valid YAML"),
    (POOL, "audiences: [foreigner, hong-kong]", "audiences: [foreigner", "ask:", "not valid YAML"),
    (POOL, "date: 2025-12-01", "date: 2025-02-30", "    date: 2025-02-30", "day is out of range"),
]

REFERENCES = [
    (POOL, "category: leisure", "category: sports", "category: sports", "no category `sports`"),
    (POOL, "related: [library-card]", "related: [museum-card]", "related:", "no other service `museum-card`"),
    (POOL, "related: [library-card]", "related: [pool-pass]", "related:", "no other service `pool-pass`"),
    (POOL, "ask: [hotline, town-desk]", "ask: [coldline]", "ask: [coldline]", "no contact `coldline`"),
    (POOL, "ask: [hotline, old-tower]", "ask: [old-power]", "    - zh: 有效期", "no contact `old-power`"),
    (POOL, "contact: town-desk", "contact: town-disk", "    - zh: 在服务台领取", "no contact `town-disk`"),
    (POOL, "[town-website, pool-notice]", "[town-website, pool-notes]", "    - zh: 年卡可以", "no source `pool-notes`"),
    (
        POOL,
        "sources: [card-rules]",
        "sources: [old-map]",
        "    - zh: 香港居民须",
        "`old-map` is still to be verified by staff",
    ),
    (CONTACTS, "sources: [old-map]", "sources: [new-map]", "  sources: [new-map]", "no source `new-map`"),
    (POOL, "facts: [A-01]", "facts: [A1]", "    - zh: 年卡可以", "`A1` is no fact id"),
    (POOL, "ask_deadline: [when", "ask_date: [when", "    ask_date", "no intent `ask_date`"),
]

FIGURES = [
    (
        POOL,
        "en: It costs RMB 150 a year.",
        "en: It costs RMB 160 a year.",
        "    - zh: 每年150元",
        "150 is not in the `en` text",
    ),
    (POOL, "zh: 每年150元。", "zh: 每年收费。", "    - zh: 每年收费", "150 is not in the `zh` text"),
    (POOL, "奖金最高150万元", "奖金最高15万元", "    - zh: 奖金", "1500000 is not in the `zh` text"),
    (POOL, "is 5 working days", "is a week of working days", "    - zh: 承诺5", "5 is not in the `en` text"),
    (POOL, "一般需要2至3周", "一般需要2周", "    - zh: 一般需要", "3 is not in the `zh` text"),
    (POOL, "is 5 working days", "is 5 days", "    - zh: 承诺5", "the unit `working-day`"),
    (POOL, "需要2至3周", "需要2至3年", "    - zh: 一般需要", "the unit `week`"),
    (POOL, "1月1日至3月31日", "1月1日至4月31日", "    - zh: 申请期", "3 is not in the `zh` text"),
    (POOL, "to 31 March 2026.", "to 30 March 2026.", "    - zh: 申请期", "31 is not in the `en` text"),
]

LANGUAGES = [
    (POOL, "年满16周岁的居民", "年滿16周岁的居民", "    - zh: 年滿", "Traditional characters in a Simplified text: 滿"),
    (
        POOL,
        "name: {zh: 市民泳池年卡",
        "name: {zh: 市民泳池證",
        "name:",
        "Traditional characters in a Simplified text: 證",
    ),
    (
        POOL,
        "title: {zh: 泳池通告",
        "title: {zh: 泳池規則",
        "    title:",
        "Traditional characters in a Simplified text: 則 規",
    ),
    (POOL, "本人领卡。", "本人领卡,谢谢。", "    - zh: 单位登记后", "narrow punctuation in Chinese at `卡,`"),
    (POOL, "zh: 网上登记。", "zh: Register online.", "    - zh: Register", "no Chinese in the Chinese text"),
    (POOL, "en: Stamp it.", "en: Stamp it 盖章.", "      en: Stamp", "Chinese in the English text"),
    (
        POOL,
        "short: {zh: 泳池年卡",
        "short: {zh: 市民室内与室外公共泳池年卡",
        "short:",
        "at most 12 Chinese or 30 English",
    ),
    (
        POOL,
        "short: {zh: 泳池年卡, en: Pool pass}",
        "short: {zh: 泳池年卡, en: Pass for all pools of this town}",
        "short:",
        "at most 12 Chinese or 30 English",
    ),
]

ADDRESSES = [
    (POOL, "date: 2025-12-01", f"url: {url}", "    url:", "is no address of an issuing body")
    for url in ("https://news.example.com/pool", "https://fakegov.cn/pool", "https://www.gov.cn.example.com")
] + [
    (
        SOURCES,
        "https://www.sz.gov.cn/town",
        "https://law.example.com",
        "  url:",
        "law.example.com is no address of an issuing",
    )
]

NAMES = [
    (
        POOL,
        "zh: [游泳卡, 泳池证]",
        "zh: [游泳卡, 图书證]",
        "  zh: [游泳卡",
        "`图书證` is already a name of `library-card`",
    ),
    (
        POOL,
        "en: [swimming pass,",
        "en: [Reading-Card,",
        "  en: [Reading",
        "already a name of `library-card`",
    ),
    (POOL, "zh: [游泳卡, 泳池证]", "zh: [游泳卡, 泳池证, 泳池證]", "  zh: [游泳卡", "is given twice"),
    (POOL, "en: [swimming pass,", "en: [swimming pass, pool card,", "  en: [swimming", "`pool card` is given twice"),
    (POOL, "zh: [游泳卡, 泳池证]", "zh: [卡]", "  zh: [卡]", "`卡` is too short for a name"),
    (POOL, "en: [swimming pass,", "en: [library card,", "  en: [library", "already a name of `library-card`"),
]

EXAMPLES = [
    (POOL, "便宜吗", '"一年要 [150](money)"', "    ask_fee: [一年收", "brackets mean annotations"),
    (POOL, "便宜吗", '"  "', "    ask_fee: [一年收", "empty example"),
    (POOL, "便宜吗", "这卡管用吗", "    ask_fee: [一年收", "the same example stands under zh.ask_overview"),
    (POOL, "张pass几多钱", "Is it  CHEAP", "    ask_fee: [Is it", "the same example stands under en.ask_fee"),
    (POOL, "游水要办什么卡, ", "", "  zh:\n    ask_overview", "14 examples, at least 15"),
    (POOL, "which card do I need to swim, ", "", "  en:\n    ask_overview", "14 examples, at least 15"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "message"),
    SCHEMA + YAML + REFERENCES + FIGURES + LANGUAGES + ADDRESSES + NAMES + EXAMPLES,
)
def test_one_mistake_is_one_problem_with_its_line(
    small: Any, file: str, old: str, new: str, at: str, message: str
) -> None:
    small.edit(file, old, new)
    (problem,) = small.problems()
    assert (problem.file, problem.line) == (f"catalog/{file}", small.line(file, at))
    assert message in problem.message


STATEMENT = "zh: 请看网站。, en: See the website., sources: [town-website]"


@pytest.mark.parametrize(
    ("aspect", "wanted"),
    [
        ("documents", "a `document`"),
        ("steps", "a `step`"),
        ("time", "a structured `time`"),
        ("fee", "a structured `fee`"),
    ],
)
def test_an_aspect_has_its_structure_unless_it_is_open(small: Any, aspect: str, wanted: str) -> None:
    small.edit(LIBRARY, "examples:", f"  {aspect}:\n    - {{{STATEMENT}}}\nexamples:")
    (problem,) = small.problems()
    assert (problem.line, problem.field) == (small.line(LIBRARY, f"  {aspect}:"), f"aspects.{aspect}")
    assert wanted in problem.message
    small.edit(LIBRARY, STATEMENT, f"{STATEMENT}, unconfirmed: true, ask: [hotline]")
    assert small.load().statements("library-card", Aspect(aspect))


def test_the_answer_comes_before_the_documents(small: Any) -> None:
    small.edit(LIBRARY, "examples:", f"  documents:\n    - {{{STATEMENT}, document: {{}}}}\nexamples:")
    (problem,) = small.problems()
    assert problem.line == small.line(LIBRARY, "  documents:")
    assert "first statement is the answer" in problem.message


def test_a_source_to_verify_may_stand_behind_an_open_point(small: Any) -> None:
    small.edit(POOL, "ask: [hotline, old-tower]", "ask: [hotline]\n      sources: [old-map]")
    assert small.load().statements("pool-pass", Aspect.validity)[0].sources == ("old-map",)


@pytest.mark.parametrize("english", ["Stamp it (盖章).", "Stamp it （盖章）.", "Stamp it, see Rules 《规则》."])
def test_english_may_name_chinese_in_brackets(small: Any, english: str) -> None:
    small.edit(POOL, "en: Stamp it.", f"en: {english!r}")
    assert small.load().statements("pool-pass", Aspect.steps)[3].en == english


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("工作簽證", "工作签证"),
        ("R Visa", "r-visa"),
        ("ＷＰ", "wp"),
        ("e·站 通", "e站通"),
        ("Foreigner's", "FOREIGNER'S"),
    ],
)
def test_names_are_compared_without_width_case_script_and_spacing(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("签证", "签注"), ("R visa", "Z visa"), ("S1", "S2")])
def test_other_names_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_every_aspect_can_have_examples() -> None:
    assert {f"ask_{aspect.value}" for aspect in Aspect} < INTENTS
