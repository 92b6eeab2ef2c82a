from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from nlu.linear import Floats, LinearModel, minimise, softmax, train

LABELS = [("b",), ("a",), ("c",)] * 10
HOW = {"penalty": 0.1, "iterations": 100}
CLASS = np.array([1, 0, 2] * 10)
EMPTY = csr_matrix((30, 1), dtype=np.float32)
NOISE = np.random.default_rng(1).normal(size=(30, 4)).astype(np.float32)
TELLING_SPARSE = csr_matrix(np.eye(3, dtype=np.float32)[CLASS])
TELLING_DENSE = NOISE + 9 * np.eye(4, dtype=np.float32)[CLASS]

BLOCKS = pytest.mark.parametrize(
    ("sparse", "dense"),
    [(TELLING_SPARSE, NOISE), (EMPTY, TELLING_DENSE), (TELLING_SPARSE, TELLING_DENSE), (TELLING_SPARSE, NOISE[:, :0])],
    ids=["sparse", "dense", "both", "no-dense"],
)


@BLOCKS
def test_what_can_be_separated_is_learnt(sparse: csr_matrix, dense: Floats) -> None:
    model = train(sparse, dense, LABELS, **HOW)
    assert model.labels == ("a", "b", "c")
    probabilities = model.probabilities(sparse, dense)
    assert [(model.labels[best],) for best in probabilities.argmax(axis=1)] == LABELS
    assert probabilities[np.arange(30), CLASS].min() > 0.7


@BLOCKS
def test_probabilities_sum_to_one(sparse: csr_matrix, dense: Floats) -> None:
    probabilities = train(sparse, dense, LABELS, **HOW).probabilities(sparse, dense)
    assert probabilities.shape == (30, 3)
    assert probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_training_twice_gives_the_same_model() -> None:
    one, other = (train(TELLING_SPARSE, TELLING_DENSE, LABELS, **HOW) for _ in range(2))
    for weights in ("sparse", "dense", "bias"):
        np.testing.assert_array_equal(getattr(one, weights), getattr(other, weights))


def test_a_message_without_features_gets_the_shares_of_the_classes() -> None:
    model = train(EMPTY, NOISE[:, :0], [("a",)] * 15 + [("b",)] * 10 + [("c",)] * 5, **HOW)
    shares = model.probabilities(csr_matrix((1, 1), dtype=np.float32), NOISE[:1, :0])
    np.testing.assert_allclose(shares, [[1 / 2, 1 / 3, 1 / 6]], atol=1e-3)


def test_a_higher_penalty_keeps_weights_smaller_and_is_less_sure() -> None:
    free, held = (train(TELLING_SPARSE, NOISE, LABELS, penalty=penalty, iterations=100) for penalty in (0.1, 10))
    assert np.abs(held.sparse).max() < np.abs(free.sparse).max()
    sure = [model.probabilities(TELLING_SPARSE, NOISE).max(axis=1).mean() for model in (free, held)]
    assert sure[1] < sure[0]


def test_the_weights_are_where_the_gradient_is_zero() -> None:
    model = train(TELLING_SPARSE, TELLING_DENSE, LABELS, penalty=1.0, iterations=500)
    error = model.probabilities(TELLING_SPARSE, TELLING_DENSE) - np.eye(3, dtype=np.float32)[CLASS]
    np.testing.assert_allclose(TELLING_SPARSE.T @ error + model.sparse, 0, atol=0.01)
    np.testing.assert_allclose(TELLING_DENSE.T @ error + model.dense, 0, atol=0.05)
    np.testing.assert_allclose(error.sum(axis=0), 0, atol=0.01)


def test_one_class_is_certain() -> None:
    model = train(TELLING_SPARSE, NOISE, [("only",)] * 30, **HOW)
    np.testing.assert_array_equal(model.probabilities(TELLING_SPARSE, NOISE), 1)


def test_the_first_of_several_labels_weighs_twice_as_much() -> None:
    model = train(EMPTY, NOISE[:, :0], [("a", "b")] * 20 + [("b", "a")] * 10, **HOW)
    shares = model.probabilities(csr_matrix((1, 1), dtype=np.float32), NOISE[:1, :0])
    np.testing.assert_allclose(shares, [[5 / 9, 4 / 9]], atol=1e-3)


def test_minimise_finds_the_bottom_of_a_long_valley() -> None:
    def rosenbrock(point: Floats) -> tuple[float, Floats]:
        x, y = point.astype(np.float64)
        gradient = np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)], np.float32)
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2, gradient

    np.testing.assert_allclose(minimise(rosenbrock, np.array([-1.2, 1], np.float32), 100), [1, 1], atol=0.01)


def test_known_weights_give_known_probabilities() -> None:
    model = LinearModel(
        ("a", "b"),
        sparse=np.array([[0, np.log(3)]], dtype=np.float32),
        dense=np.array([[np.log(2), 0]], dtype=np.float32),
        bias=np.zeros(2, dtype=np.float32),
    )
    rows = csr_matrix(np.array([[1], [0], [1]], dtype=np.float32))
    probabilities = model.probabilities(rows, np.array([[0], [1], [1]], dtype=np.float32))
    np.testing.assert_allclose(probabilities, [[1 / 4, 3 / 4], [2 / 3, 1 / 3], [2 / 5, 3 / 5]], rtol=1e-5)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=5))
def test_softmax_stands_any_score(scores: list[int]) -> None:
    (probabilities,) = softmax(np.array([scores], dtype=np.float32))
    assert abs(probabilities.sum() - 1) < 1e-5
    assert probabilities[np.argmax(scores)] == probabilities.max()
