"""The pages as HTML, and in Debian's chromium: nothing breaks out, nothing needs what the CSP forbids, axe finds nothing."""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.channels.web.markup import Markup, document, tag
from bot.cli.report import domain_intents
from bot.desk.cases import Outcome, Reason
from bot.desk.insights import charts
from bot.desk.insights.charts import Chart
from bot.desk.insights.page import _INTENTS, _TEXTS, insights, intent_name, questions
from bot.desk.insights.report import RETURN, duration, report
from bot.desk.insights.vain import NEVER_TYPED, Groups, Label, Mark, Question, grouped
from catalog.models import Aspect
from tests.bot.desk.insights.test_report import END, LATE, START, NineToFive, closed, visit

STATIC = Path(__file__).parents[4] / "bot/desk/web/static"
EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'&"
SERVICES = {"work-permit": "Work permit", "health-check": "Health check"}


class Tree(HTMLParser):
    """Notices what is not closed, ids that occur twice, and what the CSP forbids."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(source)
        assert self.open == []
        assert len(set(self.ids)) == len(self.ids)

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert name not in ("script", "style")
        assert not [key for key in given if key == "style" or key.startswith("on")]
        self.elements.append((name, given))
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if name not in ("input", "br", "meta", "link", "img"):
            self.open.append(name)

    def handle_endtag(self, name: str) -> None:
        assert self.open.pop() == name

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [given for each, given in self.elements if each == name]


def busy(now: float = LATE) -> Any:
    visits = [
        visit(str(n), START + n * 900, services={EVIL if n == 3 else f"service-{n % 18}": 1},
              language=("en", "zh-Hans", "zh-Hant")[n % 3], channel=("web", "telegram")[n % 2], missed=n % 2, up=n % 3)
        for n in range(150)
    ]  # fmt: skip
    cases = [
        closed(str(n), START + n * 1000, 60.0 * n, tuple(Outcome)[n % 6], reason=tuple(Reason)[n % 5], rating=n % 5 + 1, replied_at=START + n * 1030)
        for n in range(1, 40)
    ]  # fmt: skip
    return report(visits, cases, NineToFive(), START, END, now=now)


def asked(id_: str, text: str, at: float = 1.7e9, **given: Any) -> Question:
    given = {
        "kind": "fallback",
        "language": "en",
        "channel": "web",
        "service": None,
        "intents": (),
        "who": id_,
        **given,
    }
    return Question(id=id_, text=text, at=at, **given)


def groups() -> Groups:
    found = [
        asked("a", "bring my dog to Shenzhen"), asked("b", "can I bring a dog to Shenzhen?", 1.7e9 + 9, kind="down"),
        asked("c", EVIL), asked("d", "附近有清真寺吗", language="zh-Hans"), asked("e", "离婚手续点办", language="zh-Hant"),
        asked("f", "how do I import my car"), asked("g", "import car, how?", 1.7e9 + 99),
    ]  # fmt: skip
    marks = {
        "d": Mark("li", 1.7e9),
        "e": Mark(EVIL, 1.7e9, Label(None, "out_of_scope"), 1.8e9),
        "f": Mark("li", 1.7e9, Label("work-permit", "ask_fee")),
    }
    return grouped(found, marks)


@pytest.mark.parametrize("language", ["en", "zh", "zh-Hans", "zh-Hant"])
@pytest.mark.parametrize("now", [LATE, START + RETURN])
def test_the_figures_are_sound_html_in_each_language(language: str, now: float) -> None:
    page = insights(busy(now), language, SERVICES)
    tree = Tree(page)
    for svg in tree.all("svg"):
        assert svg["role"] == "img"
        assert {svg["aria-labelledby"], svg["aria-describedby"]} <= set(tree.ids)
    assert len(tree.all("svg")) == len(tree.all("table")) == 7
    assert isinstance(page, Markup)


def test_the_figures_on_the_page_are_those_of_the_report() -> None:
    found = busy()
    page = insights(found, "en")
    assert f'<dd class="figure">{found.all.conversations}</dd>' in page
    assert f'<dd class="figure">{found.all.resolved_share:.0%}</dd>' in page
    assert f"{found.all.rated} ratings, {found.all.rated_share:.0%} of closed cases" in page
    open_only = report([visit("1", START)], [], NineToFive(), START, END, now=LATE)
    assert "of closed cases" not in insights(open_only, "en"), "there are none"
    row = next(iter(found.by["day"].items()))
    assert f'<th scope="row">{row[0]}</th><td>{row[1].conversations}</td>' in page


def test_the_period_can_be_changed_and_taken_along() -> None:
    tree = Tree(insights(busy(), "en"))
    assert [(each["name"], each["value"]) for each in tree.all("input")] == [
        ("from", "2026-11-02"),
        ("to", "2026-11-03"),
    ]
    assert tree.all("a")[0]["href"] == "/desk/insights.csv?from=2026-11-02&to=2026-11-03"
    [form] = tree.all("form")
    assert (form["method"], form["action"]) == ("get", "/desk/insights")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "There is no data"), ("zh", "没有数据"), ("zh-Hant", "沒有數據")]
)
def test_no_data_is_said_and_nothing_is_drawn(language: str, words: str) -> None:
    page = insights(report([], [], NineToFive(), START, END, now=LATE), language)
    assert words in page
    assert not Tree(page).all("svg")


def test_conversations_without_cases_have_a_page_too() -> None:
    lonely = report([visit("a", START)], [], NineToFive(), START, END, now=START)
    page = insights(lonely, "en")
    assert "no data" in page
    Tree(page)
    Tree(insights(report([], [closed("1", START, 5)], NineToFive(), START, END, now=LATE), "zh"))


@pytest.mark.parametrize("language", ["en", "zh", "zh-Hant"])
def test_the_questions_are_sound_html_and_every_form_is_whole(language: str) -> None:
    page = questions(groups(), SERVICES, domain_intents(), language, EVIL)
    tree = Tree(page)
    assert len(tree.all("form")) == len([each for each in tree.all("input") if each["name"] == "csrf"]) == 6
    assert {each["action"] for each in tree.all("form")} == {"/desk/insights/questions"}
    assert {each["value"] for each in tree.all("button") if each.get("name") == "do"} == {"label", "dismiss"}
    labels = {each["for"] for each in tree.all("label")}
    assert {each["id"] for each in tree.all("select")} == labels
    assert "<script" not in page


def test_a_decision_can_be_about_the_group_or_about_one_question() -> None:
    tree = Tree(questions(groups(), SERVICES, domain_intents(), "en", "t"))
    values = [each.get("value") for each in tree.all("option")]
    assert values[:3] == ["g-a", "a", "b"]
    hidden = {each["value"] for each in tree.all("input") if each["name"] == "id"}
    assert hidden == {"g-c", "g-d", "g-e", "g-f"}


def test_a_label_in_the_group_is_suggested() -> None:
    [group] = [each for each in groups().open if each.suggested]
    page = questions(Groups(open=(group,)), SERVICES, domain_intents(), "en", "t")
    chosen = [each["value"] for each in Tree(page).all("option") if "selected" in each]
    assert chosen == ["work-permit", "ask_fee"]


def test_only_so_many_groups_are_shown_and_it_is_said() -> None:
    many = Groups(open=tuple(dataclasses.replace(groups().open[0], id=f"g-{n}") for n in range(60)))
    page = questions(many, SERVICES, domain_intents(), "en", "t")
    assert "The 50 most asked of 60 groups." in page
    assert len(Tree(page).all("article")) == 50


def test_every_intent_a_supervisor_can_choose_has_a_name() -> None:
    for intent in set(domain_intents()) - NEVER_TYPED:
        for language in ("en", "zh"):
            assert intent_name(intent, language) != intent
    assert set(_INTENTS) | {f"ask_{aspect.value}" for aspect in Aspect} == set(domain_intents()) - NEVER_TYPED
    assert intent_name("ask_nothing_known", "en") == "ask_nothing_known"


def test_every_text_says_the_same_in_both_languages() -> None:
    for name, (chinese, english) in _TEXTS.items():
        assert sorted(re.findall(r"{\d}", chinese)) == sorted(re.findall(r"{\d}", english)), name
        assert chinese.strip()
        assert english.strip()


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (None, "–", "–"),
        (0, "0 s", "0秒"),
        (59.4, "59 s", "59秒"),
        (59.6, "1 min", "1分钟"),
        (3599, "1 h 00 min", "1小时"),
        (7500, "2 h 05 min", "2小时05分"),
    ],
)
def test_durations_as_people_read_them(seconds: float | None, english: str, chinese: str) -> None:
    assert (duration(seconds), duration(seconds, "zh")) == (english, chinese)


@pytest.mark.parametrize(("most", "expected"), [(0, 1), (1, 1), (3, 5), (7, 10), (11, 20), (51, 100), (1001, 2000)])
def test_the_scale_is_round(most: int, expected: int) -> None:
    assert charts.ceiling(Chart("c", "t", "a", ["x"], [("s", [most])])) == expected


@pytest.mark.parametrize("count", [0, 1, 31, 400])
def test_a_chart_of_any_length_stays_within_its_frame(count: int) -> None:
    chart = Chart(
        "c",
        "t",
        "a",
        [f"2026-01-{n}" for n in range(count)],
        [("s", [n % 7 for n in range(count)]), ("u", [1] * count)],
    )
    for drawn in (charts.columns(chart, chart.names), charts.rows(chart)):
        tree = Tree(drawn)
        [svg] = tree.all("svg")
        width, height = float(svg["width"] or 0), float(svg["height"] or 0)
        for bar in tree.all("rect"):
            assert float(bar["x"] or 0) + float(bar["width"] or 0) <= width + 0.1
            assert 0 <= float(bar["y"] or 0) <= float(bar["y"] or 0) + float(bar["height"] or 0) <= height + 0.1


playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed: no tests in a browser")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
in_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: no tests in a browser")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Any]:
    async with playwright.async_playwright() as p:
        found = await p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        await found.close()


@in_a_browser
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["insights", "questions"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_no_page_is_wider_than_the_window_and_axe_finds_nothing(
    browser: Any, name: str, width: int, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed: no axe-core")
    source = Path(axe.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
    content = (
        insights(busy(), "zh") if name == "insights" else questions(groups(), SERVICES, domain_intents(), "zh", "t")
    )
    sheets = [tag("style", None, Markup((STATIC / sheet).read_text("utf-8"))) for sheet in ("desk.css", "insights.css")]
    head = Markup(
        "".join(
            [
                *sheets,
                tag("meta", {"charset": "utf-8"}),
                tag("title", None, "数据概览"),
                tag("meta", {"name": "viewport", "content": "width=device-width"}),
            ]
        )
    )
    body = tag("body", {"class": "plain"}, tag("main", {"id": "desk"}, content))
    context = await browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = await context.new_page()
    await page.set_content(document("zh-Hans", head, body))
    await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await page.evaluate(source)
    found = await page.evaluate("axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })")
    await context.close()
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]] == []
