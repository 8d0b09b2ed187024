"""The BigGAN tab: a sheet of classes, one of its pictures kept, a morph, a walk, and what was measured."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from gradio_client import Client
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from demos.biggan import first, handlers
from demos.biggan.words import say
from pipelines.common import provenance
from tests.browser.conftest import new_context, open_page
from tests.browser.steps import SCREENS, open_tab, pixels, settle, shown

# Over how many lines the text of each element goes.
LINES = """cells => cells.map((cell) => {
  const text = document.createRange();
  text.selectNodeContents(cell);
  return new Set([...text.getClientRects()].map((box) => box.top)).size;
})"""
# Whether an element begins within a share of the window's height.
SEEN = """(selector, share) => {
  const { top } = document.querySelector(selector).getBoundingClientRect();
  return top >= -1 && top <= share * innerHeight;
}"""
# Whether something around an element can be pushed along, as far as a finger's breadth.
PUSHED = """element => {
  for (let box = element.parentElement; box; box = box.parentElement) {
    box.scrollLeft = 40;
    if (box.scrollLeft === 40 && getComputedStyle(box).overflowX === 'auto') return true;
  }
  return false;
}"""


def enter(page: Page, field: str, text: str) -> None:
    """Type into a field and leave it."""
    page.locator(field).fill(text)
    page.locator(field).press("Enter")


def test_on_a_phone_classes_are_pressed_and_figures_read(browser: Browser, studio: str) -> None:
    context = new_context(browser, viewport=SCREENS["phone"])
    page = open_page(context, studio)
    open_tab(page, "biggan", "BigGAN")
    shown(page, "big-sheet")
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREENS["phone"]["width"]
    large_enough(page)
    names_stand_by_their_rows(page)
    page.locator("#big-samples").get_by_role("button", name="aquatic mammals").click()
    expect(page.locator("#big-labels")).to_contain_text("aquatic mammals")
    page.locator("#big-near-none").scroll_into_view_if_needed()
    page.click("#big-draw")
    page.wait_for_function(f"({SEEN})('#big-sheet', 0.3)")
    page.locator("#big-sheet img").click(position={"x": 20, "y": 20})
    page.locator("#big-gallery img").first.click()
    large = page.locator("#big-gallery .preview .media-button img").bounding_box()
    assert large is not None and large["width"] >= 240, "a kept picture opens larger than it lay there"
    page.locator("#big-sheet").scroll_into_view_if_needed()
    assert page.evaluate(f"({SEEN})('#big-pair', 0.9)"), "what is pressed is seen large under the sheet"
    page.click("#tab-big-morph-button")
    film = page.locator("#big-film img").bounding_box()
    assert film is not None and film["height"] >= 80, "pictures of a film can be made out, and pushed along"
    assert film["x"] >= 0, "from the first one on"
    assert page.locator("#big-film img").evaluate(PUSHED)
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREENS["phone"]["width"]
    page.click("#tab-big-good-button")
    whole_figures(page)
    context.close()


def test_an_animation_moves_unless_a_visitor_wants_less_motion(browser: Browser, studio: str) -> None:
    context = new_context(browser, reduced_motion="reduce")
    page = open_page(context, studio)
    open_tab(page, "biggan", "BigGAN")
    page.click("#tab-big-morph-button")
    shown(page, "big-animation")
    button = page.locator("#big-animation .motion-hold")
    expect(button).to_have_attribute("aria-label", say("said_play", "en"))
    assert not moves(page, "#big-animation")
    button.click()
    assert moves(page, "#big-animation")
    button.click()
    page.click("#big-go")
    page.locator("#language label").nth(1).click()
    expect(button).to_have_attribute("aria-label", say("said_play", "ja"))
    made = shown(page, "big-animation")
    assert not moves(page, "#big-animation")
    with Image.open(io.BytesIO(made)) as moving:
        first_of = np.asarray(moving.convert("RGB"), int)
    canvas = page.locator("#big-animation canvas").evaluate("canvas => canvas.toDataURL().split(',')[1]")
    assert np.abs(pixels(base64.b64decode(canvas)) - first_of).mean() < 3, "what stands still is of the last press"
    context.close()


def moves(page: Page, selector: str) -> bool:
    """Say whether something changes within half a second."""
    page.wait_for_timeout(300)
    before = page.locator(selector).screenshot()
    page.wait_for_timeout(500)
    return page.locator(selector).screenshot() != before


def large_enough(page: Page) -> None:
    """Expect pictures to be large enough to see, and to press with a finger."""
    for selector, least in (("#big-sheet img", 240), ("#big-samples button", 44)):
        box = page.locator(selector).first.bounding_box()
        assert box is not None and box["width"] >= least


def names_stand_by_their_rows(page: Page) -> None:
    """Expect each name beside the middle of its row, and no word broken over two lines."""
    names = page.locator("#big-labels .sheet-names > div")
    sheet = page.locator("#big-sheet img").bounding_box()
    assert sheet is not None
    height = sheet["height"] / names.count()
    lines = page.eval_on_selector_all("#big-labels .sheet-names > div", LINES)
    for number, name in enumerate(names.all()):
        box = name.bounding_box()
        assert box is not None and lines[number] <= len(name.inner_text().split())
        assert abs(box["y"] + box["height"] / 2 - sheet["y"] - (number + 0.5) * height) < 3


def whole_figures(page: Page) -> None:
    """Expect no figure of the table to be broken over two lines."""
    expect(page.locator("#big-good-text")).to_contain_text("superclass accuracy")
    lines = page.eval_on_selector_all("#big-good-text td:nth-child(2)", LINES)
    assert len(lines) > 20 and set(lines) == {1}


def test_classes_are_drawn_kept_morphed_and_walked(page: Page) -> None:
    open_tab(page, "biggan", "BigGAN")
    before = shown(page, "big-sheet")
    assert before == Path(first.path("large")).read_bytes(), "something made is there at first"
    expect(page.locator("#big-labels")).to_contain_text("large carnivores")
    expect(page.locator("#big-samples img")).to_have_count(len(first.CLASSES))
    large_enough(page)

    # The first picture is that of a class that is chosen not yet: its row comes last.
    page.locator("#big-samples img").first.click()
    expect(page.locator("#big-labels")).to_contain_text("aquatic mammals")
    enter(page, "#big-seed input", "11")
    drawn = shown(page, "big-sheet")
    read = provenance.read(drawn)
    assert read.seed == 11 and read.arguments["classes"] == [*first.DRAWN.classes, "aquatic_mammals"]
    sheet = pixels(drawn)
    assert sheet.shape == (7 * handlers.SHOWN_CELL, 6 * handlers.SHOWN_CELL, 3)

    picture = page.locator("#big-sheet img")
    box = picture.bounding_box()
    assert box is not None
    picture.click(position={"x": box["width"] * 2.5 / 6, "y": box["height"] * 1.5 / 7})
    kept = shown(page, "big-gallery")
    read = provenance.read(kept)
    assert (read.weights, read.seed, read.index, read.arguments["classes"]) == ("biggan", 11, 2, ["flowers"])
    pair = [pixels(page.request.get(source).body()) for source in sources(page, "#big-pair img")[:2]]
    side = handlers.SHOWN_CELL
    cell = sheet[side : 2 * side, 2 * side : 3 * side]
    enlarged = np.kron(cell, np.ones((handlers.LARGE // side,) * 2 + (1,), np.uint8))
    assert any(np.array_equal(side, enlarged) for side in pair), "what was pressed is what is large"
    expect(page.locator("#big-near-none")).to_be_visible()  # this machine has no training pictures

    page.locator("#big-sheet .image-container button").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowLeft", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    read = provenance.read(shown(page, "big-gallery"))
    assert (read.index, read.arguments["classes"]) == (1, ["flowers"]), "the keys choose as a finger does"

    page.locator("#big-fresh input").uncheck()
    settle(page)
    with page.expect_request(lambda request: "/queue/join" in request.url):
        page.click("#big-draw")  # though the seed stays as it is
    assert shown(page, "big-sheet") == drawn

    page.click("#tab-big-morph-button")
    film = shown(page, "big-film")
    enter(page, "#big-to-seed input", "12")
    page.click("#big-go")
    moved = shown(page, "big-film")
    assert moved != film and provenance.read(moved).arguments["end"] == ["trees", 12]
    with Image.open(io.BytesIO(shown(page, "big-animation"))) as moving:
        assert getattr(moving, "n_frames", 1) > 30

    page.click("#tab-big-walk-button")
    walked = shown(page, "big-walked")
    enter(page, "#big-walk-seed input", "13")
    assert shown(page, "big-walked") != walked

    page.click("#tab-big-good-button")
    whole_figures(page)
    expect(page.locator("#big-good-text")).to_contain_text("FD, classifier")


def sources(page: Page, selector: str) -> list[str]:
    """Return the addresses of pictures."""
    found: list[str] = page.eval_on_selector_all(selector, "images => images.map(image => image.src)")
    return found


def test_programs_can_ask(studio: str) -> None:
    client = Client(studio, verbose=False)
    made = Path(client.predict(["fish", "trees"], 3, 1.0, 5, api_name="/biggan"))
    with Image.open(made) as sheet:
        assert sheet.size == (3 * handlers.CELL, 2 * handlers.CELL)
    read = provenance.read(made)
    assert (read.seed, read.arguments["classes"], read.arguments["truncation"]) == (5, ["fish", "trees"], 1.0)
    with pytest.raises(Exception, match="unicorn"):
        client.predict(["unicorn"], 3, 1.0, 5, api_name="/biggan")
