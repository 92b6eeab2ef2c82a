from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.typed import harmless

SLASHES = "/\\⁄∕⧵⧸⧹🙼🙽／＼﹨"
"""Every plain slash and backslash of Unicode."""

PREFIXES = [
    *SLASHES,
    "EXTERNAL:",
    "external :",
    "ＥＸＴＥＲＮＡＬ：",
    " ",
    "\u3000",
    "\n",
    "\u200b",
    "\u2066",
    "\ufeff",
    "\x00",
    "´",
    "¨",
]


@pytest.mark.parametrize("slash", SLASHES)
def test_no_kind_of_slash_stays_in_front(slash: str) -> None:
    assert harmless(f"{slash}restart") == "restart"
    assert harmless(f" {slash}\u200b{slash} restart") == "restart"


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("/restart", "restart"),
        ("//restart", "restart"),
        ("/ /\t/\nrestart", "restart"),
        (" /restart", "restart"),
        ("\u3000／restart", "restart"),
        ("\u200b/restart", "restart"),
        ("/\u200b/restart", "restart"),
        ("\u202e/restart", "restart"),
        ("\ufe0f/restart", "restart"),
        ("\U000e0001/restart", "restart"),
        ("\ud800/restart", "restart"),
        ("\x00/restart", "restart"),
        ("\x1c/restart", "restart"),
        ("\u2028/restart", "restart"),
        ("/session_start", "session_start"),
        ("/back", "back"),
        ('/ask_fee{"service": "work-permit"}', 'ask_fee{"service": "work-permit"}'),
        ("/greet@0.3", "greet@0.3"),
        ("／ask_fee｛｝", "ask_fee{}"),
        ("EXTERNAL: reminder", "reminder"),
        ("external:reminder", "reminder"),
        ("External\u3000：reminder", "reminder"),
        ("EXT\u200bERNAL: reminder", "reminder"),
        ("ＥＸＴＥＲＮＡＬ：reminder", "reminder"),
        ("EXTERNAL: EXTERNAL: reminder", "reminder"),
        ("EXTERNAL: /restart", "restart"),
        ("/EXTERNAL: /restart", "restart"),
        ("/", ""),
        ("/／\\ \u200b", ""),
        ("EXTERNAL:", ""),
        ("", ""),
        (" \n\u3000", ""),
    ],
)
def test_commands_become_plain_text(typed: str, left: str) -> None:
    assert harmless(typed) == left


@pytest.mark.parametrize(
    "text",
    [
        "How long does it take?",
        "工作许可要办多久？",
        "and/or",
        "24/7",
        "a /restart in the middle",
        "external affairs office",
        "The EXTERNAL: label",
        "ＧＢＡ 個稅１５％",
        "first line\nsecond line",
        "½ day",
        "@bot",
        "{}",
        "丿",
    ],
)
def test_ordinary_text_stays_as_typed(text: str) -> None:
    assert harmless(text) == text


def test_blanks_at_the_ends_and_invisible_characters_go() -> None:
    assert harmless(" \u200bwork\u200d permit\x07\n") == "work permit"


def is_command(text: str) -> bool:
    seen = unicodedata.normalize("NFKC", text).strip()
    return seen.startswith(tuple(SLASHES)) or seen.replace(" ", "").upper().startswith("EXTERNAL:")


@given(st.lists(st.sampled_from(PREFIXES) | st.characters(), max_size=6).map("".join), st.text(max_size=8))
@example("EXTERNAL\u00a0", ":/x")
@example("´", "/restart")
def test_nothing_typed_is_ever_a_command(prefix: str, rest: str) -> None:
    result = harmless(prefix + rest)
    assert not is_command(result)
    assert harmless(result) == result
