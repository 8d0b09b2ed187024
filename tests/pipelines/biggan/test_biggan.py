from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from pipelines.__main__ import main
from pipelines.biggan.config import WATCHED, BigGANConfig
from pipelines.biggan.networks import BigGANGenerator
from pipelines.biggan.pipeline import BigGANPipeline
from pipelines.biggan.sampling import noise_for
from pipelines.common import device, provenance
from pipelines.common.device import Placement
from pipelines.common.errors import Misuse
from pipelines.training.checkpoints import CheckpointStore
from pipelines.training.run import Run
from tests.once import Once
from tests.pipelines.biggan.shared import DATA, QUICK


@pytest.fixture(scope="module")
def run(once: Once) -> Run:
    settings = {**QUICK, "discriminator_steps": 1, "augmentation": True, "lecam": 0.3, "generator_rate": 2e-3}
    settings |= {"evaluate_every": 8, "watch": WATCHED}
    config = BigGANConfig.parse({**settings, "discriminator_rate": 2e-3, "ema_decay": 0.5, "orthogonal": 1e-4})
    return once.run("biggan", config)


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


def test_the_best_so_far_is_kept_by_the_extractor_that_taught_nothing(run: Run) -> None:
    lines = [line for line in run.metrics() if line["kind"] == "evaluate"]
    assert [line["step"] for line in lines] == [8, 16]
    assert all(line[WATCHED] == line["kid_scattering_32"] != line["kid_efficientnet_lite0"] for line in lines)
    best = min(lines, key=lambda line: float(line[WATCHED]))
    store = CheckpointStore(run.checkpoints, 1)
    assert store.best(WATCHED) == (best["step"], best[WATCHED])
    kept = BigGANPipeline.from_pretrained(run.exports / "best", "cpu").network.last.conv.bias
    averaged = store.load(best["step"]).state["averages"]["generator"]["module.last.conv.bias"]
    assert torch.equal(kept, averaged.half().float())


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


def test_a_path_is_as_long_in_whatever_numbers_the_network_draws_and_goes_through_every_class() -> None:
    def small(dtype: torch.dtype, last: float = 0.0) -> BigGANPipeline:
        torch.manual_seed(1)
        network = BigGANGenerator([f"class {number}" for number in range(20)], base_channels=8, noise_dim=8)
        with torch.no_grad():
            for name, weight in network.named_parameters():
                if "gain" in name:
                    weight[-1] += last
        return BigGANPipeline(network, Placement(torch.device("cpu"), dtype), "small")

    exact, rounding = small(torch.float32), small(torch.bfloat16)
    length = exact.path_length(seed=1, samples=20)
    assert 0 < length == rounding.path_length(seed=1, samples=20)
    assert small(torch.float32, last=1.0).path_length(seed=1, samples=20) != length, "the last class has paths, too"


def test_a_class_is_drawn_once_and_its_file_stays_where_it_belongs(tmp_path: Path) -> None:
    network = BigGANGenerator(["../cow", "3"], base_channels=8, noise_dim=8)
    pipe = BigGANPipeline(network, device.choose("cpu"), "small")
    assert len(pipe(["3", "3"], seed=1).images) == 1
    assert pipe.arguments_class.parse({"classes": 3}).call()["classes"] == ("3",)
    assert pipe.arguments_class.parse({"classes": "3,../cow,3"}).call()["classes"] == ("3", "../cow")
    assert pipe.stem(pipe(["../cow"], seed=1).provenance[0]) == "cow"


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
    made = [path.name for path in paths]
    assert made == ["fish-5-0.png", "fish-5-1.png", "cow-5-0.png", "cow-5-1.png", "sheet.png"]
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


def test_a_sheet_of_the_bundled_weights_needs_nothing_else_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["generate", "biggan", "--sheet", "10x20"]) == 0
    assert capsys.readouterr().out == "made/biggan-0-10x20.png\n"
    assert Image.open(tmp_path / "made/biggan-0-10x20.png").size == (10 * 32, 20 * 32)
