from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

from demos.colorize import examples, models
from demos.colorize.handlers import (
    MAX_FILES,
    PREVIEW,
    Call,
    Made,
    Offered,
    Press,
    Shown,
    Upload,
    bring_forward,
    color_files,
    color_one,
    follow,
    offer,
    take,
    take_example,
)
from demos.colorize.words import say
from demos.shared.words import LANGUAGES
from pipelines.colorize.networks import ColorizeGenerator
from pipelines.colorize.pipeline import ColorizePipeline
from pipelines.common import device, provenance
from pipelines.common.errors import Misuse

SETTINGS: dict[str, Any] = {"setting": "faithful", "strength": 1.0, "guesses": "one"}


@pytest.fixture(autouse=True)
def untaught_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ColorizePipeline:
    torch.manual_seed(0)
    pipe = ColorizePipeline(ColorizeGenerator(target="ab", base_channels=4, size=64), device.choose("cpu"), "colorize")
    torch.nn.init.normal_(pipe.generator.head.weight, 0, 0.05)
    monkeypatch.setattr(models, "colorize", lambda: pipe)
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    return pipe


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    warnings: list[str] = []
    monkeypatch.setattr(gr, "Warning", lambda message, **_: warnings.append(message))
    return warnings


def photograph(path: Path, size: tuple[int, int] = (120, 80), *, grey: bool = True) -> str:
    picture = Image.fromarray(data.coffee()).resize(size)
    (picture.convert("L") if grey else picture).save(path)
    return str(path)


def taken_in(files: list[str] | None, taken: list[str] | None = None, language: str = "en") -> Any:
    return take(Upload(files, taken or [], language))


def look(files: list[str], beside: str = "grey", **changed: Any) -> tuple[Any, str]:
    answer = follow(Shown(taken_in(files)["front"], SETTINGS | changed, beside, "en"))
    return answer["slider"], answer["said"]


def wish(files: list[str], *, keep: bool = True, before: Made | None = None, **rest: Any) -> Press:
    taken = rest.pop("taken", [])
    return Press(files, taken, SETTINGS | rest, keep, before or Made(), "en")


def press(files: list[str], before: Made | None = None, **changed: Any) -> list[Any]:
    return list(color_files(wish(files, before=before, **changed), progress=lambda *_: None))  # type: ignore[arg-type]


def finished_of(files: list[str], before: Made | None = None, **changed: Any) -> Made:
    made: Made = press(files, before, **changed)[-1]["finished"]
    return made


def offered(files: list[str], finished: Made, keep: bool = True, **changed: Any) -> bool:
    update = offer(Offered(files, SETTINGS | changed, keep, finished))["download"]
    assert update["value"] == (finished.file if update["interactive"] else None)
    return bool(update["interactive"])


def colored(image: Image.Image) -> bool:
    pixels = np.asarray(image.convert("RGB"), np.int16)
    return bool((pixels.max(axis=2) - pixels.min(axis=2)).max() > 8)


def test_a_picture_is_shown_in_colour_and_made(tmp_path: Path) -> None:
    file = photograph(tmp_path / "my photo.png")
    (left, right), said = look([file])
    assert left.size == right.size == (120, 80)
    assert not colored(left) and colored(right) and said == ""
    finished = finished_of([file])
    assert offered([file], finished) and Path(finished.file).name == "my photo-color.png"
    assert np.array_equal(np.asarray(Image.open(finished.file)), np.asarray(right)), "the file is what was shown"
    assert provenance.read(Path(finished.file)).arguments["setting"] == "faithful"
    with pytest.raises(Misuse, match="no provenance"):
        provenance.read(Path(finished_of([file], keep=False).file))


def test_settings_are_followed(tmp_path: Path) -> None:
    file = photograph(tmp_path / "a.png")
    (_, faithful), _ = look([file])
    (_, vivid), _ = look([file], setting="vivid")
    (_, none), _ = look([file], strength=0.0)
    assert np.asarray(faithful).tobytes() != np.asarray(vivid).tobytes()
    assert not colored(none)


def test_colours_that_were_there_are_spoken_of_and_can_be_compared_with(tmp_path: Path) -> None:
    file = photograph(tmp_path / "a.png", grey=False)
    (left, _), said = look([file])
    assert not colored(left) and said == say("color_had", "en")
    assert colored(look([file], beside="original")[0][0])


