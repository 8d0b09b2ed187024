"""The Scattering tab: new faces, a kept one, a restored picture, a morph, a steered face."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from demos.scattering import first
from pipelines.common import provenance
from tests.browser.conftest import new_context, open_page
from tests.browser.steps import SCREENS, open_tab, pixels, settle, shown


def spread(png: bytes) -> float:
    """Return how much a picture varies."""
    return float(pixels(png).std())


def test_on_a_phone_faces_are_side_by_side_and_what_is_steered_is_in_view(browser: Browser, studio: str) -> None:
    context = new_context(browser, viewport=SCREENS["phone"])
    page = open_page(context, studio)
    open_tab(page, "scattering", "Scattering")
    shown(page, "scat-right")
    side_by_side(page)
    page.locator("#scat-right img").click(position={"x": 20, "y": 20})
    assert provenance.read(shown(page, "scat-gallery")).weights == "scattering-ssgm"
    page.click("#tab-scat-steer-button")
    shown(page, "scat-steered")
    in_view(page, "phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREENS["phone"]["width"]
    context.close()


def side_by_side(page: Page) -> None:
    left, right = (page.locator(f"#scat-{side}").bounding_box() for side in ("left", "right"))
    assert left is not None and right is not None
    assert abs(left["y"] - right["y"]) < 5 and left["x"] + left["width"] <= right["x"]


def in_view(page: Page, size: str) -> None:
    """Expect the steered face and its slider to be seen together."""
    picture, slider = (page.locator(name).bounding_box() for name in ("#scat-steered", "#scat-component-1"))
    assert picture is not None and slider is not None
    assert picture["y"] >= 0 and slider["y"] + slider["height"] <= SCREENS[size]["height"]


def test_faces_are_drawn_kept_restored_morphed_and_steered(page: Page, tmp_path: Path) -> None:
    open_tab(page, "scattering", "Scattering")
    before = {name: shown(page, f"scat-{name}") for name in ("left", "right")}
    for side, model in (("left", "adversarial"), ("right", "ssgm")):
        assert before[side] == Path(first.path(model)).read_bytes(), "something made is there at first"
    side_by_side(page)
    page.locator("#scat-seed input").fill("11")
    page.locator("#scat-seed input").press("Enter")
    after = {name: shown(page, f"scat-{name}") for name in before}
    assert all(after[name] != before[name] and spread(after[name]) > 20 for name in before)
    page.locator("#scat-right-model label").last.click()
    assert shown(page, "scat-right") != after["right"] and shown(page, "scat-left") == after["left"], "the other model"
    page.locator("#scat-right img").click(position={"x": 20, "y": 20})
    kept = shown(page, "scat-gallery")
    read = provenance.read(kept)
    assert (read.weights, read.seed, read.index) == ("scattering-sgm", 11, 0)

    page.click("#tab-scat-restore-button")
    first.portrait().save(tmp_path / "face.png")
    old = page.locator("#scat-strip img").first.get_attribute("src")
    page.set_input_files("#scat-upload input[type=file]", tmp_path / "face.png")
    expect(page.locator("#scat-strip img").first).not_to_have_attribute("src", old or "")
    settle(page)
    seen, restored = (
        np.asarray(pixels(page.request.get(source).body()), float)
        for source in page.eval_on_selector_all("#scat-pair img", "images => images.map(image => image.src)")[:2]
    )
    assert np.corrcoef(seen[..., 0].ravel(), restored[..., 0].ravel())[0, 1] > 0.7, "it is the same face"

    page.click("#tab-scat-morph-button")
    page.click("#scat-go")
    settle(page)
    with Image.open(io.BytesIO(shown(page, "scat-animation"))) as moving:
        assert getattr(moving, "n_frames", 1) > 30
    assert provenance.read(shown(page, "scat-film")).arguments["start"] == 7

    page.click("#tab-scat-steer-button")
    middle = shown(page, "scat-steered")
    page.locator("#scat-component-1 input[type=number]").fill("3")
    page.locator("#scat-component-1 input[type=number]").press("Enter")
    moved = shown(page, "scat-steered")
    assert np.abs(pixels(middle).astype(int) - pixels(moved)).mean() > 3
    in_view(page, "laptop")

    page.click("#tab-scat-why-button")
    expect(page.locator("#scat-why-text")).to_contain_text("faces that trained nothing")
    expect(page.locator("#scat-norms canvas, #scat-norms svg").first).to_be_visible()


def test_a_bad_file_gets_a_sentence(quiet: Page, tmp_path: Path) -> None:
    quiet.click("#tab-scattering-button")
    quiet.click("#tab-scat-restore-button")
    (tmp_path / "notes.png").write_text("this is no picture")
    quiet.set_input_files("#scat-upload input[type=file]", tmp_path / "notes.png")
    expect(quiet.locator(".toast-body")).to_contain_text("not a picture")
