from __future__ import annotations

from bot_api import readable
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.telegram.markup import parts, sendable, to_html
from bot.channels.telegram.splitting import LIMIT, utf16_length
from bot.engine.protocol import Answer, Source

URL = "https://example.org/a?b=1&c=2"


def answer(text: str, *urls: str) -> Answer:
    return Answer("en", "ask_fee", None, 1.0, text, sources=tuple(Source("T", "I", url, None) for url in urls))


@given(st.text(max_size=5000))
@example("<b>&amp;</b>" * 1000)
@example("\ud800 half")
@example("& " * 5000)
@settings(deadline=None, max_examples=40)
def test_whatever_the_text_telegram_takes_it_and_people_read_it_as_it_was(text: str) -> None:
    for part in parts(answer(text)):
        assert readable(part.html, "HTML") == part.plain
        assert utf16_length(part.html) <= LIMIT
    if sendable(text) == text and text.strip() == text and 0 < len(text) < 500 and text.isprintable():
        assert [part.plain for part in parts(answer(text))] == [text]


def test_markup_in_a_text_is_only_text() -> None:
    assert to_html('<a href="x">y</a> & <b>') == '&lt;a href="x"&gt;y&lt;/a&gt; &amp; &lt;b&gt;'


def test_a_heading_is_bold_and_sources_are_links() -> None:
    text = f"Work permit · Fees\n\nIt is free. 5 < 6\n\nSources:\n– Office, “Guide” (2024) {URL}\n– Other https://other.example/"
    assert parts(answer(text, URL))[0].html == (
        "<b>Work permit · Fees</b>\n\nIt is free. 5 &lt; 6\n\nSources:\n"
        '– <a href="https://example.org/a?b=1&amp;c=2">Office, “Guide” (2024)</a>\n– Other https://other.example/'
    )


def test_an_answer_without_a_word_is_still_a_message() -> None:
    assert parts(answer(" \n "))[0].html == "…"


def test_long_answers_are_cut_with_links_whole() -> None:
    text = "\n".join(f"– Source number {n} of many {URL}" for n in range(300))
    found = parts(answer(text, URL))
    assert len(found) > 3
    assert sum(part.html.count("</a>") for part in found) == 300
    assert all(readable(part.html, "HTML").count("Source number") == part.html.count("<a ") for part in found)
