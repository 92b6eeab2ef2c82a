"""Softmax regression over a sparse and a dense block of features: small, fast, deterministic."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float32]

FIRST = 2.0
"""Weight of a message's first label against each other label that is accepted."""

MEMORY = 6
"""Steps that L-BFGS remembers."""

SUFFICIENT = 1e-4
"""Share of the promised decrease that a step must bring (Armijo)."""

SMALLEST_STEP = 1e-6


@dataclass(frozen=True)
class LinearModel:
    """Weights of a trained model. labels: classes in column order; sparse: (features, classes); dense: (size, classes)."""

    labels: tuple[str, ...]
    sparse: Floats
    dense: Floats
    bias: Floats

    def scores(self, sparse: csr_matrix, dense: Floats) -> Floats:
        """Logarithms of the class probabilities, but for a constant for each message; shape (messages, classes)."""
        found: Floats = np.asarray(sparse @ self.sparse) + dense @ self.dense + self.bias
        return found

    def probabilities(self, sparse: csr_matrix, dense: Floats) -> Floats:
        """Class probabilities, shape (messages, classes)."""
        return softmax(self.scores(sparse, dense))


def softmax(scores: Floats) -> Floats:
    """Rows of scores as probabilities."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return probabilities


def train(
    sparse: csr_matrix,
    dense: Floats,
    labels: Sequence[Sequence[str]],
    *,
    penalty: float,
    iterations: int,
) -> LinearModel:
    """The softmax regression that fits `labels` best, with an L2 penalty on all weights but the bias.

    labels: of each message all labels that are right, the best first. penalty: weight of the squared weights against the
    summed log loss (scikit-learn's 1/C). iterations: steps of L-BFGS at most.
    """
    classes = tuple(sorted({label for accepted in labels for label in accepted}))
    targets = _targets(labels, classes)
    sparse, dense = sparse.astype(np.float32), dense.astype(np.float32)
    transposed = sparse.T.tocsr()
    n_sparse, n_weights, n_classes = sparse.shape[1], sparse.shape[1] + dense.shape[1], len(classes)

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights, bias = flat[:-n_classes].reshape(n_weights, n_classes), flat[-n_classes:]
        scores = np.asarray(sparse @ weights[:n_sparse]) + dense @ weights[n_sparse:] + bias
        scores -= scores.max(axis=1, keepdims=True)
        total = np.log(np.exp(scores).sum(axis=1, keepdims=True))
        value = (targets * (total - scores)).sum(dtype=np.float64)
        value += penalty / 2 * np.square(weights).sum(dtype=np.float64)
        excess = np.exp(scores - total) - targets
        gradient = np.empty_like(flat)
        by_weight = gradient[:-n_classes].reshape(n_weights, n_classes)
        by_weight[:n_sparse] = transposed @ excess
        by_weight[n_sparse:] = dense.T @ excess
        by_weight += np.float32(penalty) * weights
        gradient[-n_classes:] = excess.sum(axis=0)
        return float(value), gradient

    best = minimise(loss, np.zeros((n_weights + 1) * n_classes, np.float32), iterations)
    weights = best[:-n_classes].reshape(n_weights, n_classes)
    return LinearModel(classes, weights[:n_sparse], weights[n_sparse:], best[-n_classes:])


def _targets(labels: Sequence[Sequence[str]], classes: Sequence[str]) -> Floats:
    """What each message should be, as shares that add up to 1; shape (messages, classes)."""
    column = {label: position for position, label in enumerate(classes)}
    targets = np.zeros((len(labels), len(classes)), np.float32)
    for row, accepted in enumerate(labels):
        targets[row, [column[label] for label in accepted]] = 1
        targets[row, column[accepted[0]]] = FIRST
    shares: Floats = targets / targets.sum(axis=1, keepdims=True)
    return shares


def minimise(function: Callable[[Floats], tuple[float, Floats]], start: Floats, iterations: int) -> Floats:
    """Where `function` (value and gradient) is least, by L-BFGS (Nocedal and Wright 2006, algorithm 7.5) in float32.

    scipy's works in float64 and with bounds, which takes as long as the function itself with a million weights.
    """
    point = start
    value, gradient = function(point)
    steps: deque[tuple[Floats, Floats, np.float32]] = deque(maxlen=MEMORY)
    for _ in range(iterations):
        direction = _direction(gradient, steps)
        slope = float(gradient @ direction)
        length = 1.0
        while True:
            there = point + np.float32(length) * direction
            value_there, gradient_there = function(there)
            if value_there <= value + SUFFICIENT * length * slope:
                break
            length /= 2
            if length < SMALLEST_STEP:  # as good as float32 can tell
                return point
        step, change = there - point, gradient_there - gradient
        curvature = step @ change
        if curvature > 0:
            steps.append((step, change, np.float32(1 / curvature)))
        point, value, gradient = there, value_there, gradient_there
    return point


def _direction(gradient: Floats, steps: Sequence[tuple[Floats, Floats, np.float32]]) -> Floats:
    """Minus the gradient times the inverse Hessian as the last steps suggest it."""
    result = -gradient
    if not steps:
        return result / np.float32(max(1.0, float(np.linalg.norm(gradient))))
    weights = []
    for step, change, scale in reversed(steps):
        weight = scale * (step @ result)
        weights.append(weight)
        result -= weight * change
    _, change, scale = steps[-1]
    result *= 1 / (scale * (change @ change))
    for (step, change, scale), weight in zip(steps, reversed(weights)):
        result += (weight - scale * (change @ result)) * step
    return result
