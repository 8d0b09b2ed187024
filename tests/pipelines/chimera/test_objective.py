from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from pipelines import commands, systems
from pipelines.chimera.assembly import assemble
from pipelines.chimera.bank import GrowingBank
from pipelines.chimera.config import PRESETS, ChimeraConfig
from pipelines.chimera.evaluation import evaluate_generator
from pipelines.chimera.networks import ChimeraModel, StyleEncoder
from pipelines.chimera.objective import ChimeraObjective
from pipelines.chimera.rendering import Renderer
from pipelines.chimera.scene import choose_styles
from pipelines.common.errors import Misuse
from pipelines.data.splits import reserve
from pipelines.training.run import Run
from pipelines.training.trainer import Trainer
from pipelines.weights import hub
from tests.once import Once
from tests.pipelines.accelerators import in_float32
from tests.pipelines.chimera.test_data import packed
from tests.tools import trained

SMALL = {**PRESETS["smoke"], "data": "synthetic:24", "device": "cpu", "precision": "fp32", "evaluated": 2}
SMALL |= {"style_dim": 6}


def made(**settings: object) -> ChimeraObjective:
    return ChimeraObjective(ChimeraConfig.parse({**SMALL, **settings}))


@pytest.fixture(scope="module")
def drawings(once: Once) -> Path:
    def pack(folder: Path) -> None:
        np.savez_compressed(folder / "drawings.npz", lines=packed())

    return once.folder("drawings", pack) / "drawings.npz"


@pytest.fixture(scope="module")
def objective(drawings: Path) -> ChimeraObjective:
    return made(drawings=str(drawings))


@pytest.fixture(scope="module")
def run(once: Once, drawings: Path) -> Run:
    """A model that has learnt a little: what is inside and what is not."""
    quick = {"steps": 36, "learning_rate": 5e-3, "checkpoint_every": 12, "log_every": 12, "ema_decay": 0.5}
    config = ChimeraConfig.parse({**SMALL, **quick, "drawings": str(drawings), "perceptual_weight": 0})
    return once.run("chimera", config)


def test_it_has_learnt_what_an_untrained_one_cannot(run: Run, objective: ChimeraObjective) -> None:
    model = hub.load_model(ChimeraModel, run.exports / "last")
    held_out = objective.split.held_out
    seen = objective.split.train[: len(held_out)]
    learnt, blank = (
        evaluate_generator(renderer, objective.source, held_out, seen, seed=1)
        for renderer in (Renderer(model), objective.renderer())
    )
    assert learnt["alpha_iou"] > 0.8 > blank["alpha_iou"] + 0.2
    assert learnt["l1"] < 0.6 * blank["l1"] and learnt["n"] == len(held_out)
    # The bank knows every picture.
    assert len(model.bank_codes) == len(objective.split.train) and model.bank_codes.std() > 0
    assert set(model.classes) == {entry.label for entry in objective.split.train}
    assert model.bank_places.shape[1:] == (6, 4, 4) and len(model.bank_places) == len(model.bank_colors)
    assert (run.previews / "step-00000036.png").is_file()


def test_an_exported_checkpoint_is_what_the_run_exported(run: Run, tmp_path: Path) -> None:
    assert commands.export(systems.find("chimera"), run.path, tmp_path / "last") == 36
    assert commands.export(systems.find("chimera"), run.path, tmp_path / "earlier", step=24) == 24
    for name in ("config.json", "model.safetensors"):
        assert (tmp_path / "last" / name).read_bytes() == (run.exports / "last" / name).read_bytes()
    with pytest.raises(Misuse):
        commands.export(systems.find("chimera"), run.path, tmp_path / "never", step=5)


