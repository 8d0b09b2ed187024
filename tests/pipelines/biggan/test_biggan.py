from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from pipelines.__main__ import main
from pipelines.biggan.config import BigGANConfig
from pipelines.biggan.objective import BigGANObjective, make_discriminator, relabelled, relabelled_split
from pipelines.biggan.pipeline import BigGANPipeline
from pipelines.biggan.sampling import noise_for
from pipelines.common import provenance
from pipelines.common.errors import Misuse
from pipelines.data.sources import Entry
from pipelines.data.splits import Split
from pipelines.training.run import Run
from tests.pipelines.accelerators import in_float32
from tests.pipelines.wrapped import Wrapped
from tests.tools import trained

DATA = "synthetic:48"
QUICK: dict[str, Any] = {"data": DATA, "base_channels": 8, "discriminator_channels": 8, "noise_dim": 16}
QUICK |= {"batch_size": 8, "steps": 16, "evaluated": 16}
QUICK |= {"log_every": 8, "preview_every": 16, "evaluate_every": 16, "checkpoint_every": 8}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    settings = {**QUICK, "discriminator_steps": 1, "augmentation": True, "lecam": 0.3, "generator_rate": 2e-3}
    config = BigGANConfig.parse({**settings, "discriminator_rate": 2e-3, "ema_decay": 0.5, "orthogonal": 1e-4})
    return trained(tmp_path_factory.mktemp("biggan"), "biggan", config)


@pytest.fixture(scope="module")
def pipe(run: Run) -> BigGANPipeline:
    return BigGANPipeline.from_pretrained(run.exports / "last", "cpu")


def test_a_training_leaves_a_sheet_and_a_model(run: Run, pipe: BigGANPipeline) -> None:
    sheets = sorted(run.previews.iterdir())
    assert Image.open(sheets[-1]).size == (10 * 32, len(pipe.network.classes) * 32)
    first, last = (np.asarray(Image.open(sheet).convert("RGB"), np.float32) for sheet in (sheets[0], sheets[-1]))
    assert np.abs(first - last).mean() > 5, "it has learnt something"
    lines = list(run.metrics())
    assert {"discriminator", "generator", "lecam"} <= lines[0].keys() and "kid_efficientnet_lite0" in lines[-1]


def test_a_picture_is_a_function_of_seed_number_and_class(pipe: BigGANPipeline) -> None:
    one, more = pipe(["cow"], seed=3, count=1), pipe(["fish", "cow"], seed=3, count=3)
    assert one.images[0].tobytes() == more.images[3].tobytes() != more.images[4].tobytes()
    later = pipe(["cow"], seed=3, count=1, first=2)
    assert later.images[0].tobytes() == more.images[5].tobytes() and later.provenance[0].index == 2
    assert one.images[0].tobytes() != pipe(["cow"], seed=4).images[0].tobytes()
    assert len(pipe(seed=3).images) == len(pipe.network.classes)
    assert one.provenance[0].input_sha256 is None and one.provenance[0].arguments["classes"] == ["cow"]


@pytest.mark.parametrize(("classes", "options"), [(["cat"], {}), ([], {"truncation": 9.0}), ([], {"count": 0})])
def test_what_cannot_be_is_refused(pipe: BigGANPipeline, classes: list[str], options: dict[str, float]) -> None:
    with pytest.raises(Misuse, match=next(iter(options), "classes")):
        pipe(classes, **options)  # type: ignore[arg-type]


def test_a_morph_begins_and_ends_with_what_is_drawn_alone(pipe: BigGANPipeline) -> None:
    way = pipe.morph(("fish", 3), ("cow", 4), frames=5)
    for picture, name, seed in ((way.images[0], "fish", 3), (way.images[-1], "cow", 4)):
        alone = pipe([name], seed=seed).images[0]
        assert np.abs(np.asarray(picture, int) - np.asarray(alone, int)).max() <= 1
    steps = [np.asarray(picture, float) for picture in way.images]
    whole = np.abs(steps[0] - steps[-1]).mean()
    assert all(0 < np.abs(one - other).mean() < whole for one, other in itertools.pairwise(steps))
    assert way.provenance[2].arguments["share"] == 0.5
    with pytest.raises(Misuse, match="unicorn"):
        pipe.morph(("unicorn", 1), ("cow", 2))


def test_a_walk_over_truncations_is_of_one_draw(pipe: BigGANPipeline) -> None:
    bounds = [0.1, 0.5, 2.0]
    walked = pipe.walk("cow", seed=3, truncations=bounds)
    alone = pipe(["cow"], seed=3, truncation=2.0).images[0]
    assert np.abs(np.asarray(walked.images[2], int) - np.asarray(alone, int)).max() <= 1
    narrow, wide = noise_for(3, 0, 64, 0.5), noise_for(3, 0, 64, 2.0)
    assert bool(((narrow > 0) == (wide > 0)).all()) and narrow.abs().sum() < wide.abs().sum()


