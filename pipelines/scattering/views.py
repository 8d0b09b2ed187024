"""How frozen networks are shown pictures: at a quarter of the cost, with every detail now and then."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def random_view(*pictures: Tensor) -> list[Tensor]:
    """Return the whole at half its side, or a part of half its side, by chance; the same view of each argument.

    Args:
        pictures: (B, C, S, S) each; B may differ.

    Returns:
        (B, 3, S / 2, S / 2) each; grey as three equal channels.
    """
    whole, down, across = torch.rand(3).tolist()
    half = pictures[0].shape[-1] // 2
    top, left = round(down * half), round(across * half)
    seen = [
        F.avg_pool2d(picture, 2) if whole < 0.5 else picture[..., top : top + half, left : left + half]
        for picture in pictures
    ]
    return [view.expand(-1, 3, -1, -1) for view in seen]