def test_a_step_teaches_all_four_and_remembers(objective: ChimeraObjective) -> None:
    before = {name: [p.clone() for p in module.parameters()] for name, module in objective.modules.items()}
    batch = next(iter(objective.batches(0)))
    scalars = objective.step(batch, in_float32())
    assert all(value.isfinite() for value in scalars.values())
    terms = {"unconditional", "pair", "feature", "l1", "alpha", "spill", "kl", "code", "agreement", "recall", "glow"}
    assert terms | {"perceptual", "texture", "pair_discriminator", "unconditional_discriminator"} == scalars.keys()
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
    objective.step(next(batches), in_float32())
    assert all(torch.equal(a, b) for a, b in zip(weights, objective.modules["generator"].parameters(), strict=True))
    objective.step(next(batches), in_float32())
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
    own, local, known = torch.randn(8, 6), torch.randn(8, 6, 4, 4), torch.randn(42, 3, 6)
    boxes = torch.tensor([[0.0, 0.0, 1.0, 1.0]]).expand(48, -1)  # all as large as the picture: lent as they are

    def is_of(number: int, code_map: torch.Tensor) -> bool:
        plain = own[number][:, None, None].expand(-1, 8, 8)
        return torch.equal(code_map, plain) or torch.allclose(code_map[:, 0, 0], local[number][:, 0, 0])

    styles = choose_styles(own, local, known, boxes)
    assert styles.rebuilt == 6 and styles.maps.shape == (48, 6, 8, 8)
    assert all(is_of(number, styles.maps[number]) for number in range(6))
    # The others have another's style, or one of the bank.
    assert not any(is_of(number, styles.maps[number]) for number in (6, 7))
    borrowed = [any(is_of(number, code_map) for number in range(8)) for code_map in styles.maps[8:]]
    assert 0.4 < np.mean(borrowed) < 0.9
    for number in (6, 7):
        alone = bool(styles.plain[number - 6])
        assert alone == torch.equal(styles.maps[number][:, 3, 3], styles.foreign[number - 6])


def test_settings_that_do_not_fit_are_refused() -> None:
    with pytest.raises(Misuse) as error:
        made(widths=[8] * 7)
    assert error.value.values["name"] == "widths"


def test_the_pair_discriminator_is_not_shown_lines_that_no_real_picture_has(objective: ChimeraObjective) -> None:
    seen: list[tuple[torch.Tensor, torch.Tensor]] = []
    hook = objective.modules["pair"].register_forward_pre_hook(lambda _, given: seen.append(given))
    batch = next(iter(objective.batches(0)))
    objective.step(batch, in_float32())
    hook.remove()
    pairs, drawings = len(batch["source"]), 2
    (real_lines, real), (made_lines, made), *_ = seen
    assert torch.equal(real_lines, made_lines), "else lines alone would tell the two apart"
    assert len(real) == len(made) == pairs + drawings
    assert real_lines[:pairs].any() and not real_lines[pairs:].any()
    assert torch.equal(real[pairs:], real[:drawings]) and not torch.equal(made[pairs:], made[:drawings])


def test_codes_are_drawn_from_what_was_seen() -> None:
    bank = GrowingBank(50, 3)
    codes = torch.arange(12.0).reshape(4, 3) + 1
    bank.remember(torch.tensor([7, 20, 33, 49]), codes)
    drawn = bank.draw(200, 3, torch.tensor([7, 20]))
    assert drawn.shape == (200, 3, 3)
    known = {tuple(code.tolist()) for code in codes}
    assert {tuple(code.tolist()) for code in drawn.reshape(-1, 3)} == known


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_steps_replayed_from_a_graph_teach_as_those_done_one_by_one(tmp_path: Path) -> None:
    settings = {**SMALL, "device": "cuda", "steps": 12, "log_every": 1, "evaluate_every": 100, "preview_every": 100}
    losses = []
    for name in ("graph", "alone"):
        config = ChimeraConfig.parse(settings)
        objective, run = ChimeraObjective(config), Run(tmp_path / name)
        objective.steady_from = 1 if name == "graph" else 100
        run.prepare("chimera", config)
        trainer = Trainer(objective, config, run)
        trainer.fit()
        assert (trainer.stepper.captured is not None) == (name == "graph")
        losses.append([row["l1"] for row in run.metrics() if row["kind"] == "train"])
    assert np.allclose(*losses, rtol=0.1)


def test_a_run_may_start_from_one_of_other_pictures(run: Run, tmp_path: Path) -> None:
    settings = {name: value for name, value in run.settings().items() if name != "system"}
    config = ChimeraConfig.parse({**settings, "data": "synthetic:40", "start_from": str(run.path), "steps": 1})
    moved = trained(tmp_path, "chimera", config)
    models = [hub.load_model(ChimeraModel, one.exports / "last") for one in (run, moved)]
    sizes = [len(model.bank_codes) for model in models]
    assert sizes[0] < sizes[1], "its bank is of its own pictures"
    weights = [dict(model.generator.named_parameters()) for model in models]
    moves = [float((weights[0][name] - weights[1][name]).detach().abs().max()) for name in weights[0]]
    assert max(moves) < 0.05


@pytest.mark.parametrize("width", [4, 6, 12, 20])
def test_an_encoder_may_be_of_any_width(width: int) -> None:
    assert StyleEncoder(width, 6)(torch.zeros(1, 3, 64, 64), torch.ones(1, 1, 64, 64)).mean.shape == (1, 6)
