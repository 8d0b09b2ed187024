from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from accelerate import Accelerator

from pipelines import commands, systems
from pipelines.chimera.assembly import assemble
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

SMALL = {
    **PRESETS["smoke"],
    "data": "synthetic:24",
    "device": "cpu",
    "precision": "fp32",
    "batch_size": 4,
    "evaluated": 2,
}
SMALL |= {"style_dim": 6}


@pytest.fixture(scope="module")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("drawings") / "drawings.npz"
    np.savez_compressed(path, lines=packed())
    return path


@pytest.fixture(scope="module")
def objective(drawings: Path) -> ChimeraObjective:
    return ChimeraObjective(ChimeraConfig.parse({**SMALL, "drawings": str(drawings)}))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, drawings: Path) -> Run:
    """A model that has learnt a little: what is inside and what is not."""
    quick = {"steps": 60, "learning_rate": 2e-3, "checkpoint_every": 30, "log_every": 30, "preview_every": 60}
    config = ChimeraConfig.parse({**SMALL, **quick, "drawings": str(drawings), "evaluate_every": 60, "ema_decay": 0.9})
    run = Run(tmp_path_factory.mktemp("chimera") / "run")
    run.prepare("chimera", config)
    assert Trainer(ChimeraObjective(config), config, run).fit() == "finished"
    return run


def test_it_has_learnt_what_an_untrained_one_cannot(run: Run, objective: ChimeraObjective) -> None:
    trained = Renderer(hub.load_model(ChimeraModel, run.exports / "last"))
    learnt, blank = (
        evaluate_generator(renderer, objective.source, objective.split.held_out, seed=1)
        for renderer in (trained, objective.renderer())
    )
    assert learnt["alpha_iou"] > 0.8 > blank["alpha_iou"] + 0.2
    assert learnt["l1"] < 0.6 * blank["l1"] and learnt["n"] == len(objective.split.held_out)


def test_a_run_tells_of_every_term(run: Run) -> None:
    last = [line for line in run.metrics() if line["kind"] == "train"][-1]
    terms = {"unconditional", "pair", "feature", "l1", "alpha", "spill", "kl", "code", "agreement", "recall", "glow"}
    assert terms | {"perceptual", "pair_discriminator", "unconditional_discriminator"} <= last.keys()
    assert (run.previews / "step-00000060.png").is_file()


def test_an_exported_checkpoint_is_what_the_run_exported(run: Run, tmp_path: Path) -> None:
    assert (
        commands.export(systems.find("chimera"), run.path, tmp_path / "last") == 60
        and commands.export(systems.find("chimera"), run.path, tmp_path / "earlier", step=30) == 30
    )
    for name in ("config.json", "model.safetensors"):
        assert (tmp_path / "last" / name).read_bytes() == (run.exports / "last" / name).read_bytes()
    with pytest.raises(Misuse):
        commands.export(systems.find("chimera"), run.path, tmp_path / "never", step=29)


def test_the_bank_knows_every_picture_seen(run: Run, objective: ChimeraObjective) -> None:
    model = hub.load_model(ChimeraModel, run.exports / "last")
    assert len(model.bank_codes) == len(objective.split.train) and model.bank_codes.std() > 0
    assert set(model.classes) == {entry.label for entry in objective.split.train}
    assert 0 <= model.bank_natural.min() <= model.bank_natural.max() <= 1


def test_a_step_teaches_all_four_and_remembers(objective: ChimeraObjective) -> None:
    before = {name: [p.clone() for p in module.parameters()] for name, module in objective.modules.items()}
    batch = next(iter(objective.batches(0)))
    scalars = objective.step(batch, Accelerator(cpu=True))
    assert all(value.isfinite() for value in scalars.values())
    for name in ("generator", "encoder", "pair"):
        moved = [not torch.equal(a, b) for a, b in zip(before[name], objective.modules[name].parameters(), strict=True)]
        assert np.mean(moved) > 0.8, name
    heads = objective.modules["unconditional"].heads  # type: ignore[union-attr]
    assert all(parameter.requires_grad is False or parameter.grad is None for parameter in heads.parameters())
    assert objective.modules["bank"].seen[batch["index"]].all()  # type: ignore[index,union-attr]


def test_while_discriminators_warm_up_the_generator_stays() -> None:
    objective = ChimeraObjective(ChimeraConfig.parse({**SMALL, "warm_up": 1}))
    weights = [p.clone() for p in objective.modules["generator"].parameters()]
    batches = iter(objective.batches(0))
    objective.step(next(batches), Accelerator(cpu=True))
    assert all(torch.equal(a, b) for a, b in zip(weights, objective.modules["generator"].parameters(), strict=True))
    objective.step(next(batches), Accelerator(cpu=True))
    assert not torch.equal(weights[0], next(objective.modules["generator"].parameters()))


def test_held_out_pictures_train_nothing_reserved_ones_too(tmp_path: Path) -> None:
    plain = ChimeraObjective(ChimeraConfig.parse(SMALL))
    reserved = [plain.split.train[0].key, plain.split.train[5].key]
    (tmp_path / "keys.txt").write_text("\n".join(reserved))
    kept = ChimeraObjective(ChimeraConfig.parse({**SMALL, "reserved": str(tmp_path / "keys.txt")})).split
    train = {entry.key for entry in kept.train}
    assert [entry.key for entry in kept.held_out] == reserved
    assert not train & set(reserved) and not train & {entry.key for entry in plain.split.held_out}
    for text in ("cat/none.png", None):
        (tmp_path / "other.txt").write_text(text) if text else (tmp_path / "other.txt").unlink()
        with pytest.raises(Misuse):
            ChimeraObjective(ChimeraConfig.parse({**SMALL, "reserved": str(tmp_path / "other.txt")}))


def test_batches_from_a_later_step_are_the_tail(objective: ChimeraObjective) -> None:
    whole, tail = list(islice(objective.batches(0), 7)), list(islice(objective.batches(4), 3))
    assert all(torch.equal(one[name], two[name]) for one, two in zip(whole[4:], tail, strict=True) for name in one)


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
        ChimeraObjective(ChimeraConfig.parse({**SMALL, "widths": [8] * 7}))
    assert error.value.values["name"] == "widths"


def test_an_export_before_any_step_can_be_opened(objective: ChimeraObjective) -> None:
    fresh = ChimeraObjective(ChimeraConfig.parse(SMALL))
    state = {name: fresh.modules[name].state_dict() for name in ("generator", "encoder", "bank")}
    model = assemble(fresh.config, state, [entry.label for entry in fresh.split.train])
    assert len(model.bank_codes) == 1
