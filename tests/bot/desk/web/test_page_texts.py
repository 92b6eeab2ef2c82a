"""Every text that the page's scripts ask for is there, in both languages, and none is there for nothing."""

from __future__ import annotations

import re
from pathlib import Path

from bot.desk.web import assets
from bot.desk.web.page_texts import page_texts

SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(assets.FOLDER.glob("*.js"))}
ALL = "\n".join(SCRIPTS.values())

BUILT = (
    "state_", "empty_", "last_", "move_", "language_", "with_", "for_", "key_", "hint_", "error_away",
    "connecting", "online", "offline", "sending", "unsent", "refused",
)  # fmt: skip
"""Names that the scripts put together."""


def test_both_languages_say_the_same() -> None:
    zh, en = page_texts("zh"), page_texts("en")
    assert zh.keys() == en.keys()
    for name, text in zh.items():
        assert text.strip()
        assert en[name].strip()
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", en[name])), name


def test_chinese_has_chinese_punctuation() -> None:
    odd = {
        name: text
        for name, text in page_texts("zh").items()
        if re.search(r"[一-鿿]\s*[,;:!?()]|[一-鿿]\.|\.\.\.", text)
    }
    assert not odd


def test_scripts_ask_for_texts_that_are_there() -> None:
    asked = set(re.findall(r'\b(?:words|this)\.say\(\s*"([\w-]+)"', ALL))
    assert len(asked) > 80
    assert asked <= page_texts("en").keys()


def test_no_text_is_there_for_nothing() -> None:
    unused = {name for name in page_texts("en") if f'"{name}"' not in ALL and not name.startswith(BUILT)}
    assert not unused


def test_scripts_make_no_html_of_strings() -> None:
    for name, script in SCRIPTS.items():
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", script), (
            name
        )


def test_scripts_import_files_that_are_there() -> None:
    for script in SCRIPTS.values():
        for wanted in re.findall(r'from "\./([^"]+)"', script):
            assert Path(assets.FOLDER, wanted).is_file()
