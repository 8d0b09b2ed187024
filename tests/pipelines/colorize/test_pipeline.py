from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data

from pipelines.__main__ import main
from pipelines.colorize.color import greyed, spread, to_lab
from pipelines.colorize.pipeline import ColorizePipeline, seen_in
from pipelines.colorize.upsampling import GuidedChroma, strips
from pipelines.common import provenance
from pipelines.common.errors import Misuse
from pipelines.training.run import Run
from tests.pipelines.colorize.conftest import landscape


@pytest.fixture(scope="module")
def pipe(colorize_run: Run) -> ColorizePipeline:
    return ColorizePipeline.from_pretrained(colorize_run.exports / "last")


def grey(seed: int, width: int = 192, height: int = 144) -> Image.Image:
    return Image.fromarray(greyed(np.asarray(landscape(seed, width, height))))


def test_it_has_learnt_that_the_sky_is_blue_and_grass_is_green(pipe: ColorizePipeline) -> None:
    for seed in range(500, 506):
        made = to_lab(np.asarray(pipe(grey(seed)).images[0]))
        sky, grass = made[:30].mean(axis=(0, 1)), made[-30:].mean(axis=(0, 1))
        assert sky[2] < 2 and sky[2] < grass[2] - 20, "the sky is bluer"
        assert grass[1] < -15 and grass[2] > 15, "grass is green"


def test_it_is_nearer_to_the_real_colours_than_grey_is(colorize_run: Run) -> None:
    last = [line for line in colorize_run.metrics() if line["kind"] == "evaluate"][-1]
    assert last["psnr"] > last["psnr_grey"] + 2
    assert last["colorfulness"] > 0.5 * last["colorfulness_real"] and last["colorfulness_grey"] < 1
    assert last["colorfulness_vivid"] > last["colorfulness"]


def test_lightness_stays_as_it_was(pipe: ColorizePipeline) -> None:
    picture = grey(7)
    made = np.asarray(pipe(picture).images[0])
    before, after = to_lab(np.asarray(picture))[..., 0], to_lab(made)[..., 0]
    assert np.abs(before - after).mean() < 0.5 and spread(made) > 10


