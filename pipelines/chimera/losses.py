"""What keeps a drawing's lines and its outline in the picture made from it."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

FLOOR = 0.02  # probability below which a missing line is not punished more
CROWD = 21  # pixels over which density is measured
CROWDED = 0.1  # share of them on a line at which a line counts half
NEIGHBOURHOOD = 9  # pixels around a line with which its brightness is compared


def line_recall(probabilities: Tensor, lines: Tensor) -> Tensor:
    """Return how surprised a frozen detector would be by the drawing: minus the log of its map on the lines.

    Where lines crowd they stand for fur, which need not show each of them: a line counts the less, the denser its
    surroundings.

    Args:
        probabilities: the detector's map of the made picture, (B, 1, H, W) in [0, 1].
        lines: (B, 1, H, W), above 0 on a line; a line may be off by a pixel.
    """
    near = F.max_pool2d(probabilities.float(), 3, stride=1, padding=1)
    on = (lines > 0).float()
    density = F.avg_pool2d(on, CROWD, stride=1, padding=CROWD // 2, count_include_pad=False)
    weight = on / (1 + (density / CROWDED).square())
    return -((near + FLOOR).log() * weight).sum() / on.sum().clamp_min(1)


def glow(picture: Tensor, lines: Tensor, outside: Tensor) -> Tensor:
    """Return how much brighter inner lines are than what is around them: creases are dark, and glowing strokes are not.

    Args:
        picture: (B, 3, H, W) in [-1, 1].
        lines: (B, 1, H, W), above 0 on a line.
        outside: (B, 1, H, W), 1 outside the animal.
    """
    brightness = picture.float().mean(dim=1, keepdim=True)
    around = F.avg_pool2d(brightness, NEIGHBOURHOOD, stride=1, padding=NEIGHBOURHOOD // 2)
    edge = F.max_pool2d(outside, NEIGHBOURHOOD, stride=1, padding=NEIGHBOURHOOD // 2)
    inner = ((lines > 0) & (edge < 0.5)).float()
    return (F.relu(brightness - around.detach()) * inner).sum() / inner.sum().clamp_min(1)


def spill(alpha: Tensor, outside: Tensor) -> Tensor:
    """Return the share of alpha that lies where the drawing encloses nothing."""
    return (alpha.float() * outside).mean()
