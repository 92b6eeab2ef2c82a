from __future__ import annotations

import pytest

from entities import find


def named(text: str) -> list[tuple[str, bool]]:
    return [(found.value.code, found.value.refused) for found in find(text, {"language_name"})]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("English", [("en", False)]),
        ("English please", [("en", False)]),
        ("英文", [("en", False)]),
        ("講英文", [("en", False)]),
        ("speak english", [("en", False)]),
        ("讲中文", [("zh", False)]),
        ("Chinese please", [("zh", False)]),
        ("do you speak Chinese", [("zh", False)]),
        ("繁體", [("zh-Hant", False)]),
        ("繁", [("zh-Hant", False)]),
        ("用繁体中文", [("zh-Hant", False)]),
        ("Traditional", [("zh-Hant", False)]),
        ("Traditional Chinese", [("zh-Hant", False)]),
        ("廣東話", [("zh-Hant", False)]),
        ("Cantonese", [("zh-Hant", False)]),
        ("简体", [("zh-Hans", False)]),
        ("普通話", [("zh-Hans", False)]),
        ("Mandarin", [("zh-Hans", False)]),
        ("Simplified Chinese", [("zh-Hans", False)]),
        ("from Traditional to Simplified", [("zh-Hant", True), ("zh-Hans", False)]),
        ("not English, Chinese", [("en", True), ("zh", False)]),
        ("别说英文，说中文", [("en", True), ("zh", False)]),
        ("唔識講普通话", [("zh-Hans", True)]),
        ("I don't speak Mandarin", [("zh-Hans", True)]),
        ("English instead of Chinese", [("en", False), ("zh", True)]),
    ],
)
def test_a_language_and_whether_it_is_refused(text: str, names: list[tuple[str, bool]]) -> None:
    assert named(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "",
        "英国",
        "Chinese citizen",
        "Chinese medicine",
        "简单",
        "繁忙",
        "traditional family",
        "Chinese company",
        "英格兰",
    ],
)
def test_what_is_no_language(text: str) -> None:
    assert named(text) == []
