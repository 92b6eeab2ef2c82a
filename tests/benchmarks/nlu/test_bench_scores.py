from __future__ import annotations

import pytest

from benchmarks.nlu.scores import Reading, Scores, auroc, percentile, score
from benchmarks.nlu.sets import Examples, Message

TRAIN = (Message("hi", "greet", "en"), Message("bye", "leave", "en"))
TEST = (
    Message("hello", "greet", "en"),
    Message("你好", "greet", "zh"),
    Message("再见", "leave", "zh"),
    Message("pizza", "oos", "en"),
)


def readings(*intents: str | None) -> list[Reading]:
    return [Reading(intent, 0.9 - 0.1 * number) for number, intent in enumerate(intents)]


def test_accuracy_is_by_language_and_of_all() -> None:
    scores = score(Examples(TRAIN, TEST[:3]), readings("greet", "greet", None), None)
    assert scores == Scores({"en": 1.0, "zh": 0.5, "all": 2 / 3})


def test_one_language_needs_no_groups() -> None:
    scores = score(Examples(TRAIN, TEST[1:3]), readings("greet", "greet"), None)
    assert scores == Scores({"all": 0.5})


@pytest.mark.parametrize(
    ("intents", "accuracy", "recall", "precision"),
    [
        (("greet", "greet", "leave", "oos"), 1.0, 1.0, 1.0),
        (("greet", "oos", "leave", "oos"), 2 / 3, 1.0, 0.5),
        (("greet", "greet", "leave", "greet"), 1.0, 0.0, None),
        ((None, None, None, None), 0.0, 0.0, None),
    ],
)
def test_out_of_scope_that_was_trained_has_recall_and_precision(
    intents: tuple[str | None, ...], accuracy: float, recall: float, precision: float | None
) -> None:
    trained = Examples((*TRAIN, Message("weather", "oos", "en")), TEST)
    scores = score(trained, readings(*intents), "oos")
    assert scores.accuracy["all"] == pytest.approx(accuracy)
    assert (scores.oos_recall, scores.oos_precision, scores.oos_auroc) == (recall, precision, None)


def test_out_of_scope_that_was_not_trained_is_judged_by_confidence() -> None:
    scores = score(Examples(TRAIN, TEST), readings("greet", "leave", "leave", "greet"), "oos")
    assert scores.accuracy["all"] == pytest.approx(2 / 3)
    assert (scores.oos_recall, scores.oos_precision, scores.oos_auroc) == (None, None, 1.0)


@pytest.mark.parametrize(
    ("higher", "lower", "expected"),
    [
        ([0.9, 0.8], [0.1, 0.2], 1.0),
        ([0.1], [0.9], 0.0),
        ([0.5], [0.5], 0.5),
        ([0.3, 0.7], [0.5, 0.7], 0.375),
        ([], [0.5], None),
    ],
)
def test_auroc(higher: list[float], lower: list[float], expected: float | None) -> None:
    assert auroc(higher, lower) == expected


def test_a_reading_too_few_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        score(Examples(TRAIN, TEST), readings("greet"), None)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([3.0, 1.0, 2.0], 0.5, 2.0),
        ([4.0, 1.0, 2.0, 3.0], 0.5, 2.0),
        ([float(n) for n in range(1, 101)], 0.95, 95.0),
        ([7.0], 0.95, 7.0),
        ([1.0, 2.0], 0.95, 2.0),
    ],
)
def test_percentile(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected
