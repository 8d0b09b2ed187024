"""One training step's pictures: what is given, in which styles it is made, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from pipelines.chimera.networks.encoder import StyleDistribution
from pipelines.chimera.styles import GRID
from pipelines.chimera.views import random_codes, random_maps


@dataclass(frozen=True)
class Styles:
    """The styles of B pairs and F drawings.

    Attributes:
        maps: codes (B + F, D, 8, 8).
        rebuilt: how many pairs, from the first, are made in their own style.
        foreign: codes (B, D): where a pair is made in one foreign code alone, which.
        uniform: numbers of those pairs.
    """

    maps: Tensor
    rebuilt: int
    foreign: Tensor
    uniform: list[int]


def choose_styles(own: Tensor, local: Tensor, known: Tensor, drawings: int) -> Styles:
    """Choose the style of each pair and drawing.

    Three in four pairs get their own: one code, or local ones, evenly. The others get a neighbour's code or a soft map
    of codes from the bank; drawings get a code or such a map.

    Args:
        own: (B, D), a code of each pair's animal as a whole.
        local: (B, D, h, w), codes of its places.
        known: (N, D), the bank.
        drawings: number F of drawings.
    """
    pairs = len(own)
    rebuilt = max(1, pairs - pairs // 4)
    whole = own[:, :, None, None].expand(-1, -1, GRID, GRID)
    placed = F.interpolate(local, size=(GRID, GRID), mode="bilinear", align_corners=False)
    in_place = (torch.rand(pairs, 1, 1, 1, device=own.device) < 0.5).float()
    mine = in_place * placed + (1 - in_place) * whole
    foreign = own.detach().roll(1, 0)
    others = torch.cat([foreign[rebuilt:], random_codes(known, drawings, 1)[:, 0]])
    plain = torch.rand(len(others), device=own.device) < 0.5
    mixed = random_maps(random_codes(known, len(others)))
    theirs = torch.where(plain[:, None, None, None], others[:, :, None, None], mixed)
    uniform = [number for number in range(rebuilt, pairs) if bool(plain[number - rebuilt])]
    return Styles(torch.cat([mine[:rebuilt], theirs]), rebuilt, foreign, uniform)


@dataclass(frozen=True)
class Scene:
    """What a step works with; drawings come after the pairs.

    Attributes:
        source: (B + F, 3, H, W), what the generator was given.
        real: (B, 3, H, W) in [-1, 1], the pairs' animals on their backgrounds.
        alpha: (B, 1, H, W).
        made: (B + F, 3, H, W) in [-1, 1], what was made, on the same backgrounds.
        made_alpha: (B + F, 1, H, W).
        styles: in which styles.
        whole: codes of the pairs' animals, (B, D).
        local: codes of their places, (B, D, 4, 4).
        presence: how much of the animal lies at each place, (B, 1, 4, 4).
    """

    source: Tensor
    real: Tensor
    alpha: Tensor
    made: Tensor
    made_alpha: Tensor
    styles: Styles
    whole: StyleDistribution
    local: StyleDistribution
    presence: Tensor

    @property
    def pairs(self) -> int:
        """Number of pairs."""
        return len(self.real)

    @property
    def lines(self) -> Tensor:
        """Lines of pairs and drawings, (B + F, 1, H, W)."""
        return self.source[:, :1]

    @property
    def outside(self) -> Tensor:
        """What lies outside them by wide closing, (B + F, 1, H, W)."""
        return self.source[:, 2:3]

    def divergence(self) -> Tensor:
        """Return the mean divergence of all codes from N(0, I), of local ones where the animal is."""
        places = (self.local.divergence() * self.presence).mean(dim=1).sum() / self.presence.sum()
        return self.whole.divergence().mean() + places
