from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from accelerate import Accelerator

from pipelines.common import device
from pipelines.common.errors import Misuse
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.pix2pix.adversarial import RECIPES
from pipelines.pix2pix.data import held_out_pair
from pipelines.pix2pix.evaluation import evaluate_generator, resized
from pipelines.pix2pix.networks import Pix2PixGenerator
from pipelines.pix2pix.objective import Pix2PixConfig, Pix2PixObjective
from pipelines.pix2pix.pipeline import Pix2PixPipeline
from pipelines.training.run import Run
from pipelines.training.trainer import Trainer
from pipelines.weights import hub
from tests.tools import TINY

SMALL = {**TINY, "data": "synthetic:24"}


@pytest.fixture(scope="module")
def objective() -> Pix2PixObjective:
    return Pix2PixObjective(Pix2PixConfig.parse(SMALL))


def test_it_has_learnt_what_an_untrained_one_cannot(pix2pix_weights: Path) -> None:
    source = open_source("synthetic:64")
    held_out = split_source(source).held_out
    trained = Pix2PixPipeline.from_pretrained(pix2pix_weights, "cpu")
    torch.manual_seed(5)
    config = json.loads((pix2pix_weights / "config.json").read_text())
    untrained = Pix2PixPipeline(Pix2PixGenerator(**config), device.choose("cpu"))
    learnt, blank = (
        evaluate_generator(pipe.paint, source, held_out, size=64, noise_dim=8, seed=1) for pipe in (trained, untrained)
    )
    assert learnt["l1"] < 0.4 * blank["l1"]
    assert learnt["ssim"] > blank["ssim"] + 0.1
    assert learnt["n"] == len(held_out)


def test_a_painter_that_knows_the_picture_scores_best(objective: Pix2PixObjective) -> None:
    source, entries = objective.source, objective.split.held_out
    known = iter([resized(held_out_pair(source.load(entry)), 64)[None] for entry in entries for _ in range(2)])
    best = evaluate_generator(lambda *_: next(known), source, entries, size=64, noise_dim=8, seed=1)
    white = evaluate_generator(lambda *_: torch.ones(1, 3, 64, 64), source, entries, size=64, noise_dim=8, seed=1)
    assert (best["l1"], best["ssim"], best["diversity"]) == (0, pytest.approx(1), 0)
    assert best["edge_f1"] == best["edge_f1_real"] > 0.8
    assert white["l1"] > 0.1 and white["ssim"] < 0.9 and white["edge_f1"] == 0


def test_diversity_is_the_difference_of_two_seeds(objective: Pix2PixObjective) -> None:
    source, entries = objective.source, objective.split.held_out
    shades = iter([torch.full((1, 3, 64, 64), value) for value in (-1.0, -0.6) * len(entries)])
    metrics = evaluate_generator(lambda *_: next(shades), source, entries, size=64, noise_dim=8, seed=1)
    assert metrics["diversity"] == pytest.approx(0.2)


def test_held_out_pictures_train_nothing(objective: Pix2PixObjective) -> None:
    train, held_out = ({entry.key for entry in part} for part in (objective.split.train, objective.split.held_out))
    assert train and held_out and not train & held_out
    data = next(iter(objective.batches(0)))
    assert data["source"].shape == (4, 1, 64, 64)


def test_batches_from_a_later_step_are_the_tail(objective: Pix2PixObjective) -> None:
    whole, tail = list(islice(objective.batches(0), 7)), list(islice(objective.batches(4), 3))
    assert all(torch.equal(one[name], two[name]) for one, two in zip(whole[4:], tail, strict=True) for name in one)


def test_a_step_teaches_both_networks() -> None:
    objective = Pix2PixObjective(Pix2PixConfig.parse(SMALL))
    before = {name: [p.clone() for p in module.parameters()] for name, module in objective.modules.items()}
    scalars = objective.step(next(iter(objective.batches(0))), Accelerator(cpu=True))
    assert {"generator", "discriminator", "l1"} <= scalars.keys() and all(
        value.isfinite() for value in scalars.values()
    )
    for name, module in objective.modules.items():
        moved = [not torch.equal(old, new) for old, new in zip(before[name], module.parameters(), strict=True)]
        assert np.mean(moved) > 0.9


def test_the_same_seed_is_the_same_start() -> None:
    one, two, other = (Pix2PixObjective(Pix2PixConfig.parse({**SMALL, "seed": seed})) for seed in (1, 1, 2))
    weights = [objective.modules["generator"].head.weight for objective in (one, two, other)]  # type: ignore[union-attr]
    assert torch.equal(weights[0], weights[1]) and not torch.equal(weights[0], weights[2])


