"""What discriminator and generator minimise. Each loss is a pair of pure functions of logits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor
from torch.optim import Optimizer


@dataclass(frozen=True)
class AdversarialLoss:
    """What to minimise: ``discriminator(real_logits, fake_logits)`` and ``generator(fake_logits)``, scalars."""

    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]


def least_squares_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Pull real logits to 1 and fake ones to 0 (LSGAN, Mao et al., 2017, equation 2, halved as there)."""
    return 0.5 * ((real_logits.float() - 1).square().mean() + fake_logits.float().square().mean())


def least_squares_generator(fake_logits: Tensor) -> Tensor:
    """Pull fake logits to 1. pix2pix leaves LSGAN's factor of a half out on this side, and so does this."""
    return (fake_logits.float() - 1).square().mean()


def wasserstein_critic(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Drive real and fake scores apart (WGAN, Arjovsky et al., 2017, equation 3); the critic must be kept Lipschitz."""
    return fake_logits.float().mean() - real_logits.float().mean()


def wasserstein_generator(fake_logits: Tensor) -> Tensor:
    """Raise the critic's score of fakes."""
    return -fake_logits.float().mean()


def hinge_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Push real logits above 1 and fake ones below -1, no further (Lim and Ye, Geometric GAN, 2017)."""
    return F.relu(1 - real_logits.float()).mean() + F.relu(1 + fake_logits.float()).mean()


def cross_entropy_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Tell real from fake (Goodfellow et al., 2014, equation 1), logits taken as of a sigmoid."""
    real, fake = real_logits.float(), fake_logits.float()
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def cross_entropy_generator(fake_logits: Tensor) -> Tensor:
    """Make fakes be taken for real: the form that does not saturate (section 3 there)."""
    return F.softplus(-fake_logits.float()).mean()


LOSSES = {
    "cross_entropy": AdversarialLoss(cross_entropy_discriminator, cross_entropy_generator),
    "least_squares": AdversarialLoss(least_squares_discriminator, least_squares_generator),
    "wasserstein": AdversarialLoss(wasserstein_critic, wasserstein_generator),
    "hinge": AdversarialLoss(hinge_discriminator, wasserstein_generator),
}


def gradient_penalty(critic: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> Tensor:
    """Return how far the critic's gradient between real and fake is from unit length, squared.

    WGAN-GP (Gulrajani et al., 2017, equation 3, without its factor lambda). One random point on the line between each
    pair; the critic must not mix pictures of a batch.

    Args:
        critic: maps (B, C, H, W) to logits of any shape with the batch first.
        real: (B, C, H, W).
        fake: likewise.
    """
    share = torch.rand(len(real), 1, 1, 1, device=real.device)
    between = torch.lerp(real.float(), fake.detach().float(), share).requires_grad_()
    scores = critic(between).float().reshape(len(real), -1).mean(dim=1)
    (gradient,) = torch.autograd.grad(scores.sum(), between, create_graph=True)
    penalty: Tensor = (gradient.flatten(1).norm(dim=1) - 1).square().mean()
    return penalty


def mode_seeking(one: Tensor, other: Tensor, noise: Tensor, other_noise: Tensor) -> Tensor:
    """Return the inverse of how far two pictures differ for how far their noises do (MSGAN, Mao et al., 2019)."""
    pictures = (one.float() - other.float()).abs().mean()
    noises = (noise.float() - other_noise.float()).abs().mean()
    return 1 / (pictures / noises + 1e-5)


def set_requires_grad(parameters: Iterable[Tensor], wanted: bool) -> None:
    """Freeze or free weights: the generator's step needs no gradients in the discriminator's."""
    for parameter in parameters:
        parameter.requires_grad_(wanted)


def descend(optimizer: Optimizer, loss: Tensor, accelerator: Accelerator, *, max_norm: float | None = None) -> None:
    """Take one optimisation step down a loss, its gradients clipped to ``max_norm`` where given, and clear them."""
    accelerator.backward(loss)
    if max_norm is not None:
        accelerator.clip_grad_norm_(
            [weight for group in optimizer.param_groups for weight in group["params"]], max_norm
        )
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
