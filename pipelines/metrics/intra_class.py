"""Class by class: whether each class's samples look like that class, and whether they differ as much."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = Sequence[int] | NDArray[np.integer]
LEAST = 2  # pictures of a class: one has no covariance


def intra_class_distance(
    distance: Callable[[Floats, Floats], float],
    real: Floats,
    real_labels: Labels,
    made: Floats,
    made_labels: Labels,
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
    pairs = class_by_class(real, real_labels, made, made_labels)
    return float(np.mean([distance(of_real, of_made) for of_real, of_made in pairs]))


def intra_class_diversity(real: Floats, real_labels: Labels, made: Floats, made_labels: Labels) -> float:
    """Return how far apart two samples of a class are, over how far apart two real pictures of one are.

    Both are root mean squares over all pairs, and each class counts alike. 0: a class's samples are all the same; 1:
    they differ as real pictures do. It says nothing of how good they are: noise differs as well.

    Args:
        real: (N, D), not all the same in every class.
        real_labels: (N,) class numbers.
        made: (M, D).
        made_labels: (M,) class numbers that were asked for.

    Raises:
        ValueError: a class with fewer than two pictures on either side.
    """
    pairs = class_by_class(real, real_labels, made, made_labels)
    # All pairs' mean squared distance is twice the variances' sum.
    variances = np.array([[part.var(axis=0, ddof=1).sum() for part in pair] for pair in pairs])
    of_real, of_made = variances.mean(axis=0)
    return float(np.sqrt(of_made / of_real))


def class_by_class(
    real: Floats, real_labels: Labels, made: Floats, made_labels: Labels
) -> Iterator[tuple[Floats, Floats]]:
    """Yield each class's real and made features.

    Raises:
        ValueError: a class with fewer than two pictures on either side.
    """
    wanted, given = np.asarray(real_labels), np.asarray(made_labels)
    for label in np.union1d(wanted, given):
        of_real, of_made = real[wanted == label], made[given == label]
        if min(len(of_real), len(of_made)) < LEAST:
            raise ValueError(
                f"class {label} has {len(of_real)} real and {len(of_made)} made pictures: at least {LEAST} are needed"
            )
        yield of_real, of_made
