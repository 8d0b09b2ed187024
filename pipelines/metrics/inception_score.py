"""Inception score: whether samples are told apart clearly and are of all classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SMALLEST = 1e-30  # probability whose logarithm is still taken


def inception_score(probabilities: NDArray[np.float64], *, splits: int = 10, seed: int = 0) -> tuple[float, float]:
    """Return the mean and the standard deviation over splits of exp(E_x KL(p(y|x) || p(y))).

    Salimans et al., Improved techniques for training GANs, 2016, section 4. Between 1 and the number of classes. It
    knows no real pictures, and few samples a split lower it: compare only at equal N. Called inception score with
    Inception's probabilities alone.

    Args:
        probabilities: (N, C) of samples; they are shuffled first.
        splits: how many equal parts are scored, 1 to N.
        seed: of the shuffling.

    Raises:
        ValueError: fewer samples than splits.
    """
    if not 1 <= splits <= len(probabilities):
        raise ValueError(f"splits must be from 1 to {len(probabilities)}, the number of samples, got {splits}")
    order = np.random.default_rng(seed).permutation(len(probabilities))
    scores = [_score(probabilities[part]) for part in np.array_split(order, splits)]
    return float(np.mean(scores)), float(np.std(scores))


def _score(probabilities: NDArray[np.float64]) -> float:
    marginal = probabilities.mean(axis=0)
    ratio = np.log(np.maximum(probabilities, SMALLEST)) - np.log(np.maximum(marginal, SMALLEST))
    return float(np.exp((probabilities * ratio).sum(axis=1).mean()))
