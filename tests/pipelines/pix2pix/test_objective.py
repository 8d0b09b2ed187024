from __future__ import annotations

import itertools
import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from pipelines.common import device
from pipelines.common.errors import Misuse
from pipelines.pix2pix.adversarial import RECIPES
from pipelines.pix2pix.config import Pix2PixConfig
from pipelines.pix2pix.data import held_out_pair
from pipelines.pix2pix.evaluation import Generate, evaluate_generator, resized
from pipelines.pix2pix.networks import Pix2PixGenerator
from pipelines.pix2pix.objective import Pix2PixObjective
from pipelines.pix2pix.pipeline import Pix2PixPipeline
from pipelines.training.run import Run
from pipelines.weights import hub
from tests.pipelines.accelerators import in_float32
from tests.tools import TINY

SMALL = {**TINY, "data": "synthetic:24"}
CPU = device.choose("cpu")


def made(**settings: object) -> Pix2PixObjective:
    return Pix2PixObjective(Pix2PixConfig.parse({**SMALL, **settings}))


@pytest.fixture(scope="module")
def objective() -> Pix2PixObjective:
    return made()


def evaluated(objective: Pix2PixObjective, generate: Generate) -> dict[str, float]:
    entries = objective.split.held_out
    train = objective.split.train[: len(entries)]
    return evaluate_generator(generate, objective.source, entries, train, size=64, noise_dim=8, seed=1)


def test_it_has_learnt_what_an_untrained_one_cannot(pix2pix_weights: Path, objective: Pix2PixObjective) -> None:
    torch.manual_seed(5)
    config = json.loads((pix2pix_weights / "config.json").read_text())
    pipes = Pix2PixPipeline.from_pretrained(pix2pix_weights), Pix2PixPipeline(Pix2PixGenerator(**config), CPU)
    learnt, blank = (evaluated(objective, pipe.generate) for pipe in pipes)
    assert learnt["l1"] < 0.4 * blank["l1"] and learnt["ssim"] > blank["ssim"] + 0.1
    assert learnt["n"] == len(objective.split.held_out)


def test_the_real_picture_scores_best_and_white_worst(objective: Pix2PixObjective) -> None:
    entries = [entry for entry in objective.split.held_out for _ in range(2)]
    known = iter([resized(held_out_pair(objective.source.load(entry)), 64)[None] for entry in entries])
    best, white = (
        (evaluated(objective, lambda *_: next(known))),
        evaluated(objective, lambda *_: torch.ones(1, 3, 64, 64)),
    )
    assert (best["l1"], best["ssim"], best["diversity"]) == (0, pytest.approx(1), 0)
    assert best["edge_f1"] == best["edge_f1_real"] > 0.8
    assert white["l1"] > 0.1 and white["ssim"] < 0.9 and white["edge_f1"] == 0
    # To copy the lines scores well on lines and badly on looks.
    assert best["edge_f1_lines"] > 0.8 and best["kid_efficientnet_lite0"] < best["kid_efficientnet_lite0_lines"]


def test_diversity_is_the_difference_of_two_seeds(objective: Pix2PixObjective) -> None:
    shades = itertools.cycle([torch.full((1, 3, 64, 64), value) for value in (-1.0, -0.6)])
    assert evaluated(objective, lambda *_: next(shades))["diversity"] == pytest.approx(0.2)


def test_held_out_pictures_train_nothing(objective: Pix2PixObjective) -> None:
    train, held_out = ({entry.key for entry in part} for part in (objective.split.train, objective.split.held_out))
    assert train and held_out and not train & held_out
    data = next(iter(objective.batches(0)))
    assert data["source"].shape == (4, 1, 64, 64)


def test_batches_from_a_later_step_are_the_tail(objective: Pix2PixObjective) -> None:
    whole, tail = list(islice(objective.batches(0), 4)), list(islice(objective.batches(2), 2))
    assert all(torch.equal(one[name], two[name]) for one, two in zip(whole[2:], tail, strict=True) for name in one)


def test_the_same_seed_is_the_same_start() -> None:
    weights = [objective.modules["generator"].head.weight for objective in (made(seed=1), made(seed=1), made(seed=2))]  # type: ignore[union-attr]
    assert torch.equal(weights[0], weights[1]) and not torch.equal(weights[0], weights[2])


