from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.gazetteer import Gazetteer

NAMES = {
    "work permit": "work-permit",
    "工作许可": "work-permit",
    "工作许可证": "work-permit",
    "work and residence permit": "joint",
    "工作居留许可": "joint",
    "talent visa": "talent-visa",
    "R签": "talent-visa",
    "R签证": "talent-visa",
    "人才签证": "talent-visa",
    "IRD": "hk-tax",
    "e-Hub": "e-hub",
    "driver's licence": "driving-licence",
    "个税补贴": "tax-subsidy",
    "GBA个税": "tax-subsidy",
    "postdoctoral": "postdoc",
}

GAZETTEER = Gazetteer(NAMES, words=["word", "World"])


def found(text: str, gazetteer: Gazetteer = GAZETTEER) -> list[tuple[str, str]]:
    return [(match.text, match.service) for match in gazetteer.find(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("How do I get a work permit?", [("work permit", "work-permit")]),
        ("WORK PERMIT", [("WORK PERMIT", "work-permit")]),
        ("工作许可要多久", [("工作许可", "work-permit")]),
        ("nothing here", []),
        ("", []),
        ("  ", []),
        ("talent visa或工作许可", [("talent visa", "talent-visa"), ("工作许可", "work-permit")]),
        ("work permit, work permit", [("work permit", "work-permit")] * 2),
        ("工作许可工作许可", [("工作许可", "work-permit")] * 2),
    ],
)
def test_names_are_found_in_order(text: str, names: list[tuple[str, str]]) -> None:
    assert found(text) == names
    assert all(match.similarity == 1 for match in GAZETTEER.find(text))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("工作许可证丢了", [("工作许可证", "work-permit")]),
        ("R签证", [("R签证", "talent-visa")]),
        ("work and residence permit", [("work and residence permit", "joint")]),
        ("我要GBA个税补贴", [("GBA个税", "tax-subsidy")]),
        ("个税补贴和GBA个税", [("个税补贴", "tax-subsidy"), ("GBA个税", "tax-subsidy")]),
    ],
)
def test_the_longest_name_wins_and_none_overlap(text: str, names: list[tuple[str, str]]) -> None:
    assert found(text) == names


def test_of_overlapping_names_the_longer_wins_wherever_it_begins() -> None:
    overlapping = Gazetteer({"甲乙": "first", "乙丙丁": "second", "丁戊": "third"})
    assert found("甲乙丙丁戊", overlapping) == [("乙丙丁", "second")]
    assert found("甲乙丁戊", overlapping) == [("甲乙", "first"), ("丁戊", "third")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("我的R签证呢", [("R签证", "talent-visa")]),
        ("问IRD吧", [("IRD", "hk-tax")]),
        ("(IRD)", [("IRD", "hk-tax")]),
        ("the IRD.", [("IRD", "hk-tax")]),
        ("the third bird", []),
        ("IRD2", []),
        ("2IRD", []),
        ("ER签证", []),
        ("R签abc", [("R签", "talent-visa")]),
        ("network permit", []),
        ("work permitted", []),
    ],
)
def test_only_ascii_word_characters_bound_a_word(text: str, names: list[tuple[str, str]]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "name"),
    [("two work permits.", "work permits"), ("work permits", "work permits"), ("IRDs", "IRDs"), ("IRD's", "IRD")],
)
def test_a_plural_s_belongs_to_the_name(text: str, name: str) -> None:
    assert [match for match, _ in found(text)] == [name]
    assert GAZETTEER.find(text)[0].similarity == 1


@pytest.mark.parametrize("text", ["IRDss", "IRDsa", "IRDs1"])
def test_a_plural_s_ends_the_word(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "work-permit",
        "work_permit",
        "work  permit",
        "work\u00a0permit",
        "work\npermit",
        "work - permit",
        "wo\u200brk permit",
        "工作 许可",
        "工 作 许 可",
        "工\n作-许·可",
        "工作許可",
        "工作許可證",
        "ｗｏｒｋ　ｐｅｒｍｉｔ",
        "Ｗork PERMIT",
    ],
)
def test_gaps_scripts_and_widths_do_not_count(text: str) -> None:
    assert found(text) == [(text, "work-permit")]
    assert found(f"请问：{text}？") == [(text, "work-permit")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ｒ 簽證", [("Ｒ 簽證", "talent-visa")]),
        ("e hub", [("e hub", "e-hub")]),
        ("e_HUB", [("e_HUB", "e-hub")]),
        ("driver’s licence", [("driver’s licence", "driving-licence")]),
        ("工作。许可", []),
        ("work. permit", []),
    ],
)
def test_names_written_another_way(text: str, names: list[tuple[str, str]]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("wrok permit", [("wrok permit", "work-permit")]),
        ("a work premit please", [("work premit", "work-permit")]),
        ("tallent visa", [("tallent visa", "talent-visa")]),
        ("TALENTT-VISA", [("TALENTT-VISA", "talent-visa")]),
        ("我的tallent visa呢", [("tallent visa", "talent-visa")]),
        ("posdoctoral", [("posdoctoral", "postdoc")]),
        ("IRF", []),
        ("e-hup", []),
        ("taaleent vissa", []),
    ],
)
def test_typos_in_long_latin_names(text: str, names: list[tuple[str, str]]) -> None:
    assert found(text) == names
    assert all(0.8 < match.similarity < 1 for match in GAZETTEER.find(text))


@pytest.mark.parametrize("text", ["word permit", "WORD-PERMIT", "world and residence permit"])
def test_a_known_word_is_no_typo(text: str) -> None:
    assert found(text) == []
    assert found(text, Gazetteer(NAMES)) != []


def test_typos_and_exact_names_stand_side_by_side() -> None:
    assert found("wrok permit or talent visa") == [("wrok permit", "work-permit"), ("talent visa", "talent-visa")]


@pytest.mark.parametrize("text", ["I like my wrok. Permit me to ask", "wrok，但是permit"])
def test_words_apart_are_no_typo_of_a_name(text: str) -> None:
    assert found(text) == []


def test_without_names_nothing_is_found() -> None:
    assert found("work permit", Gazetteer({})) == []
    assert found("work permit", Gazetteer({"": "empty", " - ": "blank", "\u200b": "invisible"})) == []


WRITTEN = st.sampled_from(
    [
        *NAMES,
        "工作許可證",
        "Ｒ簽證",
        "wrok permit",
        "tallent\u200b visa",
        "work permits",
        "㎡",
        "㍿",
        "ﬁ",
        "İ",
        "s",
        "-",
        " ",
    ]
)


@given(st.lists(WRITTEN | st.text(max_size=3), max_size=8).map("".join))
def test_offsets_slice_back_in_order_without_overlap(text: str) -> None:
    matches = GAZETTEER.find(text)
    assert [text[match.start : match.end] for match in matches] == [match.text for match in matches]
    assert all(match.start < match.end for match in matches)
    assert all(one.end <= other.start for one, other in pairwise(matches))
    assert all(match.service in NAMES.values() and 0.8 < match.similarity <= 1 for match in matches)


@given(st.sampled_from(list(NAMES)), st.text("很好,。 \n", max_size=5), st.text("很好,。 \n", max_size=5))
def test_every_name_is_found_between_other_text(name: str, before: str, behind: str) -> None:
    assert (name, NAMES[name]) in found(before + name + behind)
