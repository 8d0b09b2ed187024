from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image

from demos.biggan import handlers, models
from demos.biggan.handlers import Settings
from demos.biggan.tab import Dropdown
from demos.biggan.words import say
from demos.shared.keeping import Pressed
from demos.shared.words import LANGUAGES
from pipelines.biggan.losses import init_weights
from pipelines.biggan.networks import BigGANGenerator
from pipelines.biggan.pipeline import BigGANPipeline
from pipelines.common import device, provenance
from pipelines.common.errors import Misuse
from pipelines.data.library import DataSet
from pipelines.data.superclasses import SUPERCLASSES
from pipelines.weights import hub

CLASSES = ("fish", "trees", "unicorns")
NEIGHBOURS = models.neighbours


@pytest.fixture(autouse=True)
def pipe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> BigGANPipeline:
    """A small model that has learnt nothing."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    torch.manual_seed(1)
    network = BigGANGenerator(CLASSES, base_channels=8, noise_dim=8)
    init_weights(network, "orthogonal")
    made = BigGANPipeline(network, device.choose("cpu"), "small")
    monkeypatch.setattr(models, "biggan", lambda: made)
    monkeypatch.setattr(models, "neighbours", lambda: None)
    return made


def select(index: Any) -> Any:
    return SimpleNamespace(index=index)


def test_a_sheet_has_a_named_row_for_each_class(pipe: BigGANPipeline) -> None:
    answer = handlers.draw(Settings(["trees", "unicorns"], 3.0, 0.7, 5), "ja")
    with Image.open(answer["download"]) as sheet, Image.open(answer["sheet"]) as large:
        assert sheet.size == (3 * 32, 2 * 32)
        assert np.array_equal(np.asarray(large)[::4, 3::4], np.asarray(sheet)), "each pixel a square"
        cell = sheet.crop((64, 32, 96, 64)).convert("RGB")
    alone = pipe(["unicorns"], seed=5, first=2, truncation=0.7).images[0]
    assert cell.tobytes() == alone.tobytes()
    assert answer["labels"].index("木") < answer["labels"].index("unicorns")
    read = provenance.read(Path(answer["download"]))
    assert (read.seed, read.arguments["classes"], read.arguments["count"]) == (5, ["trees", "unicorns"], 3)
    assert "나무" in handlers.relabel(answer["drawn"], "ko")["labels"]
    assert handlers.draw(Settings([], 1, 1.0, 5), "en")["drawn"].classes == CLASSES
    assert handlers.draw(Settings(["fish"] * 500, 1, 1.0, 5), "en")["drawn"].classes == ("fish",), "once is enough"
    with pytest.raises(Misuse):
        handlers.draw(Settings(["trees"], 99, 1.0, 5), "en")


def test_a_class_is_added_and_taken_away() -> None:
    assert handlers.pick(["fish"], select(1)) == {"classes": ["fish", "trees"]}
    assert handlers.pick(["fish", "trees"], select(0)) == {"classes": ["trees"]}
    with pytest.raises(Misuse):
        handlers.pick([], select(3))


@pytest.mark.parametrize("sent", [5, {"fish": 1}, [["fish"]], "fish", [None]])
def test_what_is_no_list_of_classes_is_refused(sent: Any) -> None:
    with pytest.raises(Misuse):
        Dropdown(["fish", "trees"], multiselect=True).preprocess(sent)


def test_no_class_is_a_choice_too() -> None:
    assert Dropdown(["fish"], multiselect=True).preprocess(None) == []
    assert Dropdown(["fish"]).preprocess("fish") == "fish" and Dropdown(["fish"]).preprocess(None) is None


def test_a_data_set_of_the_same_name_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody sees the pictures of a set that was deleted."""
    at = 1.0
    sets = [DataSet("pets", {"fish": 3, "trees": 3}, at=at)]
    read: list[float] = []

    def pretend(data: DataSet) -> None:
        read.append(data.at)
        models._neighbours[data.source, data.at] = data.at  # type: ignore[assignment]

    monkeypatch.setattr(models, "read_neighbours", pretend)
    monkeypatch.setattr(models, "classes", lambda: ("fish", "trees"))
    monkeypatch.setattr("pipelines.data.library.data_sets", lambda: sets)
    monkeypatch.setattr(models, "_neighbours", {})
    for wanted in (1.0, 1.0, 2.0, 2.0):
        sets[:] = [replace(sets[0], at=wanted)]
        found: Any = NEIGHBOURS()
        for thread in threading.enumerate():
            if thread.name == "neighbours":
                thread.join()
        found = NEIGHBOURS()
        assert found == wanted
    assert read == [1.0, 2.0] and len(models._neighbours) == 1


