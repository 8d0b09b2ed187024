from __future__ import annotations

import pytest
import torch
from torch import nn

from pipelines.training.averaging import MovingAverage


def test_the_average_follows_the_formula() -> None:
    module = nn.Linear(1, 1, bias=False)
    average = MovingAverage(module, decay=0.25)
    expected = None
    for number, value in enumerate([1.0, 5.0, -3.0, 4.0, 2.0]):
        nn.init.constant_(module.weight, value)
        average.update_parameters(module)
        decay = min(0.25, (1 + number) / (10 + number))  # 0.1, 2 / 11, 0.25, ...
        expected = value if expected is None else decay * expected + (1 - decay) * value
        assert average.module.weight.item() == pytest.approx(expected, rel=1e-6)


def test_decay_zero_is_the_module_itself() -> None:
    module = nn.Linear(3, 2)
    average = MovingAverage(module, decay=0.0)
    for _ in range(3):
        nn.init.normal_(module.weight)
        average.update_parameters(module)
    assert torch.equal(average.module.weight, module.weight)


def test_buffers_are_copied() -> None:
    module = nn.BatchNorm1d(2)
    average = MovingAverage(module, decay=0.9)
    for _ in range(4):
        module(torch.randn(8, 2) + 5)
        average.update_parameters(module)
    assert torch.equal(average.module.running_mean, module.running_mean)
    assert torch.equal(average.module.num_batches_tracked, module.num_batches_tracked)


def test_the_average_takes_no_gradients_and_leaves_the_module_alone() -> None:
    module = nn.Linear(2, 2)
    before = module.weight.clone()
    average = MovingAverage(module, decay=0.5)
    average.update_parameters(module)
    assert not any(parameter.requires_grad for parameter in average.parameters())
    assert module.weight.requires_grad and torch.equal(module.weight, before)
