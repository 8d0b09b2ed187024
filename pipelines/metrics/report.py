"""Samples beside real pictures, through several extractors, in one dictionary of metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import cv2
import numpy as np

from pipelines.metrics.extractors import ClassifyingExtractor, Extractor, Features, Pictures
from pipelines.metrics.fidelity import density_coverage, precision_recall
from pipelines.metrics.inception_score import inception_score
from pipelines.metrics.intra_class import intra_class_distance, intra_class_diversity
from pipelines.metrics.kernel import frechet_distance, kernel_distance

FEWEST_FOR_FD = 5000  # pictures on each side: with fewer the Frechet distance's bias drowns what it measures
FEWEST = 2  # pictures of a distribution
BLUR = 1 / 16  # standard deviation of the ceiling's blur, as a share of the side
PRECISION_K, DENSITY_K, SPLITS = 3, 5, 10  # the papers' own


def compare_samples(
    made: Pictures,
    real: Pictures,
    train: Pictures,
    extractors: Sequence[Extractor],
    *,
    taught_by: Collection[str] = (),
    lines: Pictures | None = None,
) -> dict[str, float]:
    """Compare samples with real pictures once; where it happens often, keep a ``Reference``.

    Args:
        made: samples (M, H, W, 3).
        real: see ``Reference``, as the following.
        train: likewise.
        extractors: likewise.
        taught_by: likewise.
        lines: what the samples are made of, drawn: ``kid_e_lines`` says how near copies of them come.

    Example:
        >>> compare_samples(made, held_out, train, [efficientnet_lite0(), classifier()])
    """
    reference = Reference(real, train, extractors, taught_by=taught_by)
    copied = {} if lines is None else reference.distances(lines, "_lines")
    return {**reference.compare(made), **copied}


class Reference:
    """Real pictures that samples are compared with, seen once by every extractor.

    Args:
        real: held-out pictures (N, H, W, 3).
        train: training pictures, for the floor and, blurred, for the ceiling; best as many as ``real``. Held-out ones
            under a blur would each have its original on the other side, which makes the kernel distance too small.
        extractors: by which they are compared.
        taught_by: names of extractors whose features trained the generator, in a discriminator or a loss.
        labels: class numbers of the held-out pictures (N,), where they have classes.

    Raises:
        ValueError: no extractor, or none but those that trained the generator.
    """

    def __init__(
        self,
        real: Pictures,
        train: Pictures,
        extractors: Sequence[Extractor],
        *,
        taught_by: Collection[str] = (),
        labels: Sequence[int] | None = None,
    ) -> None:
        names = [one.name for one in extractors]
        if set(names) <= set(taught_by):
            raise ValueError(f"extractors must name one that did not train the generator, got {names}")
        self.extractors = tuple(extractors)
        self.count, self.labels = len(real), labels
        self.features = {one.name: one.features(real) for one in extractors}
        self.bounds: dict[str, float] = {}
        for one in extractors:
            for suffix, pictures in (("_floor", train), ("_ceiling", blurred(train))):
                self.bounds |= distances(one.name, self.features[one.name], one.features(pictures), suffix)

    def compare(self, made: Pictures, labels: Sequence[int] | None = None) -> dict[str, float]:
        """Return the metrics of samples (M, H, W, 3), of classes ``labels`` (M,) where they have some.

        Returns:
            ``n`` samples and ``n_real`` pictures. For each extractor e ``kid_e`` and, from 5,000 pictures on each side,
            ``fd_e`` (``fid`` for Inception); the same of training pictures, ``kid_e_floor``, and of blurred ones,
            ``kid_e_ceiling``: good samples are near the floor. ``precision_e``, ``recall_e``, ``density_e``
            and ``coverage_e``; of extractors that classify ``inception_score_e``, its ``inception_score_e_std``, and
            ``inception_score_e_real`` of at most as many real pictures. What needs more pictures than there are is
            left out. Where both sides have classes, ``intra_class_kid_e``, the mean of distances class by class, and
            ``intra_class_diversity_e``: how far apart two samples of a class are, beside two real pictures of one.
        """
        metrics: dict[str, float] = {"n": len(made), "n_real": self.count}
        for one in self.extractors:
            real, seen = self.features[one.name], one.features(made)
            metrics |= distances(one.name, real, seen) | fidelity(one.name, real, seen)
            if isinstance(one, ClassifyingExtractor):
                metrics |= scores(one, real, seen)
            if labels is not None and self.labels is not None and enough_of_each(self.labels, labels):
                of_both = real, self.labels, seen, labels
                metrics[f"intra_class_kid_{one.name}"] = intra_class_distance(kernel_distance, *of_both)
                metrics[f"intra_class_diversity_{one.name}"] = intra_class_diversity(*of_both)
        return metrics | self.bounds

    def distances(self, pictures: Pictures, suffix: str) -> dict[str, float]:
        """Return the distances of further pictures, ``kid_e<suffix>``."""
        found: dict[str, float] = {}
        for one in self.extractors:
            found |= distances(one.name, self.features[one.name], one.features(pictures), suffix)
        return found

    def hashes(self) -> dict[str, str]:
        """Return the digest of each extractor's weights, ``sha256_e``: figures of two digests do not compare."""
        return hashes_of(self.extractors)


