from __future__ import annotations

import pytest

from bot.conversation import TooLong, Typed, incoming
from bot.typed import MAX_CHARACTERS


@pytest.mark.parametrize("text", ["1", "the second one", "办理流程", "辦理流程", "yes", "", "?", "👎"])
def test_what_is_typed_is_text_whatever_was_offered(text: str) -> None:
    assert incoming(text) == Typed(text)


def test_the_longest_message_is_read_and_a_longer_one_is_not() -> None:
    assert incoming("字" * MAX_CHARACTERS) == Typed("字" * MAX_CHARACTERS)
    assert incoming("字" * (MAX_CHARACTERS + 1)) == TooLong()
    assert incoming(" " * (MAX_CHARACTERS + 1)) == TooLong()


@pytest.mark.parametrize(("text", "read"), [("／restart", "restart"), ("/ask_human", "ask_human"), ("/费用", "费用")])
def test_text_is_made_harmless(text: str, read: str) -> None:
    assert incoming(text) == Typed(read)
