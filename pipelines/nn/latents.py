"""Ways between latents."""

from __future__ import annotations

import torch
from torch import Tensor


def slerp(start: Tensor, end: Tensor, share: float) -> Tensor:
    """Return a point of the way between two latents (dim,): directions along a great circle, lengths in proportion.

    Between two draws of N(0, I) every point is as likely as the ends (White, Sampling generative networks, 2016); on a
    straight line the middle is too short, and its picture too plain.
    """
    lengths = start.norm(), end.norm()
    if min(lengths) == 0:
        return torch.lerp(start, end, share)
    directions = start / lengths[0], end / lengths[1]
    angle = torch.arccos((directions[0] @ directions[1]).clamp(-1, 1))
    if angle.sin() < 1e-4:  # nearly the same, or opposite, where no circle is the shortest
        return torch.lerp(start, end, share)
    weights = torch.sin((1 - share) * angle), torch.sin(share * angle)
    direction = (weights[0] * directions[0] + weights[1] * directions[1]) / angle.sin()
    point: Tensor = direction * torch.lerp(*lengths, share)
    return point
