from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect
from skimage import data

from demos.chimera.words import say
from demos.shared.words import LANGUAGES
from pipelines.common import provenance
from tests.browser.conftest import new_context, open_page
from tests.browser.steps import (
    clear,
    draw_ellipse,
    open_tab,
    paint,
    pixels,
    result_sides,
    set_variants,
    settle,
    shown_sources,
    variant_sources,
)


def test_a_drawing_becomes_a_picture_that_follows_it(page: Page) -> None:
    draw_ellipse(page)
    first = pixels(paint(page)[0])
    middle, corner = first[118:138, 118:138], first[:12, :12]
    assert first.shape[0] == first.shape[1] >= 256
    assert corner.mean() > 235, "the background is not clean"
    assert corner.mean() - middle.mean() > 25, "nothing was painted inside the lines"

    draw_ellipse(page, width=0.25, height=0.9)
    second = pixels(paint(page)[0])
    assert np.abs(first.astype(int) - second.astype(int)).mean() > 5, "the picture ignores the drawing"


def test_the_same_seed_paints_the_same_bytes_and_another_does_not(page: Page) -> None:
    draw_ellipse(page)
    first = paint(page)
    assert len(set(first)) == 4, "the variants are alike"
    assert {Image.open(io.BytesIO(png)).format for png in first} == {"PNG"}
    assert paint(page) == first
    page.fill("#chi-seed input", "8")
    other = paint(page)
    assert not set(other) & set(first)


def test_one_of_our_drawings_can_be_started_from(page: Page) -> None:
    draw_ellipse(page)
    mine, _ = result_sides(page)
    page.locator("#chi-drawings button.thumbnail-item").first.click()
    theirs, _ = result_sides(page)
    assert (pixels(paint(page)[0]).min(axis=2) < 150).mean() > 0.05
    page.click("[data-tool=undo]")
    again, _ = result_sides(page)
    assert mine == again != theirs, "what was on the pad comes back"


def test_something_made_is_there_at_first_to_be_downloaded_and_made_again(page: Page) -> None:
    lines, picture = (pixels(side) for side in result_sides(page))
    assert (lines.min(axis=2) < 128).any() and (picture.min(axis=2) < 150).mean() > 0.05
    with page.expect_download() as download:
        page.click("#chi-download")
    file = Path(download.value.path())
    assert provenance.read(file).system == "chimera" and Image.open(file).mode == "RGBA", "the animal, cut out"
    first = [provenance.read(page.request.get(source).body()) for source in variant_sources(page)]
    assert [provenance.read(made) for made in paint(page)] == first


