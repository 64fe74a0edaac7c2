"""Two small fits: how much each signal counts, and what a score is worth. Deterministic, no labels needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
PRIOR = 4.0  # how many questions' weight the untouched probabilities have


def fit_listwise(rows: Sequence[NDArray[np.float32]], right: Sequence[int], l2: float = 1e-3) -> Doubles:
    """Weights under which the right candidate of each list is the likeliest (softmax over the list)."""
    from scipy.optimize import minimize  # a third of a second, which a start from a kept index need not wait

    width = max(len(r) for r in rows)
    signals = rows[0].shape[1]
    stacked = np.zeros((len(rows), width, signals))
    mask = np.full((len(rows), width), -1e9)
    for i, row in enumerate(rows):
        stacked[i, : len(row)] = row
        mask[i, : len(row)] = 0
    chosen = stacked[np.arange(len(rows)), list(right)]

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        logits = stacked @ weights + mask
        logits -= logits.max(1, keepdims=True)
        p = np.exp(logits)
        p /= p.sum(1, keepdims=True)
        value = -np.log(p[np.arange(len(rows)), list(right)] + 1e-12).mean() + l2 * weights @ weights
        gradient = (np.einsum("nw,nws->s", p, stacked) - chosen.sum(0)) / len(rows) + 2 * l2 * weights
        return float(value), gradient

    found = minimize(loss, np.zeros(signals), jac=True, method="L-BFGS-B", bounds=[(0, None)] * signals)
    return np.asarray(found.x)


@dataclass(frozen=True, slots=True)
class Logistic:
    """A probability from a few features: logistic regression on standardised features."""

    mean: Doubles
    spread: Doubles
    weights: Doubles
    offset: float

    @classmethod
    def fit(cls, features: Doubles, truth: NDArray[np.bool_], l2: float = 1e-3) -> Logistic:
        """The regression by Newton's method."""
        mean, spread = features.mean(0), features.std(0) + 1e-6
        x = np.column_stack([(features - mean) / spread, np.ones(len(features))])
        y = truth.astype(np.float64)
        penalty = np.diag([l2 * len(x)] * (x.shape[1] - 1) + [1e-6])
        w = np.zeros(x.shape[1])
        for _ in range(30):
            p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
            gradient = x.T @ (p - y) + penalty @ w
            # Not ``@``: for so small a product the threads of the linear algebra library wait longer than they work.
            hessian = np.einsum("ni,nj->ij", x * (p * (1 - p))[:, None], x) + penalty
            step = np.linalg.solve(hessian, gradient)
            w -= step
            if np.abs(step).max() < 1e-7:
                break
        return cls(mean, spread, w[:-1], float(w[-1]))

    def calibrated(self, features: Doubles, truth: NDArray[np.bool_]) -> Logistic:
        """The same, its log odds stretched and shifted so that they are probabilities for these rows."""
        x = ((features - self.mean) / self.spread) @ self.weights + self.offset
        scale, shift = platt(x, truth)
        return Logistic(self.mean, self.spread, self.weights * scale, self.offset * scale + shift)

    def logit(self, features: Doubles) -> float:
        """The log odds for one row of features."""
        return float(((features - self.mean) / self.spread) @ self.weights + self.offset)

    def parts(self, features: Doubles) -> Doubles:
        """What each feature adds to the log odds."""
        return np.asarray((features - self.mean) / self.spread * self.weights)


def platt(logits: Doubles, truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Scale and shift that make ``logits`` probabilities; pulled towards leaving them as they are."""
    w = np.array([1.0, 0.0])
    x = np.column_stack([logits, np.ones(len(logits))])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (p - truth) + PRIOR * (w - [1.0, 0.0])
        hessian = (x * (p * (1 - p))[:, None]).T @ x + PRIOR * np.eye(2)
        w = w - np.linalg.solve(hessian, gradient)
    return float(w[0]), float(w[1])