def test_quantised_features_and_changed_colours_train_too(tmp_path: Path) -> None:
    settings = {**QUICK, "quantization": 10.0, "jitter": True, "discriminator_steps": 2, "steps": 4}
    run = trained(tmp_path / "run", "biggan", BigGANConfig.parse(settings))
    values = [line["commitment"] for line in run.metrics() if "commitment" in line]
    assert values and all(0 < value < 100 for value in values)
    with pytest.raises(Misuse, match="quantization"):
        BigGANObjective(BigGANConfig.parse({**settings, "projected": True}))


def test_colours_change_alike_from_any_step_on() -> None:
    plain, changed = (BigGANObjective(BigGANConfig.parse({**QUICK, "jitter": jitter})) for jitter in (False, True))
    before = torch.get_rng_state()
    first = [batch for batch, _ in zip(changed.batches(0), range(4), strict=False)]
    assert torch.equal(torch.get_rng_state(), before), "noise is as without it"
    assert torch.equal(first[3]["picture"], next(iter(changed.batches(3)))["picture"])
    difference = (first[0]["picture"].int() - next(iter(plain.batches(0)))["picture"].int()).abs().float()
    assert 2 < difference.mean() < 60
    assert len({round(float(one), 3) for one in difference.mean(dim=(1, 2, 3))}) > 4, "each by its own amount"


def test_truncated_noise_stays_within_its_bound() -> None:
    drawn = torch.stack([noise_for(1, index, 128, 0.5) for index in range(20)])
    assert drawn.abs().max() <= 0.5 and drawn.std() > 0.25
    free = torch.stack([noise_for(1, index, 128) for index in range(50)])
    assert 0.95 < float(free.std()) < 1.05


def test_on_the_command_line(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--weights", str(run.exports / "last"), "--out", str(tmp_path / "out")]
    sheet = tmp_path / "sheet.png"
    asked = ["--set", "classes=fish,cow", "--seed", "5", "--count", "2", "--sheet", str(sheet)]
    assert main(["generate", "biggan", *options, *asked]) == 0
    paths = [Path(line) for line in capsys.readouterr().out.split()]
    assert [path.name for path in paths] == ["fish-5-0.png", "fish-5-1.png", "cow-5-0.png", "cow-5-1.png"]
    assert provenance.read(paths[3]).arguments == {"classes": ["cow"], "truncation": None}
    assert Image.open(sheet).size == (2 * 2 * 64, 64)
    assert main(["generate", "biggan", "picture.png", *options]) == 2
    assert "picture.png" in capsys.readouterr().err
    assert main(["generate", "biggan", *options, "--set", "classes=unicorn"]) == 2
    error = capsys.readouterr().err
    assert "unicorn" in error and "cow" in error and error.count("\n") == 1
    assert (
        main(["generate", "biggan", *options, "--classes", "cow", "--truncation=0.5", "--seed", "5", "--count", "18"])
        == 0
    )
    paths = [Path(line) for line in capsys.readouterr().out.split()]
    assert [path.name for path in paths] == [f"cow-5-{number}{'_2' if number < 2 else ''}.png" for number in range(18)]
    assert provenance.read(paths[17]).arguments == {"classes": ["cow"], "truncation": 0.5}
    assert main(["generate", "biggan", *options, "--clases", "cow"]) == 2
    assert "clases" in capsys.readouterr().err
    evaluated = main(["evaluate", "biggan", "--weights", str(run.exports / "last"), "--data", DATA, "--json"])
    metrics = json.loads(capsys.readouterr().out)
    assert evaluated == 0 and {"kid_efficientnet_lite0", "kid_efficientnet_lite0_floor"} <= metrics.keys()
    assert metrics["ppl_vgg"] > 0
    assert len(metrics["sha256_efficientnet_lite0"]) == 12 and "kid_scattering_32" in metrics


def test_a_sheet_has_a_row_a_class_of_what_is_drawn_alone(
    run: Run, pipe: BigGANPipeline, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--weights", str(run.exports / "last"), "--out", str(tmp_path / "out"), "--seed", "5"]
    assert main(["generate", "biggan", *options, "--sheet", "3x2", "--classes", "fish,cow"]) == 0
    (path,) = (Path(line) for line in capsys.readouterr().out.split())
    with Image.open(path) as opened:
        assert opened.size == (3 * 32, 2 * 32)
        cell = opened.crop((2 * 32, 32, 3 * 32, 2 * 32)).convert("RGB")
    assert cell.tobytes() == pipe(["cow"], seed=5, first=2).images[0].tobytes()
    assert provenance.read(path).arguments["classes"] == ["fish", "cow"]
    for wrong in (["--sheet", "3x99"], ["--sheet", "0x1"], ["--sheet", "2x2", "--count", "3"]):
        assert main(["generate", "biggan", *options, *wrong]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_classes_become_superclasses_where_they_are_cifars() -> None:
    entries = [Entry("a.png", "trout"), Entry("b.png", "oak_tree")]
    assert [entry.label for entry in relabelled(entries, True)] == ["fish", "trees"]
    assert relabelled(entries, False) is entries
    others = [*entries, Entry("c.png", "unicorn")]
    assert relabelled(others, True) is others
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
    objective = BigGANObjective(BigGANConfig.parse({**settings, "generator_rate": 5e-3, "discriminator_rate": 1e-3}))
    accelerator = in_float32()
    batches = itertools.islice(objective.batches(0), 80)
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
