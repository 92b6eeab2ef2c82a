from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.telegram.splitting import LIMIT, clusters, pieces, utf16_length

TEXT = st.text(
    st.one_of(
        st.sampled_from("a b\n\n.。！?; •、😀👍🏽\u200d👨é\u0301\u20e3🇨🇳你好"),
        st.characters(blacklist_categories=["Cs"]),
    ),
    max_size=400,
)


def squeezed(text: str) -> str:
    """Without what may be lost at a cut: blanks, and characters that nobody sees."""
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf"))


@given(TEXT, st.integers(64, 200))
@example("x" * 500, 64)
@example("a\u0301" * 500, 64)
@settings(deadline=None)
def test_pieces_fit_and_lose_only_blanks(text: str, limit: int) -> None:
    found = pieces(text, limit)
    assert all(0 < utf16_length(piece) <= limit and squeezed(piece) == squeezed(piece.strip()) for piece in found)
    assert squeezed("".join(found)) == squeezed(text)
    assert all(piece.strip() for piece in found)


@given(TEXT)
def test_what_fits_is_left_whole(text: str) -> None:
    assert pieces(text) in ([text.strip()], [])


@pytest.mark.parametrize("whole", ["👨‍👩‍👧", "👍🏽", "🇨🇳", "e\u0301", "1\ufe0f\u20e3"])
def test_no_cut_inside_what_people_see_as_one_character(whole: str) -> None:
    found = pieces(whole * 60, 41)
    assert len(found) > 2
    assert all(piece == whole * (len(piece) // len(whole)) for piece in found)


def test_clusters_of_absurd_length_are_cut() -> None:
    assert max(map(len, clusters("a" + "\u0301" * 1000))) <= 32


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("One two.\n\nThree four.", 12, ["One two.", "Three four."]),
        ("Head\n\n• first point\n• second point", 22, ["Head\n\n• first point", "• second point"]),
        ("第一句。第二句！第三句", 8, ["第一句。第二句！", "第三句"]),
        ("alpha beta gamma", 11, ["alpha beta", "gamma"]),
        ("😀" * 5, 4, ["😀😀", "😀😀", "😀"]),
        ("3.5 percent", 10, ["3.5", "percent"]),
        (" \n\u200b ", 10, []),
    ],
)
def test_cuts_are_where_a_reader_would_cut(text: str, limit: int, expected: list[str]) -> None:
    assert pieces(text, limit) == expected


def test_a_heading_does_not_stand_alone() -> None:
    text = "Work permit · Documents\n\n" + "\n".join(f"☐ paper number {n}, original and copy" for n in range(200))
    found = pieces(text)
    assert found[0].startswith("Work permit · Documents\n\n☐ paper number 0")
    assert all(piece.startswith("☐") for piece in found[1:])
    assert len(found) == -(-utf16_length(text) // LIMIT)
