from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from pipelines.__main__ import main
from pipelines.backbones.hed import HED
from pipelines.backbones.line_detector import LineDetector
from pipelines.common import provenance
from pipelines.common.errors import Misuse
from pipelines.data.sources import open_source
from pipelines.edges.maps import map_path
from pipelines.lines.config import LinesConfig
from pipelines.lines.data import LinesData, disturbed
from pipelines.lines.evaluation import agreement, lines_of, on_white
from pipelines.lines.objective import LinesObjective
from pipelines.training.run import Run
from tests.pipelines.lines.conftest import DATA

SOURCE = open_source(DATA)


def items(maps: Path, seed: int = 1) -> LinesData:
    return LinesData(SOURCE, SOURCE.entries, maps=maps, size=96, seed=seed)


def test_an_example_is_a_function_of_seed_epoch_and_number(maps: Path) -> None:
    one, same = (items(maps)[(2, 5)] for _ in range(2))
    assert all(torch.equal(one[name], same[name]) for name in one)
    for other in (items(maps)[(3, 5)], items(maps)[(2, 6)], items(maps, seed=2)[(2, 5)]):
        assert not torch.equal(one["picture"], other["picture"])


def test_picture_and_map_stay_in_register(maps: Path) -> None:
    """Where the map says a line is, the picture changes more than elsewhere."""
    for number in range(6):
        example = items(maps)[(0, number)]
        picture, lines = example["picture"].mean(dim=0), example["lines"][0]
        assert picture.shape == lines.shape == (96, 96) and picture.abs().max() <= 1 and 0 <= lines.min() <= lines.max()
        steps = (picture[1:-1, 2:] - picture[1:-1, :-2]).abs() + (picture[2:, 1:-1] - picture[:-2, 1:-1]).abs()
        on = lines[1:-1, 1:-1] > 0.5
        if 20 < on.sum() < on.numel() - 20:
            assert steps[on].mean() > 2 * steps[~on].mean()


def test_another_camera_leaves_the_shape() -> None:
    picture = np.repeat(np.linspace(0, 1, 64, dtype=np.float32)[None, :, None], 64, axis=0).repeat(3, axis=2)
    for seed in range(20):
        taken = disturbed(picture, np.random.default_rng(seed))
        assert taken.shape == picture.shape and taken.min() >= 0 and taken.max() <= 1
        assert np.corrcoef(taken.mean(axis=2).ravel(), picture.mean(axis=2).ravel())[0, 1] > 0.9


def test_it_has_learnt_where_lines_are(lines_run: Run) -> None:
    first, *_, last = [line for line in lines_run.metrics() if line["kind"] == "train"]
    assert last["cross_entropy"] < 0.7 * first["cross_entropy"]
    torch.manual_seed(0)
    trained = LineDetector.from_weights(lines_run.exports / "last")
    untrained = LineDetector(base_channels=8).eval()
    found: dict[str, list[float]] = {"trained": [], "untrained": []}
    for entry in SOURCE.entries[:8]:
        picture = on_white(SOURCE.load(entry))
        teacher = np.asarray(Image.open(map_path(Path(lines_run.settings()["maps"]), entry))) / np.float32(255)
        for name, detector in (("trained", trained), ("untrained", untrained)):
            with torch.inference_mode():
                answer = detector.probabilities(torch.from_numpy(picture).permute(2, 0, 1)[None] * 2 - 1)
            found[name].append(agreement(picture, teacher, answer[0, 0].numpy())["edge_f1"])
    assert np.mean(found["trained"]) > np.mean(found["untrained"]) + 0.2


def test_the_teacher_agrees_with_itself(maps: Path) -> None:
    picture = on_white(SOURCE.load(SOURCE.entries[0]))
    teacher = np.asarray(Image.open(map_path(maps, SOURCE.entries[0]))) / np.float32(255)
    perfect, blank = agreement(picture, teacher, teacher), agreement(picture, teacher, np.zeros_like(teacher))
    assert (perfect["edge_f1"], perfect["distance"]) == (1, 0) and blank["edge_f1"] == 0
    assert (lines_of(teacher, 0.1) > 0).sum() < (lines_of(teacher) > 0).sum(), "more sensitivity finds more lines"
    assert 0 < perfect["edge_f1_canny"] < 1 and set(np.unique(lines_of(teacher))) == {0, 255}


def test_a_preview_has_a_row_a_picture(lines_run: Run) -> None:
    sheet = Image.open(sorted(lines_run.previews.glob("*"))[-1])
    assert sheet.width > 2.5 * 256 and len(np.unique(np.asarray(sheet.convert("L")))) > 50


def test_a_window_that_is_halved_to_nothing_is_refused_before_the_first_step() -> None:
    with pytest.raises(Misuse, match="batch_size"):
        LinesConfig.parse({"data": "synthetic:8", "size": 32, "levels": 5, "batch_size": 1})


def test_without_maps_nothing_is_trained() -> None:
    with pytest.raises(Misuse) as error:
        LinesObjective(LinesConfig.parse({"data": DATA, "maps": "/no/such/folder"}))
    assert error.value.values["name"] == "maps"


def test_on_the_command_line(
    lines_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(HED, "from_package", classmethod(lambda cls: cls().eval()))
    weights, photo = tmp_path / "weights", tmp_path / "fish.png"
    SOURCE.load(SOURCE.entries[1]).save(photo)
    assert main(["export", "lines", "--run", str(lines_run.path), "--out", str(weights)]) == 0
    capsys.readouterr()
    options = ["--weights", str(weights), "--out", str(tmp_path / "out"), "--sheet", str(tmp_path / "sheet.png")]
    assert main(["generate", "lines", str(photo), *options]) == 0
    path, sheet = (Path(line) for line in capsys.readouterr().out.splitlines())
    drawn = np.asarray(Image.open(path).convert("L"))
    assert drawn.shape == (256, 256) and set(np.unique(drawn)) == {0, 255} and 0.002 < (drawn == 0).mean() < 0.2
    assert provenance.read(path).system == "lines"
    assert sheet == tmp_path / "sheet.png"
    assert Image.open(sheet).width > 3.5 * 256, "picture, Canny, the large detector, this one"
    assert main(["evaluate", "lines", "--data", "synthetic:24", "--weights", str(weights), "--json"]) == 0
    metrics = json.loads(capsys.readouterr().out)
    assert metrics["n"] > 0 and 0 <= metrics["edge_f1"] <= 1
    assert main(["prepare", "lines", "--data", DATA, "--out", str(tmp_path / "maps"), "--set", "most=2"]) == 0
    assert len(list((tmp_path / "maps").rglob("*.png"))) == 2


@pytest.mark.parametrize("setting", ["sensitivity=2", "sensitivity=high", "kind=photo"])
def test_bad_arguments_are_refused(lines_run: Run, tmp_path: Path, setting: str) -> None:
    SOURCE.load(SOURCE.entries[1]).save(tmp_path / "fish.png")
    options = ["--weights", str(lines_run.exports / "last"), "--out", str(tmp_path / "out"), "--set", setting]
    assert main(["generate", "lines", str(tmp_path / "fish.png"), *options]) == 2
