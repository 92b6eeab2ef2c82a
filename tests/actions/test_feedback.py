from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from actions.feedback import MOST, REASONS, recorded, reply
from actions.reply import human_button
from language.script import has_han

NOW = dt.datetime(2026, 11, 24, 9, 30, 15, 123456, dt.timezone(dt.timedelta(hours=8)))


def rated(*said: str, before: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    ratings = before or []
    for each in said:
        ratings = recorded(ratings, each, "work-permit", "fee", NOW)
    return ratings


def test_a_rating_tells_what_was_rated_and_when() -> None:
    assert rated("up") == [
        {
            "rating": "up",
            "service": "work-permit",
            "intent": "ask_fee",
            "reason": None,
            "at": "2026-11-24T09:30:15+08:00",
        }
    ]


def test_nothing_may_have_been_asked() -> None:
    (rating,) = recorded([], "down", None, None, NOW)
    assert (rating["service"], rating["intent"]) == (None, None)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["down", "reason:wrong"], [("down", "wrong")]),
        (["down", "reason:other"], [("down", "other")]),
        (["down", "reason:purple"], [("down", "other")]),
        (["down", "reason:off", "reason:unclear"], [("down", "unclear")]),
        (["up", "reason:wrong"], [("up", None)]),
        (["reason:wrong"], []),
        (["down", "up", "reason:wrong"], [("down", None), ("up", None)]),
        (["up", "down", "reason:incomplete"], [("up", None), ("down", "incomplete")]),
    ],
)
def test_a_reason_completes_the_last_thumb_down(said: list[str], expected: list[tuple[str, str | None]]) -> None:
    assert [(rating["rating"], rating["reason"]) for rating in rated(*said)] == expected


def test_only_the_latest_ratings_are_kept() -> None:
    ratings = rated("down", *["up"] * MOST)
    assert len(ratings) == MOST
    assert {rating["rating"] for rating in ratings} == {"up"}


def test_what_was_recorded_before_is_left_alone() -> None:
    before = rated("down")
    after = rated("reason:wrong", before=before)
    assert (before[0]["reason"], after[0]["reason"]) == (None, "wrong")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_after_a_thumb_down_the_reason_is_asked_for(language: str) -> None:
    said = reply("down", language)
    *reasons, person = said.buttons
    assert [button.entities["says"] for button in reasons] == [f"reason:{reason}" for reason in REASONS]
    assert {button.intent for button in reasons} == {"feedback"}
    assert [has_han(button.title) for button in reasons] == [language == "zh"] * len(REASONS)
    assert person == human_button(language)
    assert said.asks == "reason"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("says", ["up", "reason:wrong", "reason:other"])
def test_otherwise_it_says_thanks(says: str, language: str) -> None:
    said = reply(says, language)
    assert said.text.startswith("谢谢" if language == "zh" else "Thank you")
    assert (said.asks, said.buttons) == (None, (human_button(language),))


def test_a_reason_is_thanked_for_in_its_own_way() -> None:
    assert reply("up", "zh").text != reply("reason:wrong", "zh").text
