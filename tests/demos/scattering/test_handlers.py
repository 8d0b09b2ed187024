from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from demos.scattering import handlers, models
from demos.shared.keeping import Pressed
from pipelines.common import device, provenance
from pipelines.common.errors import Misuse
from pipelines.scattering.networks import ScatteringModel
from pipelines.scattering.pipeline import ScatteringPipeline
from pipelines.scattering.report import report_on, write_report
from tests.tools import noisy_picture


@pytest.fixture(autouse=True)
def pipes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, ScatteringPipeline]:
    """Small models that have learnt nothing."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    made = {}
    for number, name in enumerate(handlers.MODELS):
        torch.manual_seed(number)
        model = ScatteringModel(32, 1, 2, 4, 16, 0.2, base_channels=4)
        torch.nn.init.orthogonal_(model.code.components)
        for weight in model.decoder.parameters():
            weight.data.mul_(3)  # pictures that differ
        made[name] = ScatteringPipeline(model, device.choose("cpu"), name)
    monkeypatch.setattr(models, "scattering", made.__getitem__)
    return made


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def click(x: float, y: float) -> Any:
    return SimpleNamespace(index=[x, y])


def test_both_models_are_given_the_same_noise(pipes: dict[str, ScatteringPipeline]) -> None:
    answer = handlers.draw(handlers.Settings(3, 0.9, "sgm", "ssgm"))
    for side, name in (("left", "sgm"), ("right", "ssgm")):
        cell = answer[side].crop((handlers.CELL, 0, 2 * handlers.CELL, handlers.CELL))
        own = pipes[name](seed=3, first=1, temperature=0.9).images[0].resize(cell.size, Image.Resampling.LANCZOS)
        assert np.array_equal(np.asarray(cell), np.asarray(own)), name
    read = provenance.read(Path(answer["download"]))
    assert (read.weights, read.seed, read.arguments) == ("sgm", 3, {"temperature": 0.9, "count": 16})
    assert answer["drawn"] == handlers.Drawn(3, 0.9, "sgm", "ssgm")


def test_a_face_that_is_pressed_is_kept_large_and_can_be_made_again(pipes: dict[str, ScatteringPipeline]) -> None:
    drawn = handlers.Drawn(5, 0.7, "ssgm", "sgm")
    place = click(3.5 * handlers.CELL, 1.5 * handlers.CELL)
    answer = handlers.keep_right(Pressed(drawn, ["before.png"], "en"), place)
    path, before = answer["kept"]
    assert before == "before.png" and answer["gallery"] == answer["kept"]
    read = provenance.read(Path(path))
    assert (read.weights, read.seed, read.index) == ("sgm", 5, 7)
    again = pipes["sgm"](seed=5, first=7, temperature=0.7).images[0]
    with Image.open(path) as kept:
        assert np.array_equal(np.asarray(kept), np.asarray(handlers.large(again)))
    for beside in ((-5, 3), (3, -200)):
        with pytest.raises(Misuse):
            handlers.keep_left(Pressed(drawn, [], "en"), click(*beside))


def test_of_two_presses_that_wait_both_are_kept(pipes: dict[str, ScatteringPipeline]) -> None:
    """Each has got what was kept when it was made."""
    kept: list[str] = []
    left, right = (Pressed(handlers.Drawn(5, 0.7, "ssgm", "sgm"), kept, "en") for _ in range(2))
    handlers.keep_left(left, click(5, 5))
    answer = handlers.keep_right(right, click(5, 5))
    assert len(answer["kept"]) == len(answer["gallery"]) == 2


def test_a_picture_is_restored_by_all(pipes: dict[str, ScatteringPipeline]) -> None:
    picture = noisy_picture(1)
    answer = handlers.restore(png(picture), "ja")
    seen, restored = answer["pair"]
    assert seen.tobytes() == handlers.large(pipes["adversarial"].seen(picture)).tobytes()
    assert restored.tobytes() == handlers.large(pipes["adversarial"](picture).images[0]).tobytes()
    names = ["SGM + GANによる復元", "SSGMによる復元", "SGMによる復元", "最初のモデルで失われたもの"]
    assert [words for _, words in answer["strip"]] == names
    assert len({image.tobytes() for image, _ in answer["strip"]}) == 4
    assert handlers.restore(None, "en") == {}
    with pytest.raises(Misuse):
        handlers.restore(b"this is no picture", "en")


def test_a_morph_goes_there_and_back_and_tells_where_from(pipes: dict[str, ScatteringPipeline]) -> None:
    answer = handlers.morph(handlers.Way(1, 2, None, png(noisy_picture(2)), "sgm"))
    with Image.open(answer["animation"]) as moving:
        assert moving.n_frames == 2 * (4 * handlers.FRAMES - 1) and moving.info["loop"] == 0
    read = provenance.read(Path(answer["film"]))
    assert len(read.arguments["share"]) == handlers.FRAMES
    assert read.arguments["start"] == 1 and set(read.other_inputs) == {"end"} and read.weights == "sgm"
    with Image.open(answer["film"]) as film:
        first = film.crop((0, 0, handlers.CELL, handlers.CELL))
    start = pipes["sgm"](seed=1).images[0].resize(first.size, Image.Resampling.LANCZOS)
    assert np.abs(np.asarray(first, int) - np.asarray(start, int)).mean() < 1


def test_sliders_steer_the_first_components(pipes: dict[str, ScatteringPipeline]) -> None:
    sliders = {str(number): 0.0 for number in range(handlers.SLIDERS)}
    middle = handlers.steer(handlers.Steered(sliders, 4, "ssgm"))
    moved = handlers.steer(handlers.Steered({**sliders, "2": 3.0}, 4, "ssgm"))
    assert provenance.read(Path(moved["steered"])).arguments["components"] == [0, 0, 3, 0, 0, 0, 0, 0]
    pictures = [np.asarray(Image.open(answer["steered"]), int) for answer in (middle, moved)]
    assert np.abs(pictures[0] - pictures[1]).mean() > 0.5
    assert handlers.reset() == {"sliders": sliders}


def test_the_panel_says_what_was_found_or_that_nothing_was(
    pipes: dict[str, ScatteringPipeline], tmp_path: Path
) -> None:
    assert "nothing" in handlers.explain("ssgm", "en")["why"]
    codes = np.random.default_rng(0).normal(0, 1, (500, 16)).astype(np.float32)
    report = report_on(codes, np.linspace(2, 1, 16, dtype=np.float32), np.full(16, 0.2, np.float32))
    write_report(report, tmp_path)
    pipes["ssgm"].folder = tmp_path
    answer = handlers.explain("ssgm", "en")
    assert "500 faces" in answer["why"] and f"{report.figures['code_ks']:.3f}" in answer["why"]
    spectrum = answer["spectrum"]
    shown = spectrum[spectrum["line"] == "variance"]
    assert list(shown["x"]) == list(range(1, 17)) and np.allclose(10 ** shown["y"], report.spectrum)
    assert set(answer["quantiles"]["line"]) == {"Component 1", "Component 8", "N(0, 1)"}
    assert len(answer["norms"]) == 2 * len(report.norms)


def test_the_restored_pictures_stay_when_the_language_changes(pipes: dict[str, ScatteringPipeline]) -> None:
    answer = handlers.restore(png(noisy_picture(3)), "en")
    again = handlers.caption_strip(answer["restored"], "ja")["strip"]
    assert [one.tobytes() for one, _ in again] == [one.tobytes() for one, _ in answer["strip"]]
    assert not {words for _, words in again} & {words for _, words in answer["strip"]}
