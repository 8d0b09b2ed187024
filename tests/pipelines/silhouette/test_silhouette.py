from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from pipelines.__main__ import main
from pipelines.backbones.silhouette_detector import SilhouetteDetector
from pipelines.common import device, provenance
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.edges.cutouts import WHITE, compose, to_bytes
from pipelines.edges.finding import auto_canny
from pipelines.edges.learned import LearnedRegions
from pipelines.edges.regions import Flood, find_regions
from pipelines.edges.silhouettes import likelihood
from pipelines.silhouette.collages import Layer, inked, with_belly, with_clutter, with_limb
from pipelines.silhouette.config import SilhouetteConfig
from pipelines.silhouette.data import Drawn, SilhouetteData
from pipelines.silhouette.doodles import doodle
from pipelines.silhouette.evaluation import compare, held_out_drawings
from pipelines.silhouette.objective import SilhouetteObjective
from pipelines.training.run import Run
from tests.once import Once
from tests.pipelines.edges.test_regions import drawn

DATA = "synthetic:24"
SOURCE = open_source(DATA)
HANDLE = (200, 110, 30, 40, 0, 360)


def jug() -> Drawn:
    """A body with a handle, drawn by both its edges, and an eye: the handle encloses a hole, the eye none."""
    x, y, width, height = HANDLE[:4]
    mask = np.zeros((256, 256), np.uint8)
    cv2.ellipse(mask, (x, y), (width, height), 0, 0, 360, 1, -1)
    cv2.ellipse(mask, (x, y), (width - 9, height - 9), 0, 0, 360, 0, -1)
    cv2.ellipse(mask, (120, 130), (75, 60), 0, 0, 360, 1, -1)
    lines = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) & mask
    lines |= drawn(("arc", (80, 115, 8, 6, 0, 360))) // 255
    return Drawn(np.asarray(lines * 255, np.uint8), mask > 0)


@pytest.fixture(scope="module")
def run(once: Once) -> Run:
    """A detector that has learnt a little."""
    settings = {"data": DATA, "device": "cpu", "precision": "fp32", "base_channels": 4, "levels": 4}
    quick = {"steps": 50, "batch_size": 4, "learning_rate": 1e-2, "ema_decay": 0.8, "log_every": 10, "evaluated": 4}
    return once.run("silhouette", SilhouetteConfig.parse({**settings, **quick}))


def data(seed: int = 1) -> SilhouetteData:
    return SilhouetteData(SOURCE, SOURCE.entries, seed=seed)


def test_an_example_is_a_function_of_seed_epoch_and_number() -> None:
    one, same = (data()[(2, 5)] for _ in range(2))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert one["source"].shape == (3, 256, 256) and one["inside"].shape == (1, 256, 256)
    for other in (data()[(3, 5)], data()[(2, 6)], data(seed=2)[(2, 5)]):
        assert not torch.equal(one["source"], other["source"])


