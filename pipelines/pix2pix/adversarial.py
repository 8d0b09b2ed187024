"""The adversarial losses to choose from, each with its optimisers and weights: a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import nn
from torch.optim import Optimizer

from pipelines.backbones import lite0
from pipelines.nn.patchgan import Norm, PatchDiscriminator
from pipelines.nn.projected import ProjectedDiscriminator


@dataclass(frozen=True)
class Rates:
    """One optimiser: Adam with these betas, or RMSprop where there are none."""

    rate: float
    betas: tuple[float, float] | None = (0.5, 0.999)

    def optimizer(self, parameters: Iterable[nn.Parameter], rate: float | None = None) -> Optimizer:
        """Return it over these parameters, at its own rate unless another is given."""
        rate = self.rate if rate is None else rate
        if self.betas is None:
            return torch.optim.RMSprop(parameters, lr=rate)
        return torch.optim.Adam(parameters, lr=rate, betas=self.betas)


@dataclass(frozen=True)
class Recipe:
    """One adversarial loss with what goes with it.

    Attributes:
        loss: key of ``nn.adversarial.LOSSES``.
        generator: the generator's optimiser.
        discriminator: the discriminator's optimiser.
        l1: usual weight of the L1 distance.
        perceptual: usual weight of the distance in VGG features.
        discriminator_steps: discriminator steps a generator step.
        norm: the patch discriminator's.
        projected: discriminate on frozen features instead of patches.
        clip: bound of the discriminator's weights after each step, as WGAN clips them.
        penalty: weight of the gradient penalty.
        seeking: weight of the mode-seeking term.
    """

    loss: str
    generator: Rates
    discriminator: Rates
    l1: float = 100.0
    perceptual: float = 0.0
    discriminator_steps: int = 1
    norm: Norm = "batch"
    projected: bool = False
    clip: float | None = None
    penalty: float = 0.0
    seeking: float = 0.0

    def make_discriminator(self, channels: int) -> nn.Module:
        """Return an untrained discriminator; the patch one sees edges and picture, the projected one the picture."""
        if self.projected:
            backbone = lite0.EfficientNetLite0.from_pretrained()
            return ProjectedDiscriminator(backbone, lite0.CHANNELS[1:], skip=1, head_channels=channels)
        return PatchDiscriminator(4, channels, norm=self.norm)


ADAM = Rates(2e-4)  # pix2pix's
SLOW = Rates(1e-4, (0.0, 0.9))  # WGAN-GP's
RECIPES: dict[str, Recipe] = {
    "lsgan": Recipe("least_squares", ADAM, ADAM),
    "wgan": Recipe("wasserstein", Rates(5e-5, None), Rates(5e-5, None), discriminator_steps=5, clip=0.01),
    "wgan-gp": Recipe("wasserstein", SLOW, SLOW, discriminator_steps=5, norm="instance", penalty=10.0),
    "msgan": Recipe("least_squares", ADAM, ADAM, seeking=1.0),
    "projected": Recipe("hinge", ADAM, Rates(2e-4, (0.0, 0.99)), l1=10.0, perceptual=3.0, projected=True),
}