def test_a_photograph_can_be_used(page: Page, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    noise = Image.fromarray(rng.integers(90, 160, (40, 60, 3), dtype=np.uint8)).resize((600, 400))
    ImageDraw.Draw(noise).ellipse([150, 80, 450, 320], fill=(30, 20, 10))
    noise.save(tmp_path / "photo.jpg")
    page.click("#tab-chi-picture-button")
    page.set_input_files("#chi-upload input[type=file]", tmp_path / "photo.jpg")
    expect(page.locator("#chi-taken")).to_contain_text("photograph")
    set_variants(page, 1)
    assert pixels(paint(page, pictures=1)[0]).std() > 5
    page.click("#chi-upload-away")
    settle(page)
    assert page.locator("#chi-result img").count() == 0, "its picture leaves with it"


def test_a_bad_file_gets_a_sentence_and_loses_nothing(page: Page, tmp_path: Path) -> None:
    draw_ellipse(page)
    before = result_sides(page)
    (tmp_path / "notes.png").write_text("this is no picture")
    page.click("#tab-chi-picture-button")
    sentences = {"en": "not a picture", "ja": "読み取れない", "ko": "읽을 수 없는"}
    for language, title in (("en", "Error"), ("ja", "エラー"), ("ko", "오류")):
        page.locator("#language label").nth(list(LANGUAGES).index(language)).click()
        expect(page.locator("#chi-paint")).to_have_text(say("paint", language))
        page.set_input_files("#chi-upload input[type=file]", tmp_path / "notes.png")
        expect(page.locator(".toast-body")).to_contain_text(sentences[language])
        expect(page.locator(".toast-title")).to_have_text(title)
        expect(page.locator("#chi-upload [data-testid=upload-text]")).to_contain_text(say("gradio_drop", language))
        expect(page.locator("#chi-upload input[type=file]")).to_be_attached()  # the field is free for another
        page.click(".toast-close")
        expect(page.locator(".toast-body")).to_have_count(0)
    page.click("#tab-chi-draw-button")
    assert result_sides(page) == before


def test_an_empty_pad_gets_a_sentence(quiet: Page) -> None:
    open_tab(quiet, "chimera", "Chimera")
    clear(quiet)
    quiet.click("#chi-paint")
    expect(quiet.locator(".toast-body")).to_contain_text("nothing to paint yet")
    draw_ellipse(quiet)
    assert len(paint(quiet)) == 4, "and the button goes on working"


@pytest.fixture(scope="module")
def two(browser: Browser, studio: str) -> Iterator[list[Page]]:
    """Pages of two visitors."""
    contexts = [new_context(browser) for _ in range(2)]
    yield [open_page(context, studio) for context in contexts]
    for context in contexts:
        context.close()


def test_two_visitors_at_once_get_their_own_pictures(two: list[Page]) -> None:
    draw_ellipse(two[0], width=0.9, height=0.2)
    draw_ellipse(two[1], width=0.2, height=0.9)
    for page in two:
        page.click("#chi-paint")
    wide, tall = (pixels(paint(page)[0]) for page in two)
    dark_wide, dark_tall = (picture.min(axis=2) < 200 for picture in (wide, tall))
    assert np.ptp(np.nonzero(dark_wide)[1]) > 1.5 * np.ptp(np.nonzero(dark_wide)[0])
    assert np.ptp(np.nonzero(dark_tall)[0]) > 1.5 * np.ptp(np.nonzero(dark_tall)[1])


def test_a_cancel_is_one_visitors_own(two: list[Page]) -> None:
    leaving, staying = two
    for page in two:
        page.locator("#chi-drawings button.thumbnail-item").first.click()
        result_sides(page)
    leaving.click("#chi-paint")
    leaving.click("#chi-cancel")
    assert len(set(paint(staying))) == 4
    leaving.wait_for_selector("#chi-paint:not([disabled])")
    assert len(set(paint(leaving))) == 4, "after a cancel the button paints again"


def test_the_picture_follows_the_pen_to_the_last_stroke(page: Page) -> None:
    clear(page)
    box = page.locator("#chi-pad canvas").first.bounding_box()
    assert box is not None
    middle, side = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), min(box["width"], box["height"])
    settle(page)
    for number in range(10):  # the sides of a growing fan, faster than they can be painted
        angle = math.pi * number / 10
        page.mouse.move(*middle)
        page.mouse.down()
        page.mouse.move(middle[0] + 0.3 * side * math.cos(angle), middle[1] - 0.3 * side * math.sin(angle))
        page.mouse.up()
    _, shown = result_sides(page)
    assert np.array_equal(pixels(shown), pixels(paint(page)[0]))


def test_not_live_nothing_is_painted_before_the_button(page: Page) -> None:
    before = result_sides(page)
    page.uncheck("#chi-live input")
    draw_ellipse(page)
    assert result_sides(page) == before
    assert len(paint(page)) == 4
    assert result_sides(page) != before


def test_the_style_code_chosen_goes_on(page: Page) -> None:
    draw_ellipse(page)
    variants = paint(page)
    page.locator("#chi-variants button.thumbnail-item").nth(2).click()
    _, shown = result_sides(page)
    assert np.array_equal(pixels(shown), pixels(variants[2]))
    draw_ellipse(page, width=0.3, height=0.8)
    _, followed = result_sides(page)
    assert np.array_equal(pixels(followed), pixels(paint(page)[2])), "what is drawn next takes the same variant"
    expect(page.locator("#chi-variants .thumbnail-item").nth(2)).to_have_class(re.compile("selected"))


