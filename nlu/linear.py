"""Softmax regression over a sparse and a dense block of features: small, fast, deterministic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class LinearModel:
    """Weights of a trained model. labels: classes in column order; sparse: (features, classes); dense: (size, classes)."""

    labels: tuple[str, ...]
    sparse: Floats
    dense: Floats
    bias: Floats

    def probabilities(self, sparse: csr_matrix, dense: Floats) -> Floats:
        """Class probabilities, shape (messages, classes)."""
        return softmax(np.asarray(sparse @ self.sparse) + dense @ self.dense + self.bias)


def softmax(scores: Floats) -> Floats:
    """Rows of scores as probabilities."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return probabilities


def train(
    sparse: csr_matrix,
    dense: Floats,
    labels: list[str],
    *,
    penalty: float = 0.1,
    iterations: int = 100,
) -> LinearModel:
    """The softmax regression that fits `labels` best, with an L2 penalty on all weights but the bias.

    penalty: weight of the squared weights against the summed log loss (scikit-learn's 1/C).
    """
    classes = sorted(set(labels))
    index = {label: position for position, label in enumerate(classes)}
    truth = np.array([index[label] for label in labels])
    rows = np.arange(len(labels))
    n_sparse, n_dense, n_classes = sparse.shape[1], dense.shape[1], len(classes)
    sparse, dense = sparse.astype(np.float32), dense.astype(np.float32)
    transposed = sparse.T.tocsr()
    cut = n_sparse * n_classes, (n_sparse + n_dense) * n_classes

    def unpack(flat: NDArray[np.float64]) -> tuple[Floats, Floats, Floats]:
        weights = flat.astype(np.float32)
        return (
            weights[: cut[0]].reshape(n_sparse, n_classes),
            weights[cut[0] : cut[1]].reshape(n_dense, n_classes),
            weights[cut[1] :],
        )

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w_sparse, w_dense, bias = unpack(flat)
        probabilities = softmax(np.asarray(sparse @ w_sparse) + dense @ w_dense + bias)
        value = -np.log(np.maximum(probabilities[rows, truth], 1e-12)).sum()
        probabilities[rows, truth] -= 1
        gradient = np.concatenate(
            [
                (transposed @ probabilities + penalty * w_sparse).ravel(),
                (dense.T @ probabilities + penalty * w_dense).ravel(),
                probabilities.sum(axis=0),
            ]
        )
        weights = flat[: cut[1]]
        return float(value + penalty / 2 * weights @ weights), gradient.astype(np.float64)

    start = np.zeros(cut[1] + n_classes)
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations, "maxcor": 6})
    return LinearModel(tuple(classes), *unpack(best.x))