def test_the_preview_is_the_same_every_time(objective: Pix2PixObjective) -> None:
    for module in objective.modules.values():
        module.eval()
    assert objective.preview().tobytes() == objective.preview().tobytes()
    assert objective.preview().width == 10 * 64


def test_levels_that_do_not_fit_the_size() -> None:
    with pytest.raises(Misuse) as error:
        Pix2PixObjective(Pix2PixConfig.parse({**SMALL, "levels": 7}))
    assert (error.value.code, error.value.values["high"]) == ("argument_out_of_range", 6)


def test_too_little_data_for_a_batch(tmp_path: Path) -> None:
    config = Pix2PixConfig.parse({**SMALL, "batch_size": 64})
    with pytest.raises(Misuse) as error:
        next(iter(Pix2PixObjective(config).batches(0)))
    assert error.value.code == "data_too_few"


def test_the_way_back_trains_too(tmp_path: Path) -> None:
    config, run = Pix2PixConfig.parse({**SMALL, "direction": "picture_to_edges", "steps": 2}), Run(tmp_path)
    run.prepare("pix2pix", config)
    assert Trainer(Pix2PixObjective(config), config, run).fit() == "finished"
    exported = hub.load_model(Pix2PixGenerator, run.exports / "last")
    assert (exported.in_channels, exported.out_channels) == (3, 1)


def test_an_export_is_half_precision_and_small(pix2pix_run: Run) -> None:
    folder = pix2pix_run.exports / "last"
    assert (folder / "model.safetensors").stat().st_size < 2.2 * sum(
        value.numel() for value in hub.load_model(Pix2PixGenerator, folder).parameters()
    ) + 100_000
    assert (pix2pix_run.exports / "best" / "config.json").is_file()


@pytest.mark.parametrize("name", RECIPES)
def test_every_game_teaches_both_and_keeps_its_rules(name: str) -> None:
    objective = Pix2PixObjective(Pix2PixConfig.parse({**SMALL, "adversarial": name}))
    recipe, accelerator = objective.recipe, Accelerator(cpu=True)
    before = {key: [p.clone() for p in module.parameters()] for key, module in objective.modules.items()}
    moved: dict[str, list[bool]] = {"generator": [], "discriminator": []}
    for batch in islice(objective.batches(0), recipe.discriminator_steps):
        scalars = objective.step(batch, accelerator)
        assert all(value.isfinite() for value in scalars.values())
        for key, module in objective.modules.items():
            moved[key].append(any(not torch.equal(a, b) for a, b in zip(before[key], module.parameters(), strict=True)))
    assert moved["generator"] == [False] * (recipe.discriminator_steps - 1) + [True]
    assert all(moved["discriminator"])
    if recipe.clip is not None:
        assert max(float(p.abs().max()) for p in objective.modules["discriminator"].parameters()) <= recipe.clip


def test_the_critic_keeps_its_turns_after_a_resume() -> None:
    objective = Pix2PixObjective(Pix2PixConfig.parse({**SMALL, "adversarial": "wgan"}))
    scalars = [set(objective.step(batch, Accelerator(cpu=True))) for batch in islice(objective.batches(3), 3)]
    assert ["l1" in names for names in scalars] == [False, True, False]


def test_copying_the_lines_scores_well_on_lines_and_badly_on_looks(objective: Pix2PixObjective) -> None:
    source, entries = objective.source, objective.split.held_out
    known = iter([resized(held_out_pair(source.load(entry)), 64)[None] for entry in entries for _ in range(2)])
    metrics = evaluate_generator(lambda *_: next(known), source, entries, size=64, noise_dim=8, seed=1)
    assert metrics["edge_f1_lines"] > 0.8
    assert metrics["kid_efficientnet_lite0"] < metrics["kid_efficientnet_lite0_lines"]


@pytest.mark.parametrize(
    "setting", [{"adversarial": "wgan", "accumulate": 2}, {"maps": "/no/such/folder"}], ids=["accumulate", "maps"]
)
def test_settings_that_would_teach_something_else_are_refused(setting: dict[str, object]) -> None:
    with pytest.raises(Misuse) as error:
        Pix2PixObjective(Pix2PixConfig.parse({**SMALL, **setting}))
    assert (error.value.code, error.value.values["name"]) == ("setting_invalid", next(reversed(setting)))