def blank(size: tuple[int, int], tone: int, noise: float) -> Image.Image:
    width, height = size
    sheet = np.random.default_rng(1).normal(tone, noise, (height, width)) if noise else np.full((height, width), tone)
    return Image.fromarray(np.clip(sheet, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("size", [(1, 1), (200, 150), (700, 500)])
@pytest.mark.parametrize(("tone", "noise"), [(128, 0), (250, 0), (30, 0), (235, 4)])
def test_where_nothing_is_to_be_seen_nothing_is_coloured(size: tuple[int, int], tone: int, noise: float) -> None:
    made = to_lab(np.asarray(ColorizePipeline.from_pretrained("colorize")(blank(size, tone, noise)).images[0]))
    assert np.hypot(made[..., 1], made[..., 2]).mean() < 2


def test_a_hazy_picture_keeps_its_colours_as_they_were_guessed(pipe: ColorizePipeline) -> None:
    hazy = Image.fromarray((150 + np.asarray(grey(3), np.float32) * 0.25).astype(np.uint8))
    for picture in (grey(3), hazy):
        assert seen_in(to_lab(np.asarray(picture))[..., 0]) == 1 and spread(np.asarray(pipe(picture).images[0])) > 5


def test_size_alpha_and_grey_modes_survive(pipe: ColorizePipeline) -> None:
    wide = grey(1, 333, 101)
    wide.putalpha(Image.linear_gradient("L").resize(wide.size))
    made = pipe(wide).images[0]
    assert (made.size, made.mode) == ((333, 101), "RGBA")
    assert made.getchannel("A").tobytes() == wide.getchannel("A").tobytes()
    assert pipe(grey(1).convert("L")).images[0].mode == "RGB"
    for size in ((1, 1), (3, 900), (900, 3)):
        assert pipe(Image.new("L", size, 128)).images[0].size == size


def test_what_hides_under_transparency_is_not_looked_at(pipe: ColorizePipeline) -> None:
    picture = grey(8).convert("RGBA")
    picture.putalpha(Image.radial_gradient("L").resize(picture.size).point(lambda value: 255 if value < 128 else 0))
    hidden = np.asarray(picture).copy()
    hidden[hidden[..., 3] == 0, :3] = 0
    shown = np.asarray(picture)[..., 3] > 0
    one, other = (np.asarray(pipe(p).images[0], int)[shown] for p in (picture, Image.fromarray(hidden)))
    assert np.abs(one - other).max() == 0


def test_a_picture_with_colours_is_said_to_have_them(pipe: ColorizePipeline) -> None:
    colored = landscape(9, 192, 144)
    result = pipe(colored)
    assert result.had_color and not pipe(grey(9)).had_color
    assert np.abs(np.asarray(result.images[0], int) - np.asarray(pipe(grey(9)).images[0], int)).mean() < 2


def test_strength_goes_from_grey_to_more(pipe: ColorizePipeline) -> None:
    none, usual, much = (spread(np.asarray(pipe(grey(4), strength=s).images[0])) for s in (0.0, 1.0, 1.5))
    assert none < 1 < usual < much
    assert spread(np.asarray(pipe(grey(4), setting="vivid").images[0])) > usual


def test_the_same_input_gives_the_same_bytes(pipe: ColorizePipeline) -> None:
    one, other = (pipe(grey(5), guesses="averaged").images[0].tobytes() for _ in range(2))
    assert one == other


def test_averaged_guesses_know_no_left_and_right(pipe: ColorizePipeline) -> None:
    picture = grey(6)
    there = np.asarray(pipe(picture, guesses="averaged").images[0], int)
    mirrored = pipe(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), guesses="averaged").images[0]
    back = np.asarray(mirrored.transpose(Image.Transpose.FLIP_LEFT_RIGHT), int)
    assert np.abs(there - back).mean() < 1
    once = np.asarray(pipe(picture).images[0], int)
    assert np.abs(there - once).mean() > 0


@pytest.mark.parametrize("arguments", [{"setting": "loud"}, {"strength": 4}, {"strength": -1}, {"guesses": "many"}])
def test_bad_arguments_are_refused(pipe: ColorizePipeline, arguments: dict[str, object]) -> None:
    with pytest.raises(Misuse):
        pipe(grey(1), **arguments)  # type: ignore[arg-type]


def test_colour_ends_at_the_pictures_edges() -> None:
    """A step in lightness, chroma smeared across it: the filter puts the colour back on its side."""
    lightness = np.full((384, 384), 30, np.float32)
    lightness[:, 192:] = 70
    smeared = np.zeros((32, 32, 2), np.float32)
    smeared[..., 0] = np.linspace(-1, 1, 32).clip(-0.2, 0.2) * 200
    guided = GuidedChroma(smeared, lightness).rows(lightness, 0, lightness.shape)[..., 0]
    row, naive = guided[192], np.interp(np.arange(384), np.arange(32) * 12 + 5.5, smeared[16, :, 0])
    assert row[193] - row[190] > 1.5 * abs(naive[193] - naive[190]) and row[193] - row[190] > 8


def test_strips_make_no_seams_and_lie_where_the_coarse_picture_says() -> None:
    """The full picture is not a whole multiple of the coarse one: pixel centres must be reckoned with."""
    coarse = np.random.default_rng(2).uniform(20, 80, (96, 64)).astype(np.float32)
    guided = GuidedChroma(np.random.default_rng(1).normal(0, 20, (12, 8, 2)).astype(np.float32), coarse)
    full = (960 + 37, 640 + 13)
    lightness = np.asarray(cv2.resize(coarse, full[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
    whole = guided.rows(lightness, 0, full)
    parts = [guided.rows(lightness[rows], rows.start, full) for rows in strips(*full, 7000)]
    assert len(parts) > 10 and np.abs(np.concatenate(parts) - whole).max() < 0.2
    both = (guided.lines, guided.bounds)
    lines, bounds = (cv2.resize(maps, full[::-1], interpolation=cv2.INTER_LINEAR) for maps in both)
    expected = np.clip(lines[..., :2] * lightness[..., None] + lines[..., 2:], bounds[..., :2], bounds[..., 2:])
    assert np.abs(whole - expected).mean() < 0.05


def test_grain_gets_no_colours_that_nobody_guessed() -> None:
    coarse = np.full((384, 384), 56, np.float32)
    coarse[:, 192:] = 64
    chroma = np.empty((32, 32, 2), np.float32)
    chroma[:, :16], chroma[:, 16:] = (50, 50), (-10, -45)
    grainy = cv2.resize(coarse, (1536, 1536)) + np.random.default_rng(1).normal(0, 8, (1536, 1536))
    made = GuidedChroma(chroma, coarse).rows(np.asarray(grainy, np.float32), 0, (1536, 1536))
    assert made[..., 0].min() > -18 and made[..., 0].max() < 58
    assert made[..., 1].min() > -56 and made[..., 1].max() < 61


def test_the_command_line_colours_evaluates_and_prepares(
    colorize_run: Run, landscapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = str(colorize_run.exports / "last")
    rotated = tmp_path / "old.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    grey(3).save(rotated, exif=exif)
    shown = ["--weights", weights, "--out", str(tmp_path / "out"), "--set", "setting=vivid"]
    assert main(["generate", "colorize", str(rotated), *shown, "--sheet", str(tmp_path / "sheet.png")]) == 0
    path, sheet = (Path(line) for line in capsys.readouterr().out.splitlines())
    assert Image.open(path).size == (144, 192)
    origin = provenance.read(path)
    assert origin.system == "colorize" and origin.arguments["setting"] == "vivid"
    grey_one, colored_one = (
        np.asarray(Image.open(sheet).crop((256 * column, 0, 256 * column + 256, 256)), int) for column in (0, 1)
    )
    assert np.ptp(grey_one, axis=2).max() == 0 < np.ptp(colored_one, axis=2).mean()
    luma = [one @ np.array([0.299, 0.587, 0.114]) for one in (grey_one, colored_one)]
    assert np.abs(luma[0] - luma[1]).mean() < 25, "the same picture"
    assert main(["generate", "colorize", str(rotated), *shown[:4], "--set", "hue=3"]) == 2

    assert main(["prepare", "colorize", "--data", f"folder:{landscapes}", "--out", str(tmp_path / "p")]) == 2
    capsys.readouterr()
    small = ["--set", "min_side=48", "--set", "size=64"]
    assert main(["prepare", "colorize", "--data", f"folder:{landscapes}", "--out", str(tmp_path / "p"), *small]) == 0
    assert "kept, dropped" in capsys.readouterr().out
    made = sorted((tmp_path / "p").rglob("*.png"))
    assert len(made) > 20 and {Image.open(one).size for one in made} == {(64, 64)}


def test_the_command_line_measures(colorize_run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "outdoors").mkdir()
    for seed in range(30):
        landscape(seed + 900, 128, 128).save(tmp_path / "outdoors" / f"{seed}.png")
    weights = str(colorize_run.exports / "last")
    assert main(["evaluate", "colorize", "--weights", weights, "--data", f"folder:{tmp_path}", "--json"]) == 0
    metrics = json.loads(capsys.readouterr().out)
    assert metrics["psnr"] > metrics["psnr_grey"] and metrics["n"] > 0
    assert {"ssim", "colorfulness", "colorfulness_vivid", "psnr_vivid", "colorfulness_real"} <= set(metrics)
    for name in ("efficientnet_lite0", "scattering"):
        assert metrics[f"kid_{name}"] < metrics[f"kid_{name}_grey"], "coloured ones are nearer to the real than grey"
        assert f"kid_{name}_vivid" in metrics and f"kid_{name}_floor" in metrics and f"sha256_{name}" in metrics


def next_frame(photograph: np.ndarray[Any, Any], number: int) -> list[Image.Image]:
    """Return two frames of a scene: one pixel apart, each with grain of its own."""
    small = Image.fromarray(photograph).convert("L")
    small.thumbnail((400, 400))
    whole, rng = np.asarray(small, np.float32), np.random.default_rng(number)
    frames = (whole[:-1, :-1], whole[1:, 1:])
    return [Image.fromarray((one + rng.normal(0, 2, one.shape)).clip(0, 255).astype(np.uint8)) for one in frames]


def test_two_frames_of_a_scene_get_nearly_the_same_colours() -> None:
    bundled = ColorizePipeline.from_pretrained("colorize")
    means, worst = [], []
    for number, name in enumerate(("astronaut", "chelsea", "coffee", "rocket")):
        frames = next_frame(getattr(data, name)(), number)
        first, second = (to_lab(np.asarray(bundled(one).images[0].convert("RGB")))[..., 1:] for one in frames)
        apart = np.linalg.norm(first[1:, 1:] - second[:-1, :-1], axis=-1)
        means.append(apart.mean())
        worst.append(np.quantile(apart, 0.99))
    assert np.mean(means) < 1.05 and np.mean(worst) < 4, (means, worst)