def test_a_picture_that_is_pressed_is_shown_large_and_kept(
    pipe: BigGANPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = handlers.Drawn(("trees", "fish"), 3, 0.7, 5)
    answer = handlers.enlarge(Pressed(drawn, ["before.png"], "en"), select([280, 160]))
    alone = pipe(["fish"], seed=5, first=2, truncation=0.7).images[0]
    pixels, smooth = answer["pair"]
    assert pixels.size == smooth.size == (512, 512) and pixels.tobytes() != smooth.tobytes()
    assert pixels.resize((32, 32), Image.Resampling.NEAREST).tobytes() == alone.tobytes()
    path, before = answer["kept"]
    read = provenance.read(Path(path))
    assert before == "before.png" and (read.seed, read.index, read.arguments["classes"]) == (5, 2, ["fish"])
    assert "near" not in answer
    for place in ([-3, 16], [388, 16], [16, 260]):
        with pytest.raises(Misuse):
            handlers.enlarge(Pressed(drawn, [], "en"), select(place))
    found = SimpleNamespace(nearest=lambda picture: [(picture, "trout"), (picture, "fish")])
    monkeypatch.setattr(models, "neighbours", lambda: found)
    near = handlers.enlarge(Pressed(drawn, [], "ja"), select([16, 16]))
    assert [name for _, name in near["near"]] == ["trout", "魚"] and near["near_none"] == gr.update(visible=False)


def test_a_morph_and_a_walk_begin_and_end_where_they_should(pipe: BigGANPipeline) -> None:
    answer = handlers.morph(handlers.Way("fish", "trees", 3, 4))
    with Image.open(answer["animation"]) as moving:
        assert moving.n_frames == 2 * (4 * handlers.FRAMES - 1)
    read = provenance.read(Path(answer["film"]))
    assert read.arguments["start"] == ["fish", 3] and read.arguments["end"] == ["trees", 4]
    assert len(read.arguments["share"]) == handlers.FRAMES and read.arguments["share"][-1] == 1, "of all of the strip"
    walked = handlers.walk("trees", 3)["walked"]
    assert provenance.read(Path(walked)).arguments["truncation"] == [*handlers.TRUNCATIONS]
    with Image.open(walked) as film:
        assert film.width == len(handlers.TRUNCATIONS) * handlers.SHOWN
        last = film.crop((film.width - handlers.SHOWN, 0, film.width, handlers.SHOWN)).convert("RGB")
    alone = handlers.smooth(pipe(["trees"], seed=3, truncation=2.0).images[0], handlers.SHOWN)
    assert np.abs(np.asarray(last, int) - np.asarray(alone, int)).max() <= 3


def test_what_was_measured_is_a_table_with_its_bounds(pipe: BigGANPipeline, tmp_path: Path) -> None:
    assert handlers.explain("en")["good"] == say("big_good_none", "en")
    metrics = {"n": 50, "n_real": 60, "superclass_accuracy": 0.5, "superclass_accuracy_real": 0.8, "fd_classifier": 7}
    metrics |= {"superclass_accuracy_fish": 0.25}
    metrics |= {"kid_classifier": 0.12345, "kid_classifier_floor": -0.0004, "kid_classifier_ceiling": 0.9}
    (tmp_path / "metrics.json").write_text(json.dumps(metrics))
    pipe.folder = tmp_path
    text = handlers.explain("en")["good"]
    assert "50 samples" in text and "| | samples | real | floor | ceiling |" in text
    assert "| KID, classifier | 0.123 | | 0.000 | 0.900 |" in text, "and 0 bears no sign"
    assert "| superclass accuracy | 0.500 | 0.800 | | |" in text and text.count("KID") == 1
    assert "| FD, classifier | 7.000 |" in text
    assert "| – 물고기 | 0.250 |" in handlers.explain("ko")["good"]


def test_all_superclasses_have_names() -> None:
    for language in LANGUAGES:
        names = [handlers.name_of(name, language) for name in SUPERCLASSES]
        assert len(set(names)) == 20 and not any("_" in name for name in names)


def promoted(monkeypatch: pytest.MonkeyPatch, folder: Path, classes: tuple[str, ...]) -> None:
    """Weights of these classes are live."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"classes": classes}))
    (folder / "model.safetensors").write_bytes(b"")
    monkeypatch.setattr(hub, "resolve", lambda name: folder)


def test_the_fields_follow_weights_of_other_classes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert handlers.follow_weights("en") == {}, "the bundled weights are live"
    promoted(monkeypatch, tmp_path / "own", CLASSES)
    answer = handlers.follow_weights("ja")
    assert not answer["pick"]["visible"] and not answer["samples"]["visible"], "pictures of other classes"
    assert answer["classes"]["value"] == list(CLASSES)
    names = [handlers.name_of(name, "ja") for name in CLASSES]
    assert names[0] != "fish" and names[2] == "unicorns"
    for field, value in {"from": "fish", "to": "unicorns", "walk_class": "fish"}.items():
        assert answer[field]["value"] == value
        assert answer[field]["choices"] == [*zip(names, CLASSES, strict=True)]
    assert handlers.live_choices("en")[-1] == ("unicorns", "unicorns")


def test_classes_that_other_weights_do_not_know_are_left_out(pipe: BigGANPipeline) -> None:
    drawn = handlers.draw(Settings(["people", "trees"], 2.0, 1.0, 5), "en")["drawn"]
    assert drawn.classes == ("trees",)
    with pytest.raises(Misuse, match="people"):
        handlers.draw(Settings(["people"], 2.0, 1.0, 5), "en")
    with pytest.raises(Misuse, match="people"):
        handlers.draw_one(Settings(["people", "trees"], 2.0, 1.0, 5))  # a program has written it
    assert handlers.morph(handlers.Way("people", "trees", 1, 2)) == {} == handlers.walk("people", 3)
