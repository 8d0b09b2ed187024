from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pipelines.biggan.config import PRESETS, WATCHED, BigGANConfig
from pipelines.biggan.objective import BigGANObjective, make_discriminator, relabelled, relabelled_split
from pipelines.common.errors import Misuse
from pipelines.data.entries import Entry
from pipelines.data.splits import Split
from tests.pipelines.accelerators import in_float32
from tests.pipelines.biggan.shared import QUICK
from tests.pipelines.wrapped import Wrapped
from tests.tools import trained, weights_of


def test_runs_reproduce_and_another_seed_is_another_run(tmp_path: Path) -> None:
    quick = {"steps": 3, "evaluated": 2, "discriminator_steps": 1, "augmentation": True, "jitter": True}
    ends = []
    for name, seed in (("one", 7), ("again", 7), ("other", 8)):
        run = trained(tmp_path / name, "biggan", BigGANConfig.parse({**QUICK, **quick, "seed": seed}))
        ends.append(weights_of(run, 3))
    assert ends[0] == ends[1] != ends[2]
    one, other = (BigGANObjective(BigGANConfig.parse({**QUICK, "seed": seed})) for seed in (7, 8))
    first: list[Any] = [objective.modules["generator"].last.conv for objective in (one, other)]  # type: ignore[union-attr]
    assert not torch.equal(*(layer.parametrizations.weight.original for layer in first)), "weights at first"
    assert not torch.equal(*(next(iter(objective.batches(0)))["picture"] for objective in (one, other))), "the order"


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_keeps_the_best_with_its_sheet(preset: str) -> None:
    config = BigGANConfig.parse(PRESETS[preset])
    assert config.watch == WATCHED and config.evaluate_every % config.preview_every == 0
    assert preset == "smoke" or config.preview_every == 1000


def test_a_watched_distance_needs_pictures_to_be_measured_of() -> None:
    with pytest.raises(Misuse, match=f"watch: {WATCHED} needs 2 samples .* got 1 and"):
        BigGANObjective(BigGANConfig.parse({**QUICK, "watch": WATCHED, "evaluated": 1}))


def test_quantised_features_and_changed_colours_train_too(tmp_path: Path) -> None:
    settings = {**QUICK, "quantization": 10.0, "jitter": True, "discriminator_steps": 2, "steps": 4}
    run = trained(tmp_path / "run", "biggan", BigGANConfig.parse(settings))
    values = [line["commitment"] for line in run.metrics() if "commitment" in line]
    assert values and all(0 < value < 100 for value in values)
    with pytest.raises(Misuse, match="accumulate"):  # generator and discriminator would count batches together
        BigGANObjective(BigGANConfig.parse({**QUICK, "accumulate": 2, "discriminator_steps": 2}))
    with pytest.raises(Misuse, match="quantization"):
        BigGANObjective(BigGANConfig.parse({**settings, "projected": True}))


def test_colours_change_alike_from_any_step_on() -> None:
    plain, changed = (BigGANObjective(BigGANConfig.parse({**QUICK, "jitter": jitter})) for jitter in (False, True))
    before = torch.get_rng_state()
    coming = iter(changed.batches(0))
    first = [next(coming) for _ in range(4)]
    assert torch.equal(torch.get_rng_state(), before), "noise is as without it"
    assert torch.equal(first[3]["picture"], next(iter(changed.batches(3)))["picture"])
    difference = (first[0]["picture"].int() - next(iter(plain.batches(0)))["picture"].int()).abs().float()
    assert 2 < difference.mean() < 60
    assert len({round(float(one), 3) for one in difference.mean(dim=(1, 2, 3))}) > 4, "each by its own amount"


def test_classes_become_superclasses_where_they_are_cifars() -> None:
    entries = [Entry("a.png", "trout"), Entry("b.png", "oak_tree")]
    assert [entry.label for entry in relabelled(entries, True)] == ["fish", "trees"]
    assert relabelled(entries, False) is entries
    others = [*entries, Entry("c.png", "unicorn")]
    assert relabelled(others, True) is others
    flowers = [Entry("a.png", "rose"), Entry("b.png", "tulip")]
    assert relabelled(flowers, True) is flowers, "kinds of one superclass stay apart"
    assert relabelled_split(Split(others, entries), True) == (others, entries), "both parts or neither"


