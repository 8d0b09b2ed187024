"""How good samples are: by judges that trained no generator, beside real pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from pipelines.backbones.wide_resnet import NAME as JUDGE
from pipelines.backbones.wide_resnet import WideResNet
from pipelines.data.resident import to_unit
from pipelines.data.superclasses import summed_by_superclass, superclass_numbers
from pipelines.metrics.descriptors import lite0
from pipelines.metrics.kernel import frechet_distance, kernel_distance
from pipelines.weights import hub

BATCH = 250


def evaluate_samples(
    made: NDArray[np.uint8], labels: Sequence[int], classes: Sequence[str], real: NDArray[np.uint8]
) -> dict[str, float]:
    """Compare samples with real pictures.

    Args:
        made: (N, 32, 32, 3).
        labels: the class number that was asked for, of each.
        classes: names.
        real: (M, 32, 32, 3), held-out pictures.

    Returns:
        ``kid_efficientnet_lite0``, ``fd_efficientnet_lite0`` and ``n``; where the classifier's weights are there and
        the classes are CIFAR-100's, ``superclass_accuracy`` and ``kid_classifier`` and ``fd_classifier`` too.
    """
    of_real, of_made = lite0(list(real)), lite0(list(made))
    metrics = {
        "kid_efficientnet_lite0": kernel_distance(of_real, of_made),
        "fd_efficientnet_lite0": frechet_distance(of_real, of_made),
        "n": len(made),
    }
    numbers = superclass_numbers(classes)
    if numbers is None or JUDGE not in hub.bundled_names():
        return metrics
    judge = WideResNet.from_weights()
    wanted = np.asarray(numbers)[np.asarray(labels)]
    features_real, _ = judged(judge, real)
    features_made, found = judged(judge, made)
    return metrics | {
        "superclass_accuracy": float((found == wanted).mean()),
        "kid_classifier": kernel_distance(features_real, features_made),
        "fd_classifier": frechet_distance(features_real, features_made),
    }


def judged(judge: WideResNet, pictures: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the classifier's features (N, D) of pictures (N, 32, 32, 3), and the superclass it sees (N,)."""
    features, superclasses = [], []
    with torch.inference_mode():
        for batch in torch.split(torch.from_numpy(pictures).permute(0, 3, 1, 2), BATCH):
            vectors = judge.pooled(to_unit(batch))
            likeliest = summed_by_superclass(judge.head(vectors).softmax(dim=1), judge.classes).argmax(dim=1)
            features.append(vectors.double().numpy())
            superclasses.append(likeliest.numpy())
    return np.concatenate(features), np.concatenate(superclasses)
