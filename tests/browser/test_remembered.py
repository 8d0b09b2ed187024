"""A visitor's work is not lost: reload, sign-in, a change of language."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from demos.chimera.examples import first
from demos.chimera.words import say
from demos.scattering.words import say as scattering
from tests.browser.steps import SCREENS, clear, draw_ellipse, open_tab, pixels, result_sides, settle

# The server hears of the pad's choice half a second late, if it hears of it at all.
LATE = """() => {
  const ask = window.fetch;
  window.fetch = async (url, options) => {
    if (String(options?.body).includes('"data":["draw"')) await new Promise((done) => setTimeout(done, 500));
    return ask(url, options);
  };
}"""


def reload(page: Page) -> None:
    page.reload()
    page.wait_for_selector(".studio-ready", state="attached")  # the pad may stand behind another way
    settle(page)


def test_a_reload_keeps_drawing_picture_settings_language_and_dark(page: Page) -> None:
    assert not is_dark(page)
    draw_ellipse(page)
    page.fill("#chi-seed input", "23")
    page.press("#chi-seed input", "Enter")
    page.click("#chi-options button")
    page.locator("#chi-ground label").nth(1).click()
    before = result_sides(page)
    page.click("#theme")
    page.locator("#language label").nth(2).click()
    expect(page.locator("#chi-paint")).to_have_text(say("paint", "ko"))
    assert result_sides(page) == before, "another language changes no drawing"
    assert is_dark(page)
    reload(page)
    expect(page.locator("#chi-paint")).to_have_text(say("paint", "ko"))
    assert page.evaluate("document.documentElement.lang") == "ko" and is_dark(page)
    expect(page.locator("#chi-seed input")).to_have_value("23")
    assert result_sides(page) == before, "the same picture: paper, seed and all"


def is_dark(page: Page) -> bool:
    return "dark" in (page.locator("body").get_attribute("class") or "").split()


def test_a_cleared_pad_stays_clear(page: Page) -> None:
    clear(page)
    settle(page)
    reload(page)
    expect(page.locator("[data-tool=clear]")).to_be_disabled()
    assert page.locator("#chi-result img").count() == 0


def test_a_reload_keeps_the_creature(page: Page) -> None:
    page.click("#tab-chi-build-button")
    page.click("[data-action=start_over]")
    for part in ("fish_body", "lion_head"):
        page.click(f"[data-part={part}]")
    before = result_sides(page)
    reload(page)
    page.click("#tab-chi-build-button")
    expect(page.locator(".builder-canvas [data-number]")).to_have_count(2)
    assert result_sides(page) == before


def test_the_way_opened_last_is_what_is_made(page: Page) -> None:
    page.click("#tab-chi-build-button")
    built = result_sides(page)
    page.evaluate(LATE)
    for way in ("draw", "build"):
        page.click(f"#tab-chi-{way}-button")
    page.wait_for_timeout(1000)
    assert result_sides(page) == built


def test_a_chosen_fur_is_there_after_a_reload(page: Page) -> None:
    first, before = result_sides(page), second_side(page)
    page.locator("#chi-variants button.thumbnail-item").nth(2).click()
    page.wait_for_function("shown => document.querySelectorAll('#chi-result img')[1].src !== shown", arg=before)
    chosen = result_sides(page)
    assert chosen[1] != first[1]
    reload(page)
    assert np.array_equal(pixels(result_sides(page)[1]), pixels(chosen[1]))


def test_the_picture_that_a_fur_is_of_is_there_after_a_reload(page: Page, tmp_path: Path) -> None:
    Image.new("RGB", (300, 200), (200, 60, 30)).save(tmp_path / "fur.png")
    page.click("#chi-furs button")
    before = second_side(page)
    page.set_input_files("#chi-fur input[type=file]", tmp_path / "fur.png")
    expect(page.locator("#chi-fur-shown img")).to_be_visible()
    page.wait_for_function("shown => document.querySelectorAll('#chi-result img')[1].src !== shown", arg=before)
    furred = result_sides(page)
    reload(page)
    again = np.abs(pixels(result_sides(page)[1]).astype(int) - pixels(furred[1])).mean()
    assert again < 3, "kept as JPEG, it is nearly the same fur"
    page.click("#chi-furs button")
    page.click("#chi-fur-away")
    expect(page.locator("#chi-fur-shown")).to_be_hidden()
    bare = result_sides(page)[1]
    assert np.abs(pixels(bare).astype(int) - pixels(furred[1])).mean() > 3
    reload(page)
    there, comes_along = pixels(result_sides(page)[1]), pixels((first.FOLDER / "0.png").read_bytes())
    # What comes with the page was perhaps made on another machine, which rounds otherwise, to bfloat16 or not.
    assert any(np.array_equal(there, one) for one in (pixels(bare), comes_along))
    assert np.abs(there.astype(int) - pixels(bare)).mean() < 1


def second_side(page: Page) -> str:
    """Return the address of the picture in the slider."""
    source: str = page.eval_on_selector_all("#chi-result img", "images => images[1].src")
    return source


def test_a_reload_keeps_an_uploaded_picture_and_the_way_in_front(page: Page, tmp_path: Path) -> None:
    drawing = Image.new("RGB", (500, 400), "white")
    ImageDraw.Draw(drawing).ellipse([100, 80, 400, 320], outline="black", width=5)
    drawing.save(tmp_path / "drawing.png")
    page.click("#tab-chi-picture-button")
    page.set_input_files("#chi-upload input[type=file]", tmp_path / "drawing.png")
    expect(page.locator("#chi-taken")).to_contain_text("drawing")
    page.locator("#language label").nth(1).click()
    expect(page.locator("#chi-taken")).to_contain_text("絵として")
    before = pixels(result_sides(page)[0]) < 128
    reload(page)
    expect(page.locator("#chi-uploaded img")).to_be_visible()
    after = pixels(result_sides(page)[0]) < 128
    assert (before & after).sum() > 0.8 * before.sum() > 0


@pytest.mark.parametrize("screen", ["laptop", "phone"])
def test_a_reload_keeps_the_tab_in_front_and_an_address_can_ask_for_one(page: Page, screen: str) -> None:
    page.set_viewport_size(SCREENS[screen])
    open_tab(page, "scattering", scattering("tab", "en"))
    page.reload()
    expect(page.locator("#scat-left img")).to_be_visible()
    page.evaluate("location.hash = '#remake'")
    page.reload()
    expect(page.locator("#made-file")).to_be_visible()
    assert "#" not in page.url
