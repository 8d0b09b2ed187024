"""What discriminator and generator minimise. Each loss is a pair of pure functions of logits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class AdversarialLoss:
    """A game: ``discriminator(real_logits, fake_logits)`` and ``generator(fake_logits)``, scalars to minimise."""

    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]


def least_squares_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Pull real logits to 1 and fake ones to 0 (LSGAN, Mao et al., 2017, equation 2, halved as there)."""
    return 0.5 * ((real_logits.float() - 1).square().mean() + fake_logits.float().square().mean())


def least_squares_generator(fake_logits: Tensor) -> Tensor:
    """Pull fake logits to 1. pix2pix leaves LSGAN's factor of a half out on this side, and so does this."""
    return (fake_logits.float() - 1).square().mean()


LOSSES = {"lsgan": AdversarialLoss(least_squares_discriminator, least_squares_generator)}


def set_requires_grad(module: torch.nn.Module, wanted: bool) -> None:
    """Freeze or free a module: the generator's step needs no gradients in the discriminator's weights."""
    for parameter in module.parameters():
        parameter.requires_grad_(wanted)