def test_what_is_drawn_lies_where_the_animal_does() -> None:
    """Most lines lie on the animal or its border, and most of its border has a line."""
    near, drawn_border = [], []
    for number in range(12):
        example = data().drawn(number, np.random.default_rng(number))
        if not example.mask.any():
            continue
        around = cv2.dilate(example.mask.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
        near.append((around & (example.lines > 0)).sum() / max(1, (example.lines > 0).sum()))
        border = example.mask & (cv2.erode(example.mask.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0)
        lines = cv2.dilate(example.lines, np.ones((7, 7), np.uint8)) > 0
        drawn_border.append((border & lines).sum() / border.sum())
    assert np.mean(near) > 0.75 and np.mean(drawn_border) > 0.75


def test_a_limb_is_part_of_the_animal_and_what_it_encloses_is_not() -> None:
    rgba = np.zeros((256, 256, 4), np.float32)
    cv2.ellipse(rgba, (128, 150), (70, 40), 0, 0, 360, (0.6, 0.4, 0.2, 1.0), -1)
    before = rgba[..., 3] > 0.5
    holes = 0
    for seed in range(12):
        animal = with_limb(Layer(rgba, np.zeros((256, 256), np.float32)), np.random.default_rng(seed))
        mask = animal.rgba[..., 3] > 0.5
        assert (mask | ~before).all() and mask.sum() > before.sum() + 100, "the body stays, and there is more"
        border = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) * 255
        enclosed = ~Flood.over(border, 1).outside(1) & (border == 0) & ~mask
        holes += int(enclosed.sum() > 50)
    assert 3 <= holes < 12, "some limbs meet the body again, some end beside it"


def test_a_belly_draws_lines_within_a_limb_and_changes_no_outline() -> None:
    curve = np.stack([np.linspace(40, 216, 192), np.full(192, 128.0)], axis=1)
    rgba = np.zeros((256, 256, 4), np.float32)
    rgba[116:141, 40:217] = (0.5, 0.4, 0.3, 1.0)
    limb = Layer(rgba, np.zeros((256, 256), np.float32))
    for seed in range(6):
        made = with_belly(limb, curve, 12.0, np.random.default_rng(seed))
        assert np.array_equal(made.rgba[..., 3], rgba[..., 3]) and (made.rgba[..., :3] <= made.rgba[..., 3:]).all()
        assert made.line_map[116:141, 60:200].max(axis=0).min() > 0.1 and made.line_map[:110].max() == 0
        assert np.abs(made.rgba - rgba).max() > 0.02


def test_a_pens_strokes_are_dark_and_found_on_both_sides() -> None:
    rgba = np.zeros((256, 256, 4), np.float32)
    cv2.ellipse(rgba, (128, 128), (70, 50), 0, 0, 360, (0.7, 0.6, 0.5, 1.0), -1)
    plain = Layer(rgba, np.zeros((256, 256), np.float32))
    for seed in range(6):
        drawing = inked(plain, np.random.default_rng(seed)).rgba
        assert drawing[128, 198, :3].max() < 0.3 < drawing[128, 128, :3].min(), "the outline, the middle"
        assert (drawing[..., 3] >= rgba[..., 3]).all() and drawing[..., 3].sum() < 1.1 * rgba[..., 3].sum()
    found = auto_canny(to_bytes(compose(inked(plain, np.random.default_rng(2)).rgba, WHITE)))
    assert (found[128, 180:215] > 0).sum() == 2


def test_doodles_are_their_parts_and_sticks_enclose_nothing() -> None:
    sizes, sticks = [], 0
    for seed in range(30):
        lines, mask = doodle(np.random.default_rng(seed))
        again = doodle(np.random.default_rng(seed))
        assert np.array_equal(lines, again[0]) and np.array_equal(mask, again[1])
        border = mask & (cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0)
        assert mask.any() and (lines[border] > 0).mean() > 0.5
        sizes.append(int(mask.sum()))
        sticks += int(((lines > 0) & ~mask).any())
    assert min(sizes) < 600 and max(sizes) > 8000 and 3 < sticks < 20


def test_clutter_adds_lines_and_takes_none_away() -> None:
    example, added = jug(), 0
    for seed in range(20):
        cluttered = with_clutter(example.lines, example.mask, np.random.default_rng(seed))
        assert (cluttered[example.lines > 0] == 255).all() and set(np.unique(cluttered)) == {0, 255}
        added += int((cluttered > 0).sum() > (example.lines > 0).sum())
    assert 4 < added < 20, "the ground, strokes: in some drawings"


def test_the_rules_are_measured_beside_it() -> None:
    example = jug()
    rules = find_regions(example.lines)
    perfect = compare(example, rules, example.mask.astype(np.float32))
    blank = compare(example, rules, np.zeros((256, 256), np.float32))
    assert perfect["iou"] == 1 and perfect["wrong"] == perfect["holes_filled"] == 0
    assert blank["iou"] == 0 and blank["wrong"] > 0.2
    hole = float((~example.mask & ~rules.narrow & (example.lines == 0)).mean())
    assert hole > 0.01 and perfect["holes_filled_rules"] == pytest.approx(hole), "the rules fill the handle"


def test_it_has_learnt_what_lies_inside(run: Run) -> None:
    trained = SilhouetteDetector.from_weights(run.exports / "last")
    torch.manual_seed(0)
    untrained = SilhouetteDetector(base_channels=4, levels=4).eval()
    drawings = list(held_out_drawings(SilhouetteData(SOURCE, split_source(SOURCE).held_out, seed=5), 8))

    def wrong(network: SilhouetteDetector) -> float:
        answers = [likelihood(network, one.lines, find_regions(one.lines), device.choose("cpu")) for one in drawings]
        return float(np.mean([(answer > 0.5) != one.mask for one, answer in zip(drawings, answers, strict=True)]))

    assert wrong(trained) < 0.7 * wrong(untrained)
    first, *_, last = [line for line in run.metrics() if line["kind"] == "train"]
    assert last["cross_entropy"] < 0.7 * first["cross_entropy"]


def test_a_preview_shows_rules_network_and_truth(run: Run) -> None:
    sheet = Image.open(sorted(run.previews.glob("*"))[-1])
    pixels = np.asarray(sheet.convert("RGB"), int)
    rules, network, truth = pixels.reshape(len(pixels), -1, 3, 128, 3).transpose(2, 0, 1, 3, 4)  # three cells a drawing
    for one, other in ((rules, truth), (network, truth), (rules, network)):
        assert np.abs(one - other).max() > 60, "three answers"


def test_reserved_pictures_train_nothing(tmp_path: Path) -> None:
    kept = split_source(SOURCE).train[3].key
    (tmp_path / "keys.txt").write_text(kept)
    objective = SilhouetteObjective(SilhouetteConfig.parse({"data": DATA, "reserved": str(tmp_path / "keys.txt")}))
    assert [entry.key for entry in objective.split.held_out] == [kept]
    assert kept not in {entry.key for entry in objective.split.train}


def test_on_the_command_line(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights, drawing = tmp_path / "weights", tmp_path / "jug.png"
    Image.fromarray(255 - jug().lines).save(drawing)
    assert main(["export", "silhouette", "--run", str(run.path), "--out", str(weights)]) == 0
    (weights / "held_out.txt").write_text("\n".join(entry.key for entry in split_source(SOURCE).held_out[:2]))
    capsys.readouterr()
    options = ["--weights", str(weights), "--out", str(tmp_path / "out"), "--sheet", str(tmp_path / "sheet.png")]
    assert main(["generate", "silhouette", str(drawing), *options]) == 0
    path, sheet = (Path(line) for line in capsys.readouterr().out.splitlines())
    made = np.asarray(Image.open(path).convert("RGB"))
    assert path.name == "jug-filled.png" and (made[130, 120] == (255, 220, 150)).all() and (made[5, 5] == 255).all()
    read = provenance.read(path)
    assert read.arguments["sensitivity"] == 0.5
    assert Image.open(sheet).width > 2.5 * 128
    assert main(["evaluate", "silhouette", "--weights", str(weights), "--data", DATA, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["n"] == 12 and 0 <= found["wrong"] < 0.5 and {"iou", "iou_rules", "holes_filled"} <= set(found)


def test_blank_paper_gets_a_sentence(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("L", (200, 200), 255).save(tmp_path / "blank.png")
    options = ["--weights", str(run.exports / "last"), "--out", str(tmp_path / "out")]
    assert main(["generate", "silhouette", str(tmp_path / "blank.png"), *options]) != 0
    assert "draw a few lines" in capsys.readouterr().err


# What the bundled weights have learnt.


@pytest.fixture(scope="module")
def bundled() -> LearnedRegions:
    return LearnedRegions(device.choose("cpu"))


def test_a_handle_is_left_open_and_an_eye_is_not(bundled: LearnedRegions) -> None:
    example = jug()
    regions = bundled(example.lines, by_pen=True)
    assert regions.wide[110, 205], "the hole of the handle"
    assert not regions.wide[115, 80] and not regions.wide[130, 120], "the eye and the body"
    assert compare(example, find_regions(example.lines), (~regions.wide).astype(np.float32))["iou"] > 0.97


def test_the_ground_closes_no_room_between_legs(bundled: LearnedRegions) -> None:
    picture = Image.new("L", (256, 256), 0)
    draw = ImageDraw.Draw(picture)
    for box in ((50, 70, 200, 140), (60, 130, 80, 210), (105, 130, 122, 210), (170, 130, 190, 210), (185, 30, 235, 85)):
        draw.rounded_rectangle(box, 8, fill=255)
    mask = np.asarray(picture) > 0
    border = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) & mask
    lines = np.asarray(border * 255, np.uint8)
    lines[210, 20:240] = 255
    assert not find_regions(lines).wide[180, 145], "rules take it for a body"
    regions = bundled(lines, by_pen=True)
    assert regions.wide[180, 145] and regions.wide[180, 92] and not regions.wide[105, 120]
