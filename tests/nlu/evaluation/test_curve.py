from __future__ import annotations

from itertools import pairwise

import pytest

from nlu.evaluation.curve import STEPS, Gain, Point, gains, nested
from nlu.evaluation.scores import Labelled, Reading, Report, report

STRATA = [("ask_fee", "work-permit")] * 80 + [("ask_fee", "none")] * 40 + [("greet", "none")] * 8


def test_parts_lie_within_each_other_and_have_their_size() -> None:
    parts = [set(part) for part in nested(STRATA)]
    assert [len(part) for part in parts] == [128 // step for step in STEPS]
    assert all(small < large for small, large in pairwise(parts))


@pytest.mark.parametrize("seed", range(5))
def test_each_part_holds_its_share_of_every_stratum(seed: int) -> None:
    for step, part in zip(STEPS, nested(STRATA, seed=seed)):
        for stratum in set(STRATA):
            share = sum(STRATA[position] == stratum for position in part)
            assert share == pytest.approx(STRATA.count(stratum) / step, abs=1)


def test_the_same_seed_gives_the_same_parts() -> None:
    first, again, other = (list(nested(STRATA, (8,), seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_nothing_can_be_cut() -> None:
    assert list(nested([], (2, 1))) == [[], []]


def read(fees: int, greetings: int) -> Report:
    """A report where so many of ten questions (group `en`) and of four greetings (`zh`) are read rightly, the rest as thanks."""
    labelled, readings = [], []
    for group, service, intent, right, of in (("en", "pool", "ask_fee", fees, 10), ("zh", None, "greet", greetings, 4)):
        for number in range(of):
            labelled.append(Labelled("…", group, ((service, intent),)))
            readings.append(Reading(service, intent if number < right else "thank", 0.5))
    return report(labelled, readings)


def curve(*rights: tuple[int, int]) -> list[Point]:
    return [Point(step, 100 // step, read(*right)) for step, right in zip((4, 2, 1), rights)]


def test_gains_are_those_from_half_to_all_the_biggest_share_first() -> None:
    intents, groups = gains(curve((0, 0), (4, 1), (6, 3)))
    assert intents == [Gain("greet", 4, 1, 3), Gain("ask_fee", 10, 4, 6)]
    assert groups == [Gain("zh", 4, 1, 3), Gain("all", 14, 5, 9), Gain("en", 10, 4, 6)]
    assert [gain.share for gain in intents] == [0.5, pytest.approx(0.2)]


def test_what_is_only_read_but_never_wanted_gains_nothing() -> None:
    intents, _ = gains(curve((1, 1), (1, 1), (1, 1)))
    assert {gain.name for gain in intents} == {"ask_fee", "greet"}


@pytest.mark.parametrize(
    ("half", "full", "verdict"),
    [(4, 6, "+20.0%"), (0, 10, "+100.0%"), (4, 5, "unclear"), (4, 4, "enough"), (5, 4, "enough")],
)
def test_one_message_more_is_chance(half: int, full: int, verdict: str) -> None:
    gain = Gain("ask_fee", 10, half, full)
    assert gain.verdict == verdict
    assert gain.helps == verdict.startswith("+")


def test_a_single_point_is_no_curve() -> None:
    with pytest.raises(ValueError, match="two points"):
        gains(curve((1, 1)))
