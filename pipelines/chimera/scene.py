"""One training step's pictures: what is given, in which styles it is made, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from pipelines.chimera.networks.encoder import StyleDistribution
from pipelines.chimera.styles import GRID
from pipelines.chimera.views import laid_over, random_maps


@dataclass(frozen=True)
class Styles:
    """The styles of B pairs and F drawings.

    Attributes:
        maps: codes (B + F, D, 8, 8).
        rebuilt: how many pairs, from the first, are made in their own style.
        foreign: codes (B - rebuilt, D) of those whose styles the other pairs may be made in.
        plain: (B - rebuilt,), 1 where such a pair is made in its foreign code alone, else 0.
    """

    maps: Tensor
    rebuilt: int
    foreign: Tensor
    plain: Tensor


def choose_styles(own: Tensor, local: Tensor, known: Tensor, boxes: Tensor) -> Styles:
    """Choose the style of each pair and drawing.

    Three in four pairs get their own: one code, or local ones, evenly. The others and the drawings get that of another
    pair, its local codes laid over their own box for a half of them and its one code for a quarter, or a soft map of
    several codes from the bank.

    Args:
        own: (B, D), a code of each pair's animal as a whole.
        local: (B, D, h, w), codes of its places.
        known: (B - rebuilt + F, furs, D), codes from the bank: for the pairs that are not rebuilt, then for drawings.
        boxes: (B + F, 4), where pairs and drawings lie, as ``boxes_of`` gives it.
    """
    pairs, others, device = len(own), len(known), own.device
    rebuilt = pairs - pairs // 4
    whole = own[:, :, None, None].expand(-1, -1, GRID, GRID)
    placed = F.interpolate(local, size=(GRID, GRID), mode="bilinear", align_corners=False)
    mine = torch.where(torch.rand(pairs, 1, 1, 1, device=device) < 0.5, placed, whole)
    # Another pair than the one that is made: the next one.
    lender = (torch.arange(others, device=device) + rebuilt + 1) % pairs
    lent = laid_over(local.detach()[lender], boxes[lender], boxes[rebuilt:], GRID)
    choice = torch.randint(4, (others, 1, 1, 1), device=device)
    theirs = torch.where(choice == 0, whole.detach()[lender], lent)
    theirs = torch.where(choice == 3, random_maps(known), theirs)
    plain = (choice[: pairs - rebuilt, 0, 0, 0] == 0).float()
    return Styles(torch.cat([mine[:rebuilt], theirs]), rebuilt, own.detach()[lender[: pairs - rebuilt]], plain)


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
    def shown_lines(self) -> Tensor:
        """Lines of pairs, and none of drawings, (B + F, 1, H, W): what the pair discriminator is shown of what is made.

        No real picture has a drawing's lines: they alone would tell made from real.
        """
        return torch.cat([self.lines[: self.pairs], torch.zeros_like(self.lines[self.pairs :])])

    @property
    def shown_real(self) -> Tensor:
        """Real pictures to go with them: of the pairs, then as many of the first of them as there are drawings."""
        return torch.cat([self.real, self.real[: len(self.made) - self.pairs]])

    @property
    def outside(self) -> Tensor:
        """What lies outside them by wide closing, (B + F, 1, H, W)."""
        return self.source[:, 2:3]

    def divergence(self) -> Tensor:
        """Return the mean divergence of all codes from N(0, I), of local ones where the animal is."""
        places = (self.local.divergence() * self.presence).mean(dim=1).sum() / self.presence.sum()
        return self.whole.divergence().mean() + places
