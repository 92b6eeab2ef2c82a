from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from bot.desk.canned import PLACEHOLDERS, Canned, CannedError, filled, load
from bot.desk.cases import Case, Reason
from bot.desk.staff import Staff
from catalog.store import shared

STAFF = Staff("li.wei", "李伟", "Li Wei")
CASE = Case("1", "web", "web:a", Reason.asked, "en", 0.0, "m1")
NAMED = Case("1", "web", "web:a", Reason.asked, "en", 0.0, "m1", name="Anna [B] {staff}")


def reply(en: str, zh: str = "您好") -> Canned:
    return Canned.parse_obj({"id": "x", "name": {"zh": "名", "en": "Name"}, "text": {"zh": zh, "en": en}})


def test_what_is_unknown_is_left_out_with_what_goes_with_it() -> None:
    greeting = reply("Hello[ {name}], this is {staff}[ about {service}[].".replace("[]", "]"))
    assert filled(greeting, CASE, STAFF, None, "en") == "Hello, this is Li Wei."
    assert filled(greeting, CASE, STAFF, "Work permit", "en") == "Hello, this is Li Wei about Work permit."
    assert filled(greeting, NAMED, STAFF, None, "en") == "Hello Anna [B] {staff}, this is Li Wei.", (
        "a name means nothing"
    )


def test_a_link_needs_its_service() -> None:
    documents = reply("See[ {service}: {link}].")
    assert filled(documents, CASE, STAFF, None, "en", "https://x") == "See."
    assert filled(documents, CASE, STAFF, "Visa", "en") == "See."
    assert filled(documents, CASE, STAFF, "Visa", "en", "https://x") == "See Visa: https://x."


def test_traditional_is_made_but_names_stay() -> None:
    text = reply("x", "[{name}，]您好，{staff}处理[{service}]")
    case = Case("1", "web", "web:a", Reason.asked, "zh-Hant", 0.0, "m1", name="陈台")
    assert filled(text, case, STAFF, "工作许可", "zh-Hant") == "陈台，您好，李偉處理工作許可"
    assert filled(text, case, STAFF, "工作许可", "zh-Hans") == "陈台，您好，李伟处理工作许可"


def test_the_shipped_replies_leave_nothing_dangling() -> None:
    replies = load()
    assert len({each.id for each in replies}) == len(replies) >= 10
    for each, case, service, language in itertools.product(
        replies, (CASE, NAMED), (None, "Work permit"), ("en", "zh-Hans", "zh-Hant")
    ):
        text = filled(each, case, STAFF, service, language, "https://x")
        assert not re.search(r"[{}]|\s,|,,|，，|（）|“”|  |^[，,。.]|[，,]$", text.replace(NAMED.name or "", "Anna")), (
            text
        )
        assert "Li Wei" not in text or language == "en"


def test_hotlines_are_those_of_the_catalog() -> None:
    contacts = " ".join(f"{each.phone} {each.note.zh if each.note else ''}" for each in shared().contacts.values())
    texts = " ".join(each.text.zh + each.text.en for each in load())
    hotlines = set(re.findall(r"\d{4}-\d{5,}|\b1\d{4}\b|(?<!\d)1\d{4}(?!\d)", texts))
    assert {"12345", "12367", "12333"} <= hotlines
    assert all(number in contacts for number in hotlines), hotlines


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Hello {nobody}", "no placeholder"),
        ("Hello {name}", "may be unknown"),
        ("Hello [there]", "has nothing in it"),
        ("[ {staff}]", "has nothing in it"),
        ("Hello [{name}", "brackets must be closed"),
        ("[a [{name}] b]", "brackets must be closed"),
        ("Hello {staff", "braces"),
        ("x" * 2001, "at most"),
    ],
)
def test_mistakes_in_texts_are_named(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        reply(text)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("- id: a", "canned.yml:1"),
        ("- {id: A B, name: {zh: a, en: a}, text: {zh: a, en: a}}", "id"),
        ("- {id: a, name: {zh: a, en: a}, text: {zh: a, en: a}, more: 1}", "more"),
        ("- {id: a, name: {zh: a, en: a}, text: {zh: a}}", "text.en"),
        ("- &x {id: a, name: {zh: a, en: a}, text: {zh: a, en: a}}\n- *x", "given twice"),
        ("a: 1", "a list of replies"),
        ("- [", "YAML"),
    ],
)
def test_mistakes_in_a_file_are_named_by_place(tmp_path: Path, written: str, problem: str) -> None:
    file = tmp_path / "canned.yml"
    file.write_text(written, encoding="utf-8")
    with pytest.raises(CannedError, match=re.escape(problem)):
        load(file)


def test_every_placeholder_is_used() -> None:
    used = {name for each in load() for text in (each.text.zh, each.text.en) for name in re.findall(r"\{(\w+)\}", text)}
    assert used == PLACEHOLDERS
