from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from accelerate import Accelerator

from pipelines import commands, systems
from pipelines.chimera.assembly import assemble
from pipelines.chimera.data import reserve
from pipelines.chimera.evaluation import evaluate_generator
from pipelines.chimera.networks import ChimeraModel
from pipelines.chimera.objective import PRESETS, ChimeraConfig, ChimeraObjective
from pipelines.chimera.rendering import Renderer
from pipelines.chimera.scene import choose_styles
from pipelines.common.errors import Misuse
from pipelines.training.run import Run
from pipelines.training.trainer import Trainer
from pipelines.weights import hub
from tests.pipelines.chimera.test_data import packed

SMALL = {**PRESETS["smoke"], "data": "synthetic:24", "device": "cpu", "precision": "fp32", "evaluated": 2}
SMALL |= {"style_dim": 6}


def made(**settings: object) -> ChimeraObjective:
    return ChimeraObjective(ChimeraConfig.parse({**SMALL, **settings}))


@pytest.fixture(scope="module")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("drawings") / "drawings.npz"
    np.savez_compressed(path, lines=packed())
    return path


@pytest.fixture(scope="module")
def objective(drawings: Path) -> ChimeraObjective:
    return made(drawings=str(drawings))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, drawings: Path) -> Run:
    """A model that has learnt a little: what is inside and what is not."""
    quick = {"steps": 24, "learning_rate": 5e-3, "checkpoint_every": 12, "log_every": 12, "ema_decay": 0.5}
    config = ChimeraConfig.parse({**SMALL, **quick, "drawings": str(drawings), "perceptual_weight": 0})
    run = Run(tmp_path_factory.mktemp("chimera") / "run")
    run.prepare("chimera", config)
    assert Trainer(ChimeraObjective(config), config, run).fit() == "finished"
    return run


def test_it_has_learnt_what_an_untrained_one_cannot(run: Run, objective: ChimeraObjective) -> None:
    model = hub.load_model(ChimeraModel, run.exports / "last")
    learnt, blank = (
        evaluate_generator(renderer, objective.source, objective.split.held_out, seed=1)
        for renderer in (Renderer(model), objective.renderer())
    )
    assert learnt["alpha_iou"] > 0.8 > blank["alpha_iou"] + 0.2
    assert learnt["l1"] < 0.6 * blank["l1"] and learnt["n"] == len(objective.split.held_out)
    # The bank knows every picture.
    assert len(model.bank_codes) == len(objective.split.train) and model.bank_codes.std() > 0
    assert set(model.classes) == {entry.label for entry in objective.split.train}
    assert 0 <= model.bank_natural.min() <= model.bank_natural.max() <= 1
    assert (run.previews / "step-00000024.png").is_file()


def test_an_exported_checkpoint_is_what_the_run_exported(run: Run, tmp_path: Path) -> None:
    assert commands.export(systems.find("chimera"), run.path, tmp_path / "last") == 24
    assert commands.export(systems.find("chimera"), run.path, tmp_path / "earlier", step=12) == 12
    for name in ("config.json", "model.safetensors"):
        assert (tmp_path / "last" / name).read_bytes() == (run.exports / "last" / name).read_bytes()
    with pytest.raises(Misuse):
        commands.export(systems.find("chimera"), run.path, tmp_path / "never", step=5)


def test_a_step_teaches_all_four_and_remembers(objective: ChimeraObjective) -> None:
    before = {name: [p.clone() for p in module.parameters()] for name, module in objective.modules.items()}
    batch = next(iter(objective.batches(0)))
    scalars = objective.step(batch, Accelerator(cpu=True))
    assert all(value.isfinite() for value in scalars.values())
    terms = {"unconditional", "pair", "feature", "l1", "alpha", "spill", "kl", "code", "agreement", "recall", "glow"}
    assert terms | {"perceptual", "pair_discriminator", "unconditional_discriminator"} == scalars.keys()
    for name in ("generator", "encoder", "pair"):
        moved = [not torch.equal(a, b) for a, b in zip(before[name], objective.modules[name].parameters(), strict=True)]
        assert np.mean(moved) > 0.8, name
    heads = objective.modules["unconditional"].heads  # type: ignore[union-attr]
    assert all(parameter.requires_grad is False or parameter.grad is None for parameter in heads.parameters())
    assert objective.modules["bank"].seen[batch["index"]].all()  # type: ignore[index,union-attr]


def test_while_discriminators_warm_up_the_generator_stays() -> None:
    objective = made(warm_up=1, perceptual_weight=0)
    weights = [p.clone() for p in objective.modules["generator"].parameters()]
    batches = iter(objective.batches(0))
    objective.step(next(batches), Accelerator(cpu=True))
    assert all(torch.equal(a, b) for a, b in zip(weights, objective.modules["generator"].parameters(), strict=True))
    objective.step(next(batches), Accelerator(cpu=True))
    assert not torch.equal(weights[0], next(objective.modules["generator"].parameters()))


def test_held_out_pictures_train_nothing_reserved_ones_too(objective: ChimeraObjective, tmp_path: Path) -> None:
    plain, keys = objective.split, tmp_path / "keys.txt"
    reserved = [plain.train[0].key, plain.train[5].key]
    keys.write_text("\n".join(reserved))
    kept = reserve(plain, str(keys))
    train = {entry.key for entry in kept.train}
    assert [entry.key for entry in kept.held_out] == reserved
    assert not train & set(reserved) and not train & {entry.key for entry in plain.held_out}
    keys.write_text("cat/none.png")
    for path in (keys, tmp_path / "none.txt"):
        with pytest.raises(Misuse):
            reserve(plain, str(path))


def test_a_training_keeps_to_the_reserved_ones(tmp_path: Path) -> None:
    (tmp_path / "keys.txt").write_text("beetle/00000.png")
    objective = made(reserved=str(tmp_path / "keys.txt"), perceptual_weight=0)
    assert [entry.key for entry in objective.split.held_out] == ["beetle/00000.png"]
    state = {name: objective.modules[name].state_dict() for name in ("generator", "encoder", "bank")}
    fresh = assemble(objective.config, state, [entry.label for entry in objective.split.train])
    assert len(fresh.bank_codes) == 1, "before any step it can be opened too"


def test_batches_from_a_later_step_are_the_tail(objective: ChimeraObjective) -> None:
    whole, tail = list(islice(objective.batches(0), 4)), list(islice(objective.batches(2), 2))
    assert all(torch.equal(one[name], two[name]) for one, two in zip(whole[2:], tail, strict=True) for name in one)


def test_three_in_four_are_rebuilt_in_their_own_style() -> None:
    torch.manual_seed(0)
    own, local, known = torch.randn(8, 6), torch.randn(8, 6, 4, 4), torch.randn(20, 6)
    styles = choose_styles(own, local, known, drawings=2)
    assert styles.rebuilt == 6 and styles.maps.shape == (10, 6, 8, 8)
    for number in range(6):
        plain = own[number][:, None, None].expand(-1, 8, 8)
        corner = styles.maps[number][:, 0, 0]
        assert torch.equal(styles.maps[number], plain) or torch.allclose(corner, local[number][:, 0, 0])
    for number in styles.uniform:
        assert torch.equal(styles.maps[number][:, 3, 3], own[number - 1])


def test_settings_that_do_not_fit_are_refused() -> None:
    with pytest.raises(Misuse) as error:
        made(widths=[8] * 7)
    assert error.value.values["name"] == "widths"
