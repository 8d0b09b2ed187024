"""How often a classifier is right."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from pipelines.data.resident import Resident, to_unit
from pipelines.data.superclasses import SUPERCLASSES, summed_by_superclass, superclass_numbers

BATCH = 256


def evaluate_classifier(logits: Callable[[Tensor], Tensor], data: Resident, *, each: bool = False) -> dict[str, float]:
    """Return ``accuracy``, ``top5_accuracy``, ``cross_entropy`` and ``n``.

    Of CIFAR-100 ``superclass_accuracy`` too. The superclass is the one whose classes' probabilities sum to most.

    Args:
        logits: maps pictures (B, 3, S, S) in [-1, 1] to logits (B, C) on the CPU.
        data: pictures and their classes.
        each: return ``superclass_accuracy_<name>`` as well, of each superclass that has pictures.
    """
    found = torch.cat([logits(to_unit(batch)) for batch in torch.split(data.pictures, BATCH)]).float()
    ranked = found.topk(min(5, found.shape[1])).indices == data.labels[:, None]
    entropy = torch.nn.functional.cross_entropy(found, data.labels)
    metrics = {"accuracy": ranked[:, 0], "top5_accuracy": ranked.any(dim=1)}
    numbers = superclass_numbers(data.classes)
    if numbers is not None:
        likeliest = summed_by_superclass(found.softmax(dim=1), data.classes).argmax(dim=1)
        wanted = torch.tensor(numbers)[data.labels]
        metrics["superclass_accuracy"] = likeliest == wanted
        for number, name in enumerate(SUPERCLASSES):
            if each and (wanted == number).any():
                metrics[f"superclass_accuracy_{name}"] = likeliest[wanted == number] == number
    rates = {name: float(right.float().mean()) for name, right in metrics.items()}
    return {**rates, "cross_entropy": float(entropy), "n": len(data)}
