from __future__ import annotations

import json
from itertools import pairwise

import pytest

from dialogue.memory import EARLIER, Memory, Offer, left_behind, offered

OFFERS = (Offer("Fees", "ask_fee", {"service": "work-permit"}), Offer("转人工", "ask_human"))


def test_what_was_offered_survives_as_json() -> None:
    kept = json.loads(json.dumps(offered(OFFERS, "which")))
    memory = Memory.of({"offered": kept}, interviewing=False)
    assert (memory.offers, memory.asks) == (OFFERS, "which")


@pytest.mark.parametrize("asks", ["reason", None])
def test_nothing_is_kept_of_an_answer_without_buttons_and_question(asks: str | None) -> None:
    assert offered((), asks) == ({"asks": asks, "buttons": []} if asks else None)


def test_the_slots_of_a_new_conversation_hold_nothing() -> None:
    empty = dict.fromkeys(("service", "aspect", "earlier", "offered"))
    assert Memory.of({}, interviewing=False) == Memory.of(empty, interviewing=False) == Memory()


def test_the_slots_of_a_conversation_are_remembered() -> None:
    slots = {"service": "postdoc", "aspect": "fee", "earlier": ["e-hub", "work-permit"], "language": "zh"}
    assert Memory.of(slots, interviewing=True) == Memory("postdoc", "fee", ("e-hub", "work-permit"), interviewing=True)


@pytest.mark.parametrize(
    ("earlier", "before", "after", "expected"),
    [
        ([], None, "a", []),
        ([], "a", "a", []),
        ([], "a", "b", ["a"]),
        (["a"], "b", "c", ["b", "a"]),
        (["a"], "b", "a", ["b"]),
        (["a", "b"], "c", "b", ["c", "a"]),
        (["b", "a"], "b", "c", ["b", "a"]),
        (["a"], "b", None, ["b", "a"]),
        (["a"], None, "b", ["a"]),
    ],
)
def test_services_are_left_behind_latest_first_and_once(
    earlier: list[str], before: str | None, after: str | None, expected: list[str]
) -> None:
    assert left_behind(earlier, before, after) == expected


def test_only_so_many_services_are_remembered() -> None:
    services = [f"s{number}" for number in range(EARLIER + 3)]
    earlier: list[str] = []
    for before, after in pairwise(services):
        earlier = left_behind(earlier, before, after)
    assert earlier == services[-2 : -2 - EARLIER : -1]
