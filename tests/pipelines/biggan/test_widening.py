from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from pipelines.biggan.config import BigGANConfig
from pipelines.biggan.networks import BigGANGenerator
from pipelines.biggan.objective import BigGANObjective
from pipelines.biggan.widening import widened
from pipelines.common.errors import Misuse
from tests.pipelines.biggan.shared import QUICK
from tests.tools import trained

CLASSES = ("cats", "dogs", "birds")
LABELS = torch.arange(3).repeat(8)
NOISE = torch.randn(24, 16, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def narrow() -> BigGANGenerator:
    """A generator whose every weight, bias and statistic says something."""
    torch.manual_seed(2)
    generator = BigGANGenerator(CLASSES, base_channels=8, noise_dim=16)
    for weight in generator.parameters():
        torch.nn.init.normal_(weight, 0.0, 0.3)
    for _ in range(60):
        generator(NOISE, LABELS)
    return generator


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("training", [False, True])
def test_a_wider_generator_makes_the_same_pictures(narrow: BigGANGenerator, times: int, training: bool) -> None:
    wide = BigGANGenerator(CLASSES, base_channels=8 * times, noise_dim=16)
    wide.load_state_dict(widened(narrow.state_dict(), times, noise=0.0))
    with torch.no_grad():
        before, after = (one.train(training)(NOISE, LABELS) for one in (narrow, wide))
    assert before.std() > 0.1 and (before - after).abs().max() < 1e-3


def test_copies_of_a_channel_differ_but_for_little(narrow: BigGANGenerator) -> None:
    wide = BigGANGenerator(CLASSES, base_channels=16, noise_dim=16)
    wide.load_state_dict(widened(narrow.state_dict(), 2))
    kernels: Any = wide.blocks[1].conv1.conv.parametrizations.weight.original  # type: ignore[union-attr]
    first, second = kernels.detach().chunk(2)
    assert (first - second).abs().mean() > 0.01 * first.std()
    with torch.no_grad():
        change = (narrow.eval()(NOISE, LABELS) - wide.eval()(NOISE, LABELS)).abs().mean()
    assert 0 < change < 0.05
    again = widened(narrow.state_dict(), 2)
    assert all(torch.equal(value, again[name]) for name, value in widened(narrow.state_dict(), 2).items())


def test_a_run_begins_with_a_narrower_one(tmp_path: Path) -> None:
    quick = {**QUICK, "steps": 2, "evaluated": 2, "discriminator_steps": 1}
    before = trained(tmp_path / "narrow", "biggan", BigGANConfig.parse(quick))
    wider = {**quick, "base_channels": 16, "widened_from": str(before.path)}
    objective = BigGANObjective(BigGANConfig.parse(wider))
    alone = BigGANObjective(BigGANConfig.parse({**wider, "widened_from": None}))
    assert [stage["steps"] for stage in objective.begun_with] == [2] and not alone.begun_with
    narrow = BigGANGenerator.from_pretrained(before.exports / "last").state_dict()
    made: Any = objective.modules["generator"]
    assert torch.allclose(made.norm.weight, narrow["norm.weight"].repeat(2) / 2**0.5, rtol=1e-3)
    kept, drawn = (one.modules["discriminator"].state_dict() for one in (objective, alone))
    assert not all(torch.equal(value, drawn[name]) for name, value in kept.items()), "its teacher has learned as well"
    run = trained(tmp_path / "wide", "biggan", BigGANConfig.parse(wider))
    shutil.rmtree(before.path)
    onwards = {**wider, "widened_from": None, "steps": 3}
    assert trained(tmp_path / "wide", "biggan", BigGANConfig.parse(onwards)).path == run.path, "it needs it no more"
    exported = run.exports / "last"
    assert BigGANGenerator.from_pretrained(exported).channels == 64
    assert (exported / "trained.json").read_text().count('"biggan"') == 2


def test_what_cannot_be_widened_gets_a_sentence(tmp_path: Path) -> None:
    before = trained(tmp_path / "narrow", "biggan", BigGANConfig.parse({**QUICK, "steps": 1, "evaluated": 2}))
    wider = {**QUICK, "widened_from": str(before.path)}
    for settings, words in (
        ({"base_channels": 12}, "base_channels: no multiple"),
        ({"base_channels": 16, "start_from": "biggan"}, "widened_from: takes no start_from"),
        ({"base_channels": 16, "attention": True}, "widened_from: takes neither"),
        ({"base_channels": 16, "shared_dim": 8}, "widened_from: takes neither"),
        ({"base_channels": 16, "noise_dim": 20}, "narrow"),
        ({"base_channels": 16, "discriminator_channels": 16}, "narrow"),
    ):
        with pytest.raises(Misuse, match=words):
            BigGANObjective(BigGANConfig.parse({**wider, **settings}))
    with pytest.raises(Misuse):
        BigGANObjective(BigGANConfig.parse({**wider, "widened_from": str(tmp_path / "nothing")}))
