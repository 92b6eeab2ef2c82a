from __future__ import annotations

import pytest

from nlu.evidence import NONE, ratios, reconcile

LABELS = [
    *[("ask_fee", "work-permit")] * 80,
    *[("ask_fee", NONE)] * 20,
    *[("out_of_scope", NONE)] * 100,
]
RATIO = ratios(LABELS)


def test_strays_are_likelier_about_nothing_and_questions_about_something() -> None:
    assert RATIO["out_of_scope"][0] > 1 > RATIO["out_of_scope"][1] > 0
    assert RATIO["ask_fee"][0] < 1 < RATIO["ask_fee"][1]


@pytest.mark.parametrize(("none", "best"), [(0.02, "ask_fee"), (0.98, "out_of_scope")])
def test_the_service_tips_a_close_decision(none: float, best: str) -> None:
    close = [("out_of_scope", 0.5), ("ask_fee", 0.45)]
    weighed = reconcile(close, none, RATIO)
    assert weighed[0][0] == best
    assert sum(p for _, p in weighed) == pytest.approx(0.95)
    assert [p for _, p in weighed] == sorted((p for _, p in weighed), reverse=True)


def test_a_sure_reading_stays() -> None:
    assert reconcile([("out_of_scope", 0.999), ("ask_fee", 0.001)], 0.5, RATIO)[0][0] == "out_of_scope"


def test_without_labels_nothing_changes() -> None:
    ranking = [("a", 0.6), ("b", 0.4)]
    assert ratios([("a", "x"), ("b", "y")]) == {}
    assert [intent for intent, _ in reconcile(ranking, 0.9, {})] == ["a", "b"]


def test_an_empty_ranking_stays_empty() -> None:
    assert reconcile([], 0.5, RATIO) == []