def test_a_picture_is_kept_and_compared(page: Page) -> None:
    clear(page)
    settle(page)
    page.click("#chi-keep-this")
    expect(page.locator(".toast-body")).to_contain_text("no picture to keep")
    draw_ellipse(page)
    _, first = result_sides(page)
    page.click("#chi-keep-this")
    page.fill("#chi-seed input", "8")
    page.press("#chi-seed input", "Enter")
    left, right = result_sides(page)
    assert np.array_equal(pixels(left), pixels(first)) and not np.array_equal(pixels(right), pixels(first))
    page.locator("#chi-beside label").first.click()
    lines, _ = result_sides(page)
    assert pixels(lines).mean() > 200 and set(np.unique(pixels(lines))) == {0, 255}


def test_fewer_lines_of_a_photograph(page: Page, tmp_path: Path) -> None:
    """The bundled cat of scikit-image: the slider and the other detector change what is painted."""
    Image.fromarray(data.chelsea()).save(tmp_path / "cat.png")
    page.click("#tab-chi-picture-button")
    page.set_input_files("#chi-upload input[type=file]", tmp_path / "cat.png")
    expect(page.locator("#chi-taken")).to_contain_text("photograph")
    drawn = []
    for value in ("0.2", "0.8"):
        page.fill("#chi-sensitivity input[type=number]", value)
        page.press("#chi-sensitivity input[type=number]", "Enter")
        drawn.append((pixels(result_sides(page)[0]) < 128).any(axis=2).sum())
    assert drawn[1] > 1.5 * drawn[0] > 0
    page.locator("#chi-detector label").nth(1).click()
    learned = (pixels(result_sides(page)[0]) < 128).any(axis=2).sum()
    assert learned not in drawn


def test_pix2pix_as_published_can_be_compared(page: Page) -> None:
    draw_ellipse(page)
    _, best = result_sides(page)
    page.click("#chi-options button")
    page.locator("#chi-weights label").nth(1).click()
    _, other = result_sides(page)
    assert [provenance.read(picture).system for picture in (best, other)] == ["chimera", "pix2pix"]
    assert {provenance.read(picture).system for picture in paint(page)} == {"pix2pix"}


def test_an_animal_is_laid_on_paper_and_downloaded_alone(page: Page) -> None:
    draw_ellipse(page)
    _, white = result_sides(page)
    page.click("#chi-options button")
    page.locator("#chi-ground label").nth(1).click()
    _, paper = result_sides(page)
    corner = pixels(paper)[:40, :40].astype(float)
    assert pixels(white)[:40, :40].min() >= 250 and 225 < corner.mean() < 250 and corner.std() > 1
    with page.expect_download() as waiting:
        page.click("#chi-download")
    alone = np.asarray(Image.open(waiting.value.path()))
    assert alone.shape[2] == 4 and alone[:10, :10, 3].max() < 20 and alone[128, 128, 3] > 240


def test_the_fur_of_a_photograph_and_a_second_one_where_one_clicks(page: Page, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    for name, color in (("light", (225, 215, 200)), ("dark", (60, 45, 35))):
        streaks = rng.normal(0, 20, (160, 40)).repeat(4, axis=1)[..., None] * np.ones(3)
        Image.fromarray((np.array(color) + streaks).clip(0, 255).astype(np.uint8)).save(tmp_path / f"{name}.png")
    draw_ellipse(page, width=0.9, height=0.6)
    result_sides(page)
    page.click("#chi-furs button")
    page.set_input_files("#chi-fur input[type=file]", tmp_path / "light.png")
    _, light = result_sides(page)
    page.set_input_files("#chi-other-fur input[type=file]", tmp_path / "dark.png")
    page.locator("#chi-second label").nth(2).click()
    result_sides(page)
    around = shown_sources(page)
    lines = page.locator("#chi-edges img")
    box = lines.bounding_box()
    assert box is not None
    side = min(box["width"], box["height"])
    lines.click(position={"x": box["width"] / 2 + 0.2 * side, "y": box["height"] / 2})
    page.wait_for_function(
        "before => [...document.querySelectorAll('#chi-result img')].some((image, at) => image.src !== before[at])",
        arg=around,
    )
    _, both = result_sides(page)
    before, after = (pixels(picture).astype(float).mean(axis=2) for picture in (light, both))
    there, elsewhere = ((before - after)[110:146, part].mean() for part in (slice(165, 185), slice(60, 80)))
    assert there > 25, "the second fur is dark"
    assert there > 2 * elsewhere, "and lies where the click was"