def test_a_step_teaches_the_discriminator_as_often_as_asked() -> None:
    objective = BigGANObjective(BigGANConfig.parse({**QUICK, "discriminator_steps": 3}))
    batch = next(iter(objective.batches(0)))
    assert len(batch["label"]) == 3 * QUICK["batch_size"]
    objective.step(batch, in_float32())
    taken = {name: int(next(iter(one.state.values()))["step"]) for name, one in objective.optimizers.items()}
    assert taken == {"discriminator": 3, "generator": 1}


def test_a_classifier_of_real_pictures_guides_the_made_ones() -> None:
    settings = {**QUICK, "projected": True, "enlarged": 64, "classification": 10.0, "discriminator_steps": 1}
    settings |= {"batch_size": 6, "generator_rate": 4e-2, "discriminator_rate": 5e-3}
    objective = BigGANObjective(BigGANConfig.parse(settings))
    accelerator = in_float32()
    batches = itertools.islice(objective.batches(0), 35)
    losses = [float(objective.step(batch, accelerator)["class_of_made"]) for batch in batches]
    assert np.mean(losses[-10:]) < 0.75 * np.mean(losses[:10])
    with pytest.raises(Misuse, match="classification"):
        BigGANObjective(BigGANConfig.parse({**settings, "projected": False}))


def test_made_pictures_do_not_teach_the_classifier() -> None:
    settings = {**QUICK, "projected": True, "enlarged": 64, "classification": 1.0, "discriminator_steps": 1}
    left: list[dict[str, torch.Tensor]] = []
    for share in (1.0, -1.0):
        objective = BigGANObjective(BigGANConfig.parse(settings))
        with torch.no_grad():
            for weight in objective.modules["generator"].first.parameters():  # type: ignore[union-attr]
                weight.mul_(share)
        objective.step(next(iter(objective.batches(0))), in_float32())
        left.append(objective.modules["classifier"].state_dict())
    assert all(torch.equal(value, left[1][name]) for name, value in left[0].items())


@pytest.mark.parametrize("settings", [{"projected": True, "enlarged": 64}, {}])
def test_a_step_teaches_both_through_what_shares_gradients(settings: dict[str, Any]) -> None:
    objective = BigGANObjective(BigGANConfig.parse({**QUICK, "discriminator_steps": 1, **settings}))
    wrapped = objective.modules["discriminator"] = Wrapped(objective.modules["discriminator"])
    names = ("generator", "discriminator")
    before = {name: {k: v.clone() for k, v in objective.modules[name].state_dict().items()} for name in names}
    objective.step(next(iter(objective.batches(0))), in_float32())
    assert wrapped.calls == 3, "of real, of made, and of made by the generator's step"
    changed = {
        name: {key for key, value in objective.modules[name].state_dict().items() if not torch.equal(value, old[key])}
        for name, old in before.items()
    }
    assert any("conv2" in key for key in changed["generator"])
    learned = ("module.heads.", "module.embeddings.") if settings else "module."
    assert changed["discriminator"] and all(key.startswith(learned) for key in changed["discriminator"])


def test_settings_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(Misuse, match="shared_dim"):
        BigGANObjective(BigGANConfig.parse({**QUICK, "hierarchical": True}))


@pytest.mark.parametrize("enlarged", [64, 128])
def test_a_projected_discriminator_sees_each_pixel(enlarged: int) -> None:
    config = BigGANConfig.parse({**QUICK, "projected": True, "enlarged": enlarged, "discriminator_channels": 8})
    discriminator: Any = make_discriminator(config, 2)
    levels = discriminator.project(torch.zeros(1, 3, 32, 32))
    assert levels[0].shape[-1] == 32 and levels[-1].shape[-1] == enlarged // 32
