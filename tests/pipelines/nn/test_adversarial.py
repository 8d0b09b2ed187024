from __future__ import annotations

import pytest
import torch

from pipelines.nn.adversarial import LOSSES, gradient_penalty, mode_seeking, set_requires_grad
from pipelines.nn.patchgan import PatchDiscriminator

LSGAN = LOSSES["least_squares"]


@pytest.mark.parametrize(
    ("real", "fake", "value"),
    [([1.0, 1.0], [0.0, 0.0], 0.0), ([0.0, 2.0], [1.0, -1.0], 1.0), ([3.0, 1.0], [0.0, 2.0], 2.0)],
)
def test_least_squares_of_the_discriminator(real: list[float], fake: list[float], value: float) -> None:
    assert LSGAN.discriminator(torch.tensor(real), torch.tensor(fake)).item() == pytest.approx(value)


@pytest.mark.parametrize(("fake", "value"), [([1.0, 1.0], 0.0), ([0.0, 0.0], 1.0), ([3.0, 0.0], 2.5)])
def test_least_squares_of_the_generator(fake: list[float], value: float) -> None:
    assert LSGAN.generator(torch.tensor(fake)).item() == pytest.approx(value)


def test_half_precision_is_summed_in_full() -> None:
    logits = torch.full((300,), 100.0, dtype=torch.float16)
    assert LSGAN.generator(logits).item() == pytest.approx(99.0**2)
    assert LSGAN.discriminator(logits, logits).dtype == torch.float32


def test_the_two_pull_against_each_other() -> None:
    fake = torch.tensor([0.4], requires_grad=True)
    (up,) = torch.autograd.grad(LSGAN.generator(fake), fake)
    (down,) = torch.autograd.grad(LSGAN.discriminator(torch.ones(1), fake), fake)
    assert up < 0 < down


def test_freezing_goes_both_ways() -> None:
    module = PatchDiscriminator(1, 4)
    set_requires_grad(module.parameters(), False)
    assert not any(parameter.requires_grad for parameter in module.parameters())
    set_requires_grad(module.parameters(), True)
    assert all(parameter.requires_grad for parameter in module.parameters())


def test_the_critic_wants_the_scores_apart_and_the_generator_wants_them_high() -> None:
    loss, real, fake = LOSSES["wasserstein"], torch.tensor([3.0, 1.0]), torch.tensor([-1.0, 0.0])
    assert loss.discriminator(real, fake).item() == -2.5 and loss.generator(fake).item() == 0.5


def test_the_hinge_asks_no_more_than_its_margin() -> None:
    loss = LOSSES["hinge"]
    assert loss.discriminator(torch.tensor([1.0, 5.0]), torch.tensor([-1.0, -7.0])).item() == 0
    assert loss.discriminator(torch.tensor([0.0]), torch.tensor([0.5])).item() == 2.5


@pytest.mark.parametrize("slope", [0.0, 1.0, 3.0])
def test_the_penalty_is_the_squared_distance_of_the_slope_from_one(slope: float) -> None:
    direction = torch.randn(1, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    direction = direction / direction.norm()
    real, fake = torch.randn(5, 3, 4, 4), torch.randn(5, 3, 4, 4)
    penalty = gradient_penalty(lambda x: slope * (x * direction).sum(dim=(1, 2, 3)), real, fake)
    assert penalty.item() == pytest.approx((slope - 1) ** 2, abs=1e-5)


def test_the_penalty_teaches_the_critic() -> None:
    critic = PatchDiscriminator(3, 4, norm="instance")
    gradient_penalty(critic, torch.randn(2, 3, 32, 32), torch.randn(2, 3, 32, 32)).backward()
    gradients = [weight.grad for weight in critic.parameters() if weight.grad is not None]
    assert gradients and all(bool(gradient.isfinite().all()) for gradient in gradients)


def test_seeking_rewards_pictures_that_differ() -> None:
    noise, other = torch.zeros(2, 8), torch.ones(2, 8)
    one = torch.zeros(2, 3, 4, 4)
    assert mode_seeking(one, one + 0.5, noise, other).item() == pytest.approx(2, rel=1e-3)
    assert mode_seeking(one, one + 0.1, noise, other) > mode_seeking(one, one + 0.5, noise, other)