def test_a_large_picture_is_previewed_and_made_at_its_size(tmp_path: Path) -> None:
    file = photograph(tmp_path / "large.png", (1800, 900))
    (_, shown), said = look([file])
    assert shown.size == (PREVIEW, PREVIEW // 2) and "1800 x 900" in said
    assert Image.open(finished_of([file]).file).size == (1800, 900)


def test_a_download_is_what_the_page_shows(tmp_path: Path, untaught_model: ColorizePipeline) -> None:
    file, other = photograph(tmp_path / "a.png"), photograph(tmp_path / "b.png")
    steps = press([file])
    assert not offered([file], steps[0]["finished"]), "not all is done"
    finished = steps[-1]["finished"]
    assert not offered([file], finished, setting="vivid")
    assert not offered([file], finished, keep=False)
    assert not offered([other], finished)
    assert offered([file], finished), "it comes back with the settings"
    untaught_model.weights_sha256 = "promoted since"
    assert not offered([file], finished)


def test_what_the_last_press_made_does_not_stay(tmp_path: Path) -> None:
    file = photograph(tmp_path / "a.png")
    first = finished_of([file])
    second = finished_of([file], first, setting="vivid")
    assert Path(second.file).is_file() and not Path(first.file).exists()


def test_several_become_a_zip_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    files = [photograph(tmp_path / "日本.png"), photograph(tmp_path / "b" / "x.jpg"), photograph(tmp_path / "x.png")]
    steps = press(files)
    assert [len(step["made"]) for step in steps[:-1]] == [1, 2, 3], "each is shown as soon as it is there"
    finished = steps[-1]["finished"]
    with zipfile.ZipFile(finished.file) as archive:
        assert archive.namelist() == ["日本-color.png", "x-color.png", "x-color_2.png"]
        pictures = [Image.open(io.BytesIO(archive.read(name))) for name in archive.namelist()]
    assert all(colored(picture) and picture.size == (120, 80) for picture in pictures)
    assert Path(finished.file).read_bytes() == Path(finished_of(files).file).read_bytes()
    for made in (finished, steps[1]["finished"]):  # while others are being made, too
        assert bring_forward(made, SimpleNamespace(index=1))["front"].path == files[1]


def test_a_bad_file_among_several_is_named_and_the_others_go_on(tmp_path: Path, heard: list[str]) -> None:
    bad = tmp_path / "notes.txt"
    bad.write_text("this is no picture")
    good = photograph(tmp_path / "good.png")
    answer = taken_in([str(bad), good])
    assert len(answer["taken"]) == 2 and answer["front"].path == good
    assert len(heard) == 1 and heard[0].startswith("notes.txt: This is not a picture")
    for files in ([str(bad), good], [good, str(bad)]):
        heard.clear()
        finished = finished_of(files)
        assert finished.sources == (good,) and len(heard) == 1
        assert zipfile.ZipFile(finished.file).namelist() == ["good-color.png"]
    with pytest.raises(Misuse, match="not a picture"):
        press([str(bad)])


def test_where_nothing_can_be_read_everything_stays(tmp_path: Path, heard: list[str]) -> None:
    bad = tmp_path / "notes.txt"
    bad.write_text("this is no picture")
    good, example = photograph(tmp_path / "good.png"), str(examples.example_files()[0])
    for before, listed in (([good], [good]), ([example], None), ([], None)):
        assert taken_in([str(bad)], before, "ja") == {"files": listed}
    assert len(heard) == 3 and "読み取れない" in heard[0]
    assert set(taken_in([good] * (MAX_FILES + 1), [good])) == {"files"} and f"at most {MAX_FILES}" in heard[-1]


def test_nothing_chosen_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misuse) as error:
        press([])
    assert error.value.code == "picture_missing"
    cleared = taken_in(None)
    assert (cleared["taken"], cleared["front"]) == ([], None)
    assert follow(Shown(None, SETTINGS, "grey", "en")) == {"slider": None, "said": ""}
    assert not offered([], Made())


def test_an_upload_counts_before_it_has_been_opened(tmp_path: Path) -> None:
    old, new = photograph(tmp_path / "old.png"), photograph(tmp_path / "new.png")
    assert finished_of([new], taken=[old]).sources == (new,)
    assert finished_of([], taken=[old]).sources == (old,), "an example stands in no list"


def test_a_cancel_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    files = [photograph(tmp_path / "a.png"), photograph(tmp_path / "b.png")]
    steps = color_files(wish(files), lambda *_: None)  # type: ignore[arg-type]
    next(steps)
    uploads = tmp_path / "uploads"
    assert [path.name for path in uploads.glob("tmp*/*.zip")] == ["colorize.zip"], "it counts as a visitor's file"
    steps.close()
    assert not list(uploads.glob("tmp*"))


def test_an_example_is_taken_like_an_upload() -> None:
    names = [caption for _, caption in examples.example_items("en")]
    assert len(names) == len(examples.EXAMPLES) and all(
        not colored(Image.open(small)) for small, _ in examples.example_items("ja")
    )
    for number, name in enumerate(examples.EXAMPLES):
        answer = take_example(SimpleNamespace(index=number))
        (taken,) = answer["taken"]
        assert Path(taken).name == name and answer["front"].path == taken and answer["files"] is None
        assert say(f"photograph_{Path(name).stem}", "en") == names[number]


def test_each_example_has_its_licence_on_the_page() -> None:
    for language in LANGUAGES:
        assert len(re.findall(r"CC0|public domain", examples.credits(language))) == len(examples.EXAMPLES)


def test_programs_get_the_file_of_the_page(tmp_path: Path) -> None:
    file = photograph(tmp_path / "a.png")
    settings = SETTINGS | {"setting": "vivid", "strength": 1.2}
    made = Path(color_one(Call(file, **settings))["result"])
    assert made.read_bytes() == Path(finished_of([file], **settings).file).read_bytes()
    with pytest.raises(Misuse, match="choose a picture"):
        color_one(Call(None, **SETTINGS))
    with pytest.raises(Misuse, match="setting must be one of"):
        color_one(Call(file, **SETTINGS | {"setting": "wild"}))
