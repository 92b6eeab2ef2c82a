from __future__ import annotations

from html.parser import HTMLParser

import pytest

from nlu.evaluation.curve import Point
from nlu.evaluation.html import page, percent
from nlu.evaluation.scores import Labelled, Reading, Report, report

NASTY = "<script>alert('x')</script> & 多少钱？"
PAIRS = [
    (Labelled(NASTY, "<en>", (("work-permit", "ask_fee"), ("talent-visa", "ask_fee"))), Reading(None, "greet", 0.71)),
    (Labelled("fee", "<en>", (("work-permit", "ask_fee"),)), Reading("work-permit", "ask_fee", 0.9)),
    (Labelled("你好", "zh", ((None, "greet"),)), Reading(None, "greet", 0.8)),
]
REPORT = report(*zip(*PAIRS))
NOTHING = report([], [])
CURVE = [Point(2, 50, report([m for m, _ in PAIRS], [Reading(None, "thank", 0.5)] * 3)), Point(1, 100, REPORT)]


class Reader(HTMLParser):
    """Collects the words, headings and table rows of a page; complains about tags that do not close."""

    VOID = ("meta",)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.words: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.words.append(data)
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def read(result: Report = REPORT, **more: object) -> Reader:
    return Reader(page(result, **{"title": "A & B", "about": "today", **more}))  # type: ignore[arg-type]


def test_a_page_needs_nothing_else() -> None:
    text = page(REPORT, title="t", times=[1.0], curve=CURVE)
    for outside in ("http", "<script", "<link", "<img", "url(", "@import", "src="):
        assert outside not in text
    assert "prefers-color-scheme: dark" in text
    assert 'name="viewport"' in text


def test_what_people_typed_is_text_and_nothing_else() -> None:
    reader = read()
    assert "script" not in reader.tags
    assert any(row[:2] == [NASTY, "<en>"] for row in reader.rows)


def test_every_section_says_so_in_both_languages() -> None:
    said = "".join(read(times=[1.0], curve=CURVE).words)
    for english, chinese in [
        ("Figures per group", "各组指标"), ("Time per turn", "每轮用时"), ("Learning curve", "学习曲线"),
        ("Reliability of the confidence", "置信度是否可靠"), ("Intents", "各意图"), ("Confused intents", "混淆的意图"),
        ("Misread messages (1)", "误读的消息（1）"),
    ]:  # fmt: skip
        assert f"{english} · {chinese}" in said


def test_figures_of_groups_intents_and_misread_messages_are_shown() -> None:
    rows = read().rows
    assert ["all", "3", "66.7%", "66.7%", "66.7%", "–", "–", "0.0%", "0.0%", "0.337"] in rows
    assert ["ask_fee", "2", "100.0%", "50.0%", "66.7%"] in rows
    assert ["greet", "1", "50.0%", "100.0%", "66.7%"] in rows
    assert [NASTY, "<en>", "work-permit · ask_feetalent-visa · ask_fee", "– · greet", "0.71"] in rows


def test_the_matrix_holds_only_confused_intents() -> None:
    rows = read().rows
    assert ["", "greet"] in rows
    assert ["ask_fee", "1"] in rows


def test_times_are_told() -> None:
    said = "".join(read(times=[float(ms) for ms in range(100, 0, -1)]).words)
    assert "Median 51.0 ms, 95th percentile 96.0 ms, longest 100.0 ms." in said


def test_a_curve_says_where_more_messages_help() -> None:
    reader = read(curve=CURVE)
    assert "More data helps most: nothing stands out." in "".join(reader.words)
    assert ["ask_fee", "2", "0", "1", "unclear · 不确定"] in reader.rows
    assert ["all", "3", "0", "2", "+66.7%"] in reader.rows
    labelled = [message for message, _ in PAIRS] * 2
    grown = [Point(p.step, p.messages, report(labelled, [r for _, r in PAIRS] * 2)) for p in CURVE[1:]]
    bare = [Point(2, 50, report(labelled, [Reading(None, "thank", 0.5)] * 6))]
    assert "More data helps most: greet, ask_fee." in "".join(read(curve=[*bare, *grown]).words)


@pytest.mark.parametrize("absent", ["Time per turn", "Learning curve"])
def test_what_was_not_measured_is_left_out(absent: str) -> None:
    assert absent not in "".join(read().words)


def test_a_report_on_nothing_is_still_a_page() -> None:
    said = "".join(read(NOTHING).words)
    assert "Misread messages (0)" in said
    assert "Confused intents" not in said


@pytest.mark.parametrize(("share", "shown"), [(None, "–"), (0.0, "0.0%"), (0.98765, "98.8%")])
def test_percent(share: float | None, shown: str) -> None:
    assert percent(share) == shown
