from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_client import Client, handle_file
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect
from skimage import data

from demos.colorize.words import say
from demos.shared.words import LANGUAGES
from pipelines.common import provenance
from tests.browser.steps import open_tab, pixels, settle


@pytest.fixture
def tab(page: Page) -> Page:
    page.click("#tab-colorize-button")
    page.wait_for_selector("#color-upload input[type=file]", state="attached")
    return page


def grey_photograph(path: Path, size: tuple[int, int] = (300, 200)) -> Path:
    Image.fromarray(data.coffee()).convert("L").resize(size).save(path)
    return path


def upload(page: Page, *files: Path) -> None:
    page.set_input_files("#color-upload input[type=file]", list(files))


def sides(page: Page) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return what is left and right of the handle."""
    settle(page)
    expect(page.locator("#color-result img")).to_have_count(2)
    found = {
        "after" if "fixed" in (image.get_attribute("class") or "") else "before": image.get_attribute("src")
        for image in page.locator("#color-result img").all()
    }
    assert len(found) == 2, found
    left, right = (pixels(page.request.get(str(found[side])).body()) for side in ("before", "after"))
    return left, right


def spread(picture: NDArray[np.uint8]) -> float:
    return float((picture.max(axis=2).astype(int) - picture.min(axis=2)).mean())


def make(page: Page) -> tuple[str, Path]:
    """Press the button and save what it makes."""
    page.click("#color-start")
    expect(page.locator("#color-download")).to_be_enabled()
    with page.expect_download() as waiting:
        page.click("#color-download")
    return waiting.value.suggested_filename, Path(waiting.value.path())


def test_a_grey_upload_comes_back_in_colour_beside_itself(tab: Page, tmp_path: Path) -> None:
    upload(tab, grey_photograph(tmp_path / "grandmother.jpg"))
    left, right = sides(tab)
    assert left.shape == right.shape == (200, 300, 3)
    assert spread(left) < 2 and spread(right) > 6
    name, saved = make(tab)
    assert name == "grandmother-color.png" and provenance.read(saved).system == "colorize"
    # Faithful to the picture: only colour was added.
    assert np.abs(np.asarray(Image.open(saved).convert("L"), int) - left.mean(axis=2)).mean() < 3


def test_the_handle_moves(tab: Page, tmp_path: Path) -> None:
    upload(tab, grey_photograph(tmp_path / "a.png"))
    expect(tab.locator("#color-result img")).to_have_count(2)
    settle(tab)
    box = tab.locator("#color-result").bounding_box()
    handle = tab.locator("#color-result .inner").first
    assert box is not None
    tab.mouse.move(box["x"] + 2, box["y"] + 2)
    place = handle.bounding_box()
    assert place is not None
    middle = spread(screenshot(tab))
    tab.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 8, place["y"] + place["height"] / 2, steps=8)
    tab.mouse.up()
    tab.mouse.move(box["x"] + 2, box["y"] + 2)
    settle(tab)
    assert spread(screenshot(tab)) > 1.3 * middle, "colour should have taken the grey side's place"


def screenshot(page: Page) -> NDArray[np.uint8]:
    return pixels(page.locator("#color-result").screenshot())


def test_saturation_and_setting_are_followed(tab: Page, tmp_path: Path) -> None:
    upload(tab, grey_photograph(tmp_path / "a.png"))
    faithful = spread(sides(tab)[1])
    tab.locator("#color-setting label").nth(1).click()
    assert spread(sides(tab)[1]) > 1.1 * faithful
    tab.click("#color-options > button")
    field = tab.locator("#color-strength input[type=number]")
    field.fill("")
    settle(tab)
    field.fill("0")
    field.press("Enter")
    assert spread(sides(tab)[1]) < 2


def test_only_what_is_shown_can_be_downloaded(tab: Page, tmp_path: Path) -> None:
    upload(tab, grey_photograph(tmp_path / "a.png"))
    sides(tab)
    first = make(tab)[1].read_bytes()
    vivid, faithful = (tab.locator("#color-setting label").nth(number) for number in (1, 0))
    vivid.click()
    expect(tab.locator("#color-download")).to_be_disabled()
    faithful.click()
    expect(tab.locator("#color-download")).to_be_enabled()
    vivid.click()
    expect(tab.locator("#color-download")).to_be_disabled()  # else what the button still held would be saved
    assert make(tab)[1].read_bytes() != first


def test_several_come_as_a_zip_at_their_own_sizes(tab: Page, tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("this is no picture")
    large = grey_photograph(tmp_path / "large.jpg", (1600, 1200))
    upload(tab, large, tmp_path / "notes.jpg", grey_photograph(tmp_path / "small.png"))
    expect(tab.locator("#color-said")).to_contain_text("1600 x 1200")
    expect(tab.locator("#color-download")).to_be_disabled()
    name, saved = make(tab)
    expect(tab.locator(".toast-body")).to_contain_text("notes.jpg")
    assert name == "colorize.zip"
    with zipfile.ZipFile(saved) as archive:
        sizes = {one: Image.open(io.BytesIO(archive.read(one))).size for one in archive.namelist()}
    assert sizes == {"large-color.png": (1600, 1200), "small-color.png": (300, 200)}
    tab.locator("#color-made button.thumbnail-item").nth(1).click()
    assert sides(tab)[0].shape == (200, 300, 3)
    expect(tab.locator("#color-download")).to_be_enabled()


def test_an_example_that_has_colours_is_said_to_have_them(tab: Page) -> None:
    tab.locator("#color-examples button.thumbnail-item").nth(2).click()
    expect(tab.locator("#color-said")).to_contain_text(say("color_had", "en"))
    left, right = sides(tab)
    assert spread(left) < 2 < spread(right)


def test_a_bad_upload_gets_a_sentence_and_loses_nothing(tab: Page, tmp_path: Path) -> None:
    tab.locator("#color-examples button.thumbnail-item").first.click()
    before = sides(tab)[1]
    (tmp_path / "notes.png").write_text("this is no picture")
    sentences = {"en": "not a picture", "ja": "読み取れない", "ko": "읽을 수 없는"}
    for language, sentence in sentences.items():
        tab.locator("#language label").nth(list(LANGUAGES).index(language)).click()
        expect(tab.locator("#color-start")).to_have_text(say("color", language))
        upload(tab, tmp_path / "notes.png")
        expect(tab.locator(".toast-body")).to_contain_text(sentence)
        tab.click(".toast-close")
        expect(tab.locator(".toast-body")).to_have_count(0)
    assert np.array_equal(sides(tab)[1], before)
    expect(tab.locator("#color-upload")).not_to_contain_text("notes")
    assert make(tab)[0] == "camera-color.png"


def test_a_file_that_is_too_large_gets_our_sentence_alone(quiet: Page, tmp_path: Path) -> None:
    open_tab(quiet, "colorize", "Colorize")
    (tmp_path / "large.png").write_bytes(bytes(31_000_000))
    quiet.set_input_files("#color-upload input[type=file]", tmp_path / "large.png")
    toast = quiet.locator(".toast-body")
    expect(toast).to_contain_text("A file of 30+ MB is too large")
    expect(toast).not_to_contain_text("HTTP")


def test_the_note_can_be_hidden(quiet: Page) -> None:
    open_tab(quiet, "colorize", "Colorize")
    expect(quiet.locator("#color-note")).to_contain_text("Colours are guessed")
    quiet.click("#color-hide")
    expect(quiet.locator("#color-note")).to_be_hidden()


def test_programs_can_ask(studio: str, tmp_path: Path) -> None:
    file = grey_photograph(tmp_path / "a.png")
    made = Client(studio, verbose=False).predict(handle_file(file), "vivid", 1.0, "one", api_name="/colorize")
    assert spread(np.asarray(Image.open(made).convert("RGB"))) > 6
    assert provenance.read(Path(made)).arguments["setting"] == "vivid"


def test_programs_cannot_name_a_file_of_the_machine(studio: str, tmp_path: Path) -> None:
    secret = grey_photograph(tmp_path / "secret.png")
    for given in (str(secret), "/etc/passwd", f"../../{secret}"):
        asked: dict[str, Any] = {"path": given, "meta": {"_type": "gradio.FileData"}}
        body = json.dumps({"data": [asked, "faithful", 1.0, "one"]}).encode()
        request = urllib.request.Request(
            f"{studio}/gradio_api/call/colorize", body, {"Content-Type": "application/json"}
        )
        try:
            event = json.load(urllib.request.urlopen(request))["event_id"]
        except urllib.error.HTTPError as refused:
            assert refused.code in (400, 403, 422)
            continue
        with urllib.request.urlopen(f"{studio}/gradio_api/call/colorize/{event}", timeout=60) as answer:
            said = answer.read().decode()
        assert "event: error" in said and "event: complete" not in said
