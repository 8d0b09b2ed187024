"""A distance class by class: whether each class's samples look like that class."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEAST = 2  # pictures of a class: one has no covariance


def intra_class_distance(
    distance: Callable[[Floats, Floats], float],
    real: Floats,
    real_labels: Sequence[int] | NDArray[np.integer],
    made: Floats,
    made_labels: Sequence[int] | NDArray[np.integer],
) -> float:
    """Return the mean over classes of a distance between that class's features.

    With ``frechet_distance`` on Inception's features it is the intra-FID (Miyato and Koyama, cGANs with projection
    discriminator, 2018); with ``kernel_distance`` it is fit for few pictures a class.

    Args:
        distance: of two sets of features.
        real: (N, D).
        real_labels: (N,) class numbers.
        made: (M, D).
        made_labels: (M,) class numbers that were asked for.

    Raises:
        ValueError: a class with fewer than two pictures on either side.

    Example:
        >>> intra_class_distance(frechet_distance, real, real_labels, made, made_labels)
    """
    wanted, given = np.asarray(real_labels), np.asarray(made_labels)
    distances = []
    for label in np.union1d(wanted, given):
        of_real, of_made = real[wanted == label], made[given == label]
        if min(len(of_real), len(of_made)) < LEAST:
            raise ValueError(
                f"class {label} has {len(of_real)} real and {len(of_made)} made pictures: at least {LEAST} are needed"
            )
        distances.append(distance(of_real, of_made))
    return float(np.mean(distances))