def test_the_preview_is_the_same_every_time(objective: Pix2PixObjective) -> None:
    for module in objective.modules.values():
        module.eval()
    assert objective.preview().tobytes() == objective.preview().tobytes()
    assert objective.preview().width == 10 * 64


def test_too_little_data_for_a_batch() -> None:
    with pytest.raises(Misuse) as error:
        made(batch_size=64).batches(0)
    assert error.value.code == "data_less_than_a_batch" and error.value.values["batch"] == 64


def test_the_way_back_trains_too(tmp_path: Path) -> None:
    back = made(direction="picture_to_edges")
    scalars = back.step(next(iter(back.batches(0))), in_float32())
    assert all(value.isfinite() for value in scalars.values()) and back.evaluate() == {}
    back.export(tmp_path)
    exported = hub.load_model(Pix2PixGenerator, tmp_path)
    assert (exported.in_channels, exported.out_channels) == (3, 1) and back.preview().height > 64


def test_an_export_is_half_precision_and_small(pix2pix_run: Run) -> None:
    folder = pix2pix_run.exports / "last"
    assert (folder / "model.safetensors").stat().st_size < 2.2 * sum(
        value.numel() for value in hub.load_model(Pix2PixGenerator, folder).parameters()
    ) + 100_000
    assert (pix2pix_run.exports / "best" / "config.json").is_file()


@pytest.mark.parametrize("name", RECIPES)
def test_every_adversarial_loss_teaches_both_and_keeps_its_rules(name: str) -> None:
    objective = made(adversarial=name)
    recipe, accelerator = objective.recipe, in_float32()
    before = {key: [weight.clone() for weight in weights] for key, weights in objective.trained.items()}
    moved: dict[str, list[float]] = {"generator": [], "discriminator": []}
    for batch in islice(objective.batches(0), recipe.discriminator_steps):
        scalars = objective.step(batch, accelerator)
        assert all(value.isfinite() for value in scalars.values())
        for key, weights in objective.trained.items():
            changed = [not torch.equal(old, new) for old, new in zip(before[key], weights, strict=True)]
            moved[key].append(float(np.mean(changed)))
    assert {"generator", "discriminator", "l1"} <= scalars.keys()
    assert ("penalty" in scalars, "seeking" in scalars, "perceptual" in scalars) == (
        name == "wgan-gp",
        name == "msgan",
        name == "projected",
    )
    assert moved["generator"][:-1] == [0] * (recipe.discriminator_steps - 1) and moved["generator"][-1] > 0.9
    assert min(moved["discriminator"]) > (0.9 if name in ("lsgan", "wgan") else 0)
    if recipe.clip is not None:
        assert max(float(weight.abs().max()) for weight in objective.trained["discriminator"]) <= recipe.clip


@pytest.mark.parametrize(
    ("name", "term", "network"), [("wgan-gp", "penalty", "discriminator"), ("msgan", "seeking", "generator")]
)
def test_a_loss_of_its_own_is_descended_on(name: str, term: str, network: str) -> None:
    taught = []
    for weight in (getattr(RECIPES[name], term), 1e-9):
        objective = made(adversarial=name)
        objective.recipe = replace(objective.recipe, **{term: weight})
        torch.manual_seed(1)
        objective.step(next(iter(objective.batches(0))), in_float32())
        taught.append(objective.trained[network])
    assert any(not torch.equal(one, other) for one, other in zip(*taught, strict=True))


def test_the_critic_keeps_its_steps_after_a_resume() -> None:
    objective = made(adversarial="wgan")
    scalars = [set(objective.step(batch, in_float32())) for batch in islice(objective.batches(3), 3)]
    assert ["l1" in names for names in scalars] == [False, True, False]


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("levels", {"levels": 7}),
        ("accumulate", {"adversarial": "wgan", "accumulate": 2}),
        ("maps", {"maps": "/no/such/folder"}),
    ],
)
def test_settings_that_do_not_fit_are_refused(name: str, settings: dict[str, object]) -> None:
    with pytest.raises(Misuse) as error:
        made(**settings)
    assert error.value.values["name"] == name
    assert error.value.code == ("argument_out_of_range" if name == "levels" else "setting_invalid")
