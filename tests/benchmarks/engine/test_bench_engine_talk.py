"""Asking a side, here one that notes what it is asked."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from benchmarks.engine.messages import MIX
from benchmarks.engine.sides import NoAnswer
from benchmarks.engine.talk import CONVERSATION, Plan, depths, load
from language.script import has_han


class Noting:
    """Answers after `seconds`; from its `slow_from`-th turn of a conversation on after `slow` seconds."""

    def __init__(self, seconds: float = 0.0, slow_from: int = 1_000_000, slow: float = 0.0) -> None:
        self.started_in = 0.0
        self.asked: list[tuple[str, str]] = []
        self.turns: Counter[str] = Counter()
        self._seconds, self._slow_from, self._slow = seconds, slow_from, slow

    async def say(self, conversation: str, text: str) -> None:
        self.asked.append((conversation, text))
        self.turns[conversation] += 1
        await asyncio.sleep(self._slow if self.turns[conversation] >= self._slow_from else self._seconds)

    async def lengthen(self, conversation: str, turns: int) -> None:
        self.turns[conversation] = turns


def quiet(words: str) -> None:
    pass


def test_the_mix_is_half_chinese_and_says_nothing_twice() -> None:
    assert len(set(MIX)) == len(MIX) == 20
    assert 8 <= sum(has_han(text) for text in MIX) <= 12


async def test_shallow_turns_are_of_many_conversations_and_deep_ones_of_a_window_in_one() -> None:
    side = Noting()
    found, stopped = await depths(side, Plan((1, 10, 100), window=20), quiet)
    assert [(depth.turn, depth.ms.count) for depth in found] == [(1, 20), (10, 20), (100, 20)]
    assert not stopped
    assert sorted(side.turns.values()) == [10] * 20 + [109]


async def test_every_window_holds_each_sentence_once() -> None:
    side = Noting()
    await depths(side, Plan((1, 10, 100), window=20), quiet)
    by_conversation: dict[str, list[str]] = {}
    for conversation, text in side.asked:
        by_conversation.setdefault(conversation, []).append(text)
    talks = [texts for name, texts in by_conversation.items() if name.startswith("short")]
    assert sorted(texts[0] for texts in talks) == sorted(MIX)
    assert sorted(texts[9] for texts in talks) == sorted(MIX)
    long = next(texts for name, texts in by_conversation.items() if name.startswith("long"))
    assert sorted(long[89:109]) == sorted(MIX)


async def test_copied_turns_are_not_spoken_and_said_to_be_copied() -> None:
    side = Noting()
    found, _ = await depths(side, Plan((10, 100, 500), window=20), quiet, side.lengthen)
    assert [(depth.turn, depth.copied) for depth in found] == [(10, False), (100, True), (500, True)]
    assert max(side.turns.values()) == 509
    assert len(side.asked) == 20 * 10 + 20 + 2 * 20


async def test_a_turn_that_is_too_slow_ends_it() -> None:
    side = Noting(slow_from=50, slow=0.05)
    found, stopped = await depths(side, Plan((1, 100), window=20, slowest=40.0), quiet)
    assert [depth.turn for depth in found] == [1]
    assert stopped.startswith("turn 50 took")


async def test_load_counts_what_was_answered_by_as_many_as_wanted() -> None:
    side = Noting(seconds=0.01)
    measured = await load(side, 4, 0.3)
    assert measured.turns == len(side.asked)
    assert measured.errors == 0
    assert measured.seconds >= 0.3 - 1e-6
    assert 4 * 10 <= measured.turns <= 4 * 31
    assert max(side.turns.values()) <= CONVERSATION


async def test_turns_begun_in_time_are_finished_with_the_time_they_take() -> None:
    measured = await load(Noting(seconds=0.3), 3, 0.05)
    assert measured.turns == 3
    assert measured.seconds >= 0.3 - 1e-6
    assert measured.per_second == pytest.approx(3 / measured.seconds)


async def test_unanswered_turns_are_errors() -> None:
    class Silent(Noting):
        async def say(self, conversation: str, text: str) -> None:
            raise NoAnswer("no")

    measured = await load(Silent(), 2, 0.15)
    assert measured.turns == 0
    assert measured.errors >= 2
    assert measured.ms is None
