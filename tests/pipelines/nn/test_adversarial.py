from __future__ import annotations

import pytest
import torch

from pipelines.nn.adversarial import LOSSES, set_requires_grad
from pipelines.nn.patchgan import PatchDiscriminator

LSGAN = LOSSES["lsgan"]


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
    set_requires_grad(module, False)
    assert not any(parameter.requires_grad for parameter in module.parameters())
    set_requires_grad(module, True)
    assert all(parameter.requires_grad for parameter in module.parameters())
