"""The messages of a reply."""

from __future__ import annotations

from typing import Any

from bot_api import readable
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.steps import corrected, steps
from bot.engine.protocol import Answer, Source
from bot.messages import File, Outgoing

FILE, OTHER = File("a", "photo", "a.png", "image/png", 1), File("b", "document", "b.pdf", "application/pdf", 1)


def reply(
    text: str, voice: Any = "staff", author: str | None = "Li <Na>", files: tuple[File, ...] = (), **given: Any
) -> Outgoing:
    answer = Answer(given.get("language", "en"), "desk", None, 1.0, text, sources=given.get("sources", ()))
    return Outgoing("r", "telegram", "tg:7", (), answer, (), 1.0, voice, author, files)


def test_words_of_staff_stand_below_their_name_as_they_are() -> None:
    text = "Work permit · Documents\n\nSee https://example.org/<x>"
    source = Source("t", "i", "https://example.org/<x>", None)
    (only,) = steps(reply(text, sources=(source,)))
    assert only.part.html == "<b>Li &lt;Na&gt;</b>\nWork permit · Documents\n\nSee https://example.org/&lt;x&gt;"
    assert only.part.plain == f"Li <Na>\n{text}"
    assert steps(reply("x", author=None))[0].part.html == "x"


def test_notices_are_said_as_the_assistant_speaks() -> None:
    (only,) = steps(reply("Li Na has joined.", "notice", None))
    assert only.part.html == "Li Na has joined."
    assert steps(reply("Heading · x\n\ntext", "assistant", None))[0].part.html.startswith("<b>Heading · x</b>")


def test_files_have_the_text_below_the_first_if_it_fits() -> None:
    found = steps(reply("Two files", files=(FILE, OTHER)))
    assert [(step.file, step.part.plain) for step in found] == [(FILE, "Li <Na>\nTwo files"), (OTHER, "Li <Na>")]
    found = steps(reply("x" * 1100, files=(FILE, OTHER)))
    assert [step.file for step in found] == [None, FILE, OTHER]
    assert [step.part.plain for step in found[1:]] == ["Li <Na>", "Li <Na>"]
    found = steps(reply("", files=(FILE,)))
    assert [(step.file, step.part.html) for step in found] == [(FILE, "<b>Li &lt;Na&gt;</b>")]
    found = steps(reply("Here it is.", "notice", None, (OTHER,)))
    assert [(step.file, step.part.plain) for step in found] == [(OTHER, "Here it is.")]
    assert steps(reply("", "notice", None, (OTHER,)))[0].part.html == ""


def test_corrections_are_marked() -> None:
    assert corrected(reply("new"))[0].part.plain == "Li <Na>\n(corrected) new"
    assert corrected(reply("新", language="zh-Hans"))[0].part.plain == "Li <Na>\n（更正）新"


@given(st.text(max_size=9000), st.text(max_size=80), st.booleans())
def test_whatever_staff_write_can_be_sent_whole(text: str, author: str, file: bool) -> None:
    found = steps(reply(text, author=author, files=(FILE,) if file else ()))
    for step in found:
        readable(step.part.html or "x", "HTML", 1024 if step.file else 4096)
    kept = "".join("".join(step.part.plain for step in found).split())
    for each in text.split():
        assert all(character in kept for character in each if character.isprintable() and character.isalnum())
