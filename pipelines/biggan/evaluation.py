"""How good samples are: by extractors of which one at least trained no generator, beside real pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from pipelines.backbones.wide_resnet import NAME as CLASSIFIER
from pipelines.biggan.config import WATCHED
from pipelines.data.superclasses import SUPERCLASSES, summed_by_superclass, superclass_numbers
from pipelines.metrics.descriptors import ScatteringExtractor
from pipelines.metrics.extractors import Extractor, Features
from pipelines.metrics.pretrained import NetworkExtractor, classifier, efficientnet_lite0
from pipelines.metrics.report import Reference
from pipelines.weights import hub

TEACHERS = frozenset({"efficientnet_lite0"})  # extractors in whose features a discriminator may be


def evaluate_samples(
    made: NDArray[np.uint8], labels: Sequence[int], classes: Sequence[str], reference: Reference
) -> dict[str, float]:
    """Compare samples with real pictures.

    Args:
        made: (N, 32, 32, 3).
        labels: the class number that was asked for, of each.
        classes: names.
        reference: the real pictures, of ``open_reference``.

    Returns:
        The metrics of ``Reference.compare``; where the classifier is among its extractors and the classes are
        CIFAR-100's, ``superclass_accuracy`` too: how often it sees the superclass that was asked for. Where the classes
        of the real pictures are known, ``superclass_accuracy_real``, how often it is right of these, and both by
        superclass: ``superclass_accuracy_<name>`` and ``superclass_accuracy_<name>_real``.
    """
    metrics = reference.compare(made, labels)
    numbers = superclass_numbers(classes)
    if numbers is None:
        return metrics
    numbers_of = np.asarray(numbers)
    for one in reference.extractors:
        if isinstance(one, NetworkExtractor) and one.name == "classifier":
            right = superclasses(one, one.features(made)) == numbers_of[np.asarray(labels)]
            if reference.labels is None:
                return metrics | {"superclass_accuracy": float(right.mean())}
            metrics |= accuracies(right, numbers_of[np.asarray(labels)])
            wanted = numbers_of[np.asarray(reference.labels)]
            metrics |= accuracies(superclasses(one, reference.features[one.name]) == wanted, wanted, "_real")
    return metrics


def accuracies(right: NDArray[np.bool_], wanted: NDArray[np.int64], suffix: str = "") -> dict[str, float]:
    """Return the share (N,) that is right, of all and of those where each superclass (N,) was wanted."""
    found = {f"superclass_accuracy{suffix}": float(right.mean())}
    for number, name in enumerate(SUPERCLASSES):
        if (chosen := wanted == number).any():
            found[f"superclass_accuracy_{name}{suffix}"] = float(right[chosen].mean())
    return found


def open_reference(
    real: NDArray[np.uint8],
    train: NDArray[np.uint8],
    classes: Sequence[str],
    more: Sequence[Extractor] = (),
    labels: Sequence[int] | None = None,
) -> Reference:
    """Describe held-out pictures (M, 32, 32, 3), of classes ``labels`` where given, and training pictures.

    Of the extractors those that are there. EfficientNet-Lite0, in whose features the discriminator may be, is never
    alone: with it goes the classifier where its weights are there and the classes are CIFAR-100's, and wavelet
    scattering otherwise.
    """
    extractors = [efficientnet_lite0(), independent_extractor(classes), *more]
    return Reference(real, train, extractors, taught_by=TEACHERS, labels=labels)


def independent_extractor(classes: Sequence[str]) -> Extractor:
    """Return the extractor that taught no generator of these classes."""
    if superclass_numbers(classes) is not None and CLASSIFIER in hub.bundled_names():
        found = classifier()
        if superclass_numbers(found.classes) is not None:  # one of other classes may have been promoted
            return found
    return ScatteringExtractor(side=32)


def independent_kid(metrics: Mapping[str, float], reference: Reference) -> dict[str, float]:
    """Return the kernel distance by the extractor that taught no generator, under one name on any data.

    On CIFAR-100's classes it is ``kid_classifier``, elsewhere ``kid_scattering_32``; empty where there are too few
    pictures for either.
    """
    found = [metrics.get(f"kid_{one.name}") for one in reference.extractors if one.name not in TEACHERS]
    return {} if found[0] is None else {WATCHED: found[0]}


def superclasses(extractor: NetworkExtractor, features: Features) -> NDArray[np.int64]:
    """Return the superclass (N,) that the classifier sees on each of N pictures, by what it has seen on them."""
    probabilities = torch.from_numpy(extractor.probabilities(features)).float()
    found: NDArray[np.int64] = summed_by_superclass(probabilities, extractor.classes).argmax(dim=1).numpy()
    return found
