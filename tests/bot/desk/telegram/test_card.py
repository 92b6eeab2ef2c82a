"""How cases look in the group."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from bot_api import check_markup, readable
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.splitting import utf16_length
from bot.desk.canned import load
from bot.desk.cases import Case, Move, Outcome, Owner, Reason, State
from bot.desk.entries import Entry
from bot.desk.staff import Staff
from bot.desk.telegram import card
from bot.desk.telegram.card import Names
from bot.desk.telegram.texts import CHOSEN, LANGUAGES, OUTCOMES, REASONS, STATES, TEXTS, said
from bot.desk.telegram.updates import data
from language.script import has_han

CASE = Case("12", "telegram", "tg:7", Reason.asked, "zh-Hans", 1_800_000_000.0, "m1", name="张三")
ACTIVE = replace(CASE, state=State.active, owner=Owner.staff, staff="li")
NAMES = Names({"li": "李娜"}, "工作许可")


@pytest.mark.parametrize(
    ("case", "names", "expected"),
    [
        (CASE, NAMES, "🟡 #12 张三 · 工作许可"),
        (replace(CASE, overdue_at=1.0), NAMES, "🔴 #12 张三 · 工作许可"),
        (replace(CASE, staff="li"), NAMES, "🟡 #12 张三 · 工作许可"),
        (ACTIVE, NAMES, "🟢 #12 张三 · 工作许可 · 李娜"),
        (replace(ACTIVE, state=State.closed), NAMES, "⚪ #12 张三 · 工作许可"),
        (replace(CASE, name=None), Names({}), "🟡 #12 对方"),
        (replace(CASE, name="a\nb\u202ec\x00 " + "x" * 60), Names({}), "🟡 #12 a bc " + "x" * 34 + "…"),
    ],
)
def test_titles(case: Case, names: Names, expected: str) -> None:
    assert card.title(case, names) == expected


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=60))
def test_any_title_can_be_one(name: str, service: str, staff: str) -> None:
    found = card.title(replace(ACTIVE, name=name or None), Names({"li": staff}, service))
    assert 0 < len(found) <= card.TITLE
    assert "\n" not in found
    assert found.startswith("🟢 #12 ")


@given(
    st.lists(st.tuples(st.text(max_size=300), st.text(max_size=300)), max_size=30),
    st.text(max_size=5000),
    st.sampled_from(["person", "assistant", "staff", "note", "notice"]),
)
def test_any_card_and_line_can_be_sent(pairs: list[tuple[str, str]], text: str, kind: Any) -> None:
    case = replace(CASE, profile=tuple(pairs), interview=tuple(pairs), contact=text, name=text, team=text)
    entries = [Entry(f"k{n}", kind, 1.0, text, "li") for n in range(6)]
    found = card.card(case, NAMES, entries)
    assert utf16_length(found) <= 4096
    readable(found, "HTML")
    line = card.line(entries[0], NAMES, text, most=100)
    if line:
        readable(line, "HTML")


def test_the_card_says_all_there_is() -> None:
    case = replace(
        ACTIVE, profile=(("国籍", "法国"),), interview=(("学历", "本科"),), contact="a@b.cn", team="permits", outcome=Outcome.other, rating=4,
        reopened=2, state=State.closed,
    )  # fmt: skip
    entries = [Entry("p:1", "person", 1.0, "第一句 <b>"), Entry("a:1", "assistant", 2.0, "答" * 400), Entry("s:1", "staff", 3.0, "旧", "li"),
               Entry("s:2", "staff", 4.0, "新", "li", edits="s:1"), Entry("n:1", "note", 5.0, "秘密", "li")]  # fmt: skip
    found = card.card(case, NAMES, entries)
    for words in (
        "#12",
        "张三",
        "工作许可",
        "简体中文",
        "Telegram",
        "国籍：法国",
        "学历：本科",
        "a@b.cn",
        "permits",
        "其他 other",
        "4/5",
        "2×",
        "第一句 &lt;b&gt;",
        "💬 <b>李娜</b>: 新",
    ):
        assert words in found
    assert "旧" not in found
    assert "秘密" not in found
    assert "答" * 200 not in found
    assert card.facts(case, NAMES) == "\n".join(found.split("\n")[: len(card.facts(case, NAMES).split("\n"))])


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (Entry("p:1", "person", 1.0, "a <b>"), "👤 a &lt;b&gt;"),
        (Entry("p:1", "person", 1.0, ""), f"👤 {said('withdrawn')}"),
        (Entry("s:1", "staff", 1.0, "x: ", "li"), "💬 <b>李娜</b>: x:"),
        (Entry("s:1", "note", 1.0, "x", "gone"), "📝 <b>gone</b>: x"),
        (Entry("a:1", "assistant", 1.0, "y" * 400), "🤖 " + "y" * 299 + "…"),
        (Entry("m:1", "move", 1.0, "", "li", move="claim"), said("m_claim", who="李娜")),
        (Entry("m:1", "move", 1.0, "", "li", move="transfer", details={"team": "税务"}), said("m_transfer", who="李娜", to="税务")),
        (Entry("m:1", "move", 1.0, "", "li", move="transfer", details={"team": None}), said("m_transfer", who="李娜", to=said("anyone"))),
        (Entry("m:1", "move", 1.0, "", "li", move="assign", details={"to": "li"}), said("m_assign", who="李娜", to="李娜")),
        (Entry("m:1", "move", 1.0, "", "li", move="close", details={"outcome": "spam"}), said("m_close", who="李娜", outcome=OUTCOMES[Outcome.spam])),
        (Entry("m:1", "move", 1.0, move="rate", details={"rating": 5}), said("m_rate", rating=5)),
        (Entry("m:1", "move", 1.0, move="open", details={"reason": "complaint"}), f"🆕 {REASONS[Reason.complaint]}"),
        (Entry("m:1", "move", 1.0, move="overdue"), said("m_overdue")),
        (Entry("m:1", "move", 1.0, "", "li", move="ban"), said("m_ban", who="李娜")),
    ],
)  # fmt: skip
def test_lines(entry: Entry, expected: str) -> None:
    assert card.line(entry, NAMES, entry.text) == expected


def test_every_move_has_a_line() -> None:
    for move in Move:
        entry = Entry(
            "m:1", "move", 1.0, "", "li", move=move.value, details={"outcome": "answered", "to": "li", "rating": 1}
        )
        assert card.shown(entry) == (move is not Move.say)
        if card.shown(entry):
            assert "{" not in card.line(entry, NAMES, "")
    assert not card.shown(Entry("m:1", "move", 1.0, move="something of a later version"))


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (Entry("s:tg5", "staff", 1.0, "x", "li", "telegram"), False),
        (Entry("s:tg5u7", "staff", 1.0, "x", "li", "telegram", edits="s:tg5"), False),
        (Entry("s:tg5", "note", 1.0, "x", "li", "telegram"), False),
        (Entry("s:cq77", "staff", 1.0, "x", "li", "telegram"), True),
        (Entry("s:tg5", "staff", 1.0, "x", "li", "web"), True),
        (Entry("s:re5", "staff", 1.0, "x", "li", "telegram"), True),
        (Entry("n:1", "notice", 1.0, "x"), False),
        (Entry("m:claim:1", "move", 1.0, "", "li", "telegram", move="claim"), True),
    ],
)
def test_what_is_in_the_group_already_is_not_shown(entry: Entry, expected: bool) -> None:
    assert card.shown(entry) is expected


def keyboards(case: Case) -> list[Any]:
    staff = [Staff("x" * 32, "名" * 40, "N" * 40, teams=("组" * 32, f"t{n}"), available=n % 2 == 0) for n in range(60)]
    staff = [replace(each, id=f"{n:032}") for n, each in enumerate(staff)]
    found = [
        card.main(case),
        card.people(case, staff, Names({})),
        card.replies(case, load() * 20),
        card.outcomes(case),
        card.sure(case),
    ]
    return [each.to_dict() for each in found if each]


@pytest.mark.parametrize("case", [CASE, ACTIVE, replace(CASE, id="9" * 12), replace(CASE, language="en")])
def test_buttons_are_short_enough_and_understood(case: Case) -> None:
    for keyboard in keyboards(case):
        check_markup(keyboard)
        buttons = [button for row in keyboard["inline_keyboard"] for button in row]
        assert len(buttons) <= 100
        for button in buttons:
            found = data(button["callback_data"])
            assert found
            assert found.case == case.id


def test_whoever_is_there_comes_first() -> None:
    staff = [Staff("aa", "甲", "A", available=False, teams=("t",)), Staff("bb", "乙", "B")]
    found = card.people(CASE, staff, Names({"aa": "甲", "bb": "乙"})).to_dict()["inline_keyboard"]
    assert [b["text"] for row in found for b in row] == ["🟢 乙", "⚪ 甲", "👥 t", said("b_anyone"), said("b_back")]
    assert card.meant(card.ref("bb"), ["aa", "bb"]) == "bb"
    assert card.meant(card.ref("cc"), ["aa", "bb"]) is None


def test_a_closed_case_has_no_buttons_and_only_a_waiting_one_can_be_claimed() -> None:
    assert card.main(replace(CASE, state=State.closed)) is None
    titles = [
        [b["text"] for row in card.main(case).to_dict()["inline_keyboard"] for b in row] for case in (CASE, ACTIVE)
    ]  # type: ignore[union-attr]
    assert said("b_claim") in titles[0]
    assert said("b_claim") not in titles[1]


def test_every_text_is_in_both_languages() -> None:
    for name, text in TEXTS.items():
        words = re.sub(r"\{.*?\}", "", text)
        assert name in ("edited", "m_assign", "person") or (has_han(words) and re.search(r"[A-Za-z]{2}", words)), name
    assert set(REASONS) == set(Reason)
    assert set(OUTCOMES) == set(Outcome)
    assert set(CHOSEN) == set(Outcome) - {Outcome.left}
    assert set(STATES) == set(State)
    assert set(LANGUAGES) == {"en", "zh-Hans", "zh-Hant"}


def test_loud_is_what_somebody_must_see() -> None:
    quiet = [
        Entry("a:1", "assistant", 1.0, "x"),
        Entry("m:1", "move", 1.0, move="claim"),
        Entry("s:1", "staff", 1.0, "x", "li"),
    ]
    assert not card.loud(quiet)
    assert card.loud([*quiet, Entry("p:1", "person", 1.0, "x")])
    assert card.loud([Entry("m:1", "move", 1.0, move="overdue")])
