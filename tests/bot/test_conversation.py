from __future__ import annotations

from typing import Any

import pytest

from bot.conversation import Fate, Files, ForDesk, ForStaff, Payload, Stale, TooLong, Typed, fate, needs_staff, typed
from bot.desk.cases import Owner, Ownership, Reason
from bot.engine.protocol import STAFF_MUST_DECIDE, Answer
from bot.messages import File, Incoming
from bot.typed import MAX_CHARACTERS


@pytest.mark.parametrize("text", ["1", "the second one", "办理流程", "辦理流程", "yes", "", "?", "👎"])
def test_what_is_typed_is_text_whatever_was_offered(text: str) -> None:
    assert typed(text) == Typed(text)


def test_the_longest_message_is_read_and_a_longer_one_is_not() -> None:
    assert typed("字" * MAX_CHARACTERS) == Typed("字" * MAX_CHARACTERS)
    assert typed("字" * (MAX_CHARACTERS + 1)) == TooLong()
    assert typed(" " * (MAX_CHARACTERS + 1)) == TooLong()


@pytest.mark.parametrize(("text", "read"), [("／restart", "restart"), ("/ask_human", "ask_human"), ("/费用", "费用")])
def test_text_is_made_harmless(text: str, read: str) -> None:
    assert typed(text) == Typed(read)


FILE = File("a" * 22, "photo", "permit.jpg", "image/jpeg", 12)
WAITING, STAFF = Ownership("7", Owner.waiting), Ownership("7", Owner.staff)
DESK = '/desk{"do": "rate", "case": "7", "value": "5"}'
LONG = "字" * (MAX_CHARACTERS + 1)


def message(**given: Any) -> Incoming:
    return Incoming("web", "web:a", "m1", 0.0, **given)


@pytest.mark.parametrize("owned", [None, WAITING])
@pytest.mark.parametrize(
    ("given", "payload", "becomes"),
    [
        ({"text": "hello"}, None, Typed("hello")),
        ({"text": "／restart"}, None, Typed("restart")),
        ({"text": DESK}, None, Typed(DESK[1:])),
        ({"text": ""}, None, Typed("")),
        ({"text": LONG}, None, TooLong()),
        ({"text": "corrected", "edits": "m0"}, None, Typed("corrected")),
        ({"button": "abc"}, "/ask_fee", Payload("/ask_fee")),
        ({"button": "abc"}, None, Stale()),
        ({"button": "abc"}, DESK, ForDesk(DESK)),
        ({"payload": "/ask_human"}, "/ask_human", Payload("/ask_human")),
        ({"payload": "/desks"}, "/desks", Payload("/desks")),
    ],
)
def test_what_becomes_of_a_message_to_the_assistant(
    owned: Ownership | None, given: dict[str, Any], payload: str | None, becomes: Fate
) -> None:
    assert fate(message(**given), owned, payload) == becomes


@pytest.mark.parametrize(("owned", "case"), [(None, None), (WAITING, "7")])
@pytest.mark.parametrize("text", ["", "here it is", LONG])
def test_files_to_the_assistant_go_to_the_case_that_waits(owned: Ownership | None, case: str | None, text: str) -> None:
    assert fate(message(text=text, files=(FILE,)), owned, None) == Files(case)


@pytest.mark.parametrize(
    ("given", "payload"),
    [
        ({"text": "hello"}, None),
        ({"text": "/restart"}, None),
        ({"text": "／restart"}, None),
        ({"text": '/intent{"a":1}'}, None),
        ({"text": DESK}, None),
        ({"text": "1"}, None),
        ({"text": LONG}, None),
        ({"text": "", "files": (FILE,)}, None),
        ({"button": "abc"}, None),
        ({"button": "abc"}, "/ask_fee"),
        ({"payload": "/ask_human"}, "/ask_human"),
    ],
)
def test_all_that_comes_while_staff_own_a_conversation_is_theirs(given: dict[str, Any], payload: str | None) -> None:
    assert fate(message(**given), STAFF, payload) == ForStaff("7")


def test_buttons_of_the_desk_are_the_desks_even_then() -> None:
    assert fate(message(button="abc"), STAFF, DESK) == ForDesk(DESK)


@pytest.mark.parametrize(
    ("intent", "handoff", "verdict", "reason"),
    [
        ("ask_human", True, None, Reason.asked),
        ("complain", True, None, Reason.complaint),
        ("nlu_fallback", True, None, Reason.not_understood),
        ("ask_fee", True, None, Reason.asked),
        ("ask_fee", False, None, None),
        ("complain", False, None, None),
        ("check_eligibility", False, STAFF_MUST_DECIDE, Reason.interview),
        ("complain", True, STAFF_MUST_DECIDE, Reason.interview),
        ("check_eligibility", False, "likely_eligible", None),
        ("check_eligibility", False, "not_eligible", None),
    ],
)
def test_when_staff_are_needed(intent: str, handoff: bool, verdict: str | None, reason: Reason | None) -> None:
    assert needs_staff(Answer("en", intent, None, 1.0, "text", handoff=handoff, verdict=verdict)) is reason