def enough_of_each(real: Sequence[int], made: Sequence[int]) -> bool:
    """Say whether each class has pictures enough on either side to be compared by itself."""
    counts = [Counter(real), Counter(made)]
    return all(count[label] >= FEWEST for count in counts for label in {*real, *made})


def hashes_of(extractors: Sequence[Extractor]) -> dict[str, str]:
    """Return the digest of each extractor's weights, ``sha256_e``."""
    return {f"sha256_{one.name}": one.sha256 for one in extractors}


def distances(name: str, real: Features, made: Features, suffix: str = "") -> dict[str, float]:
    """Return KID and, of enough pictures, FD."""
    found: dict[str, float] = {}
    fewest = min(len(real), len(made))
    if fewest >= FEWEST:
        found[f"kid_{name}{suffix}"] = kernel_distance(real, made)
    if fewest >= FEWEST_FOR_FD:
        found[f"{'fid' if name == 'inception' else f'fd_{name}'}{suffix}"] = frechet_distance(real, made)
    return found


def fidelity(name: str, real: Features, made: Features) -> dict[str, float]:
    """Return precision, recall, density and coverage, where there are more pictures than neighbours."""
    found: dict[str, float] = {}
    if min(len(real), len(made)) > PRECISION_K:
        found[f"precision_{name}"], found[f"recall_{name}"] = precision_recall(real, made, k=PRECISION_K)
    if len(real) > DENSITY_K:
        found[f"density_{name}"], found[f"coverage_{name}"] = density_coverage(real, made, k=DENSITY_K)
    return found


def scores(extractor: ClassifyingExtractor, real: Features, made: Features) -> dict[str, float]:
    """Return the inception score of samples and of as many real pictures, where each split has one at least."""
    count, key = min(len(real), len(made)), f"inception_score_{extractor.name}"
    if count < SPLITS:
        return {}
    chosen = np.random.default_rng(0).permutation(len(real))[:count]
    mean, deviation = inception_score(extractor.probabilities(made), splits=SPLITS)
    real_mean, _ = inception_score(extractor.probabilities(real[chosen]), splits=SPLITS)
    return {key: mean, f"{key}_std": deviation, f"{key}_real": real_mean}


def blurred(pictures: Pictures) -> Pictures:
    """Return pictures (N, H, W, 3) under a Gaussian blur of a sixteenth of their side."""
    return [np.asarray(cv2.GaussianBlur(one, (0, 0), min(one.shape[:2]) * BLUR), np.uint8) for one in pictures]
