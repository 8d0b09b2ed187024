"""The Replay tab: pictures in styles, by words of one's own, kept, uploaded, and from a buffer of latents."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, Route, expect

from demos.replay import first, handlers
from pipelines.common import provenance
from tests.browser.conftest import new_context, open_page
from tests.browser.steps import SCREENS, open_tab, pixels, settle, shown
from tests.tools import noisy_picture


def rows(png: bytes) -> list[np.ndarray]:
    """Return a sheet's rows."""
    sheet = pixels(png).astype(int)
    return np.split(sheet, len(sheet) // handlers.CELL)


def choose(page: Page, *names: str) -> None:
    """Leave only some styles chosen, by their names."""
    chosen = page.locator("#rep-chips input:checked")
    while chosen.count():
        chosen.first.click()
    for name in names:
        page.locator("#rep-chips").get_by_label(name, exact=True).check()


def draw(page: Page) -> bytes:
    """Press the button and return the sheet when it is whole."""
    page.click("#rep-draw")
    expect(page.locator("#rep-said")).to_contain_text("pictures in", timeout=60_000)
    return shown(page, "rep-sheet")


def test_on_a_phone_a_picture_is_pressed_and_one_fills_the_buffer_first(browser: Browser, studio: str) -> None:
    context = new_context(browser, viewport=SCREENS["phone"])
    page = open_page(context, studio)
    open_tab(page, "stylemini", "Replay")
    sheet = pixels(shown(page, "rep-sheet"))
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREENS["phone"]["width"]
    press(page, 0.3, 0.95)
    kept = pixels(shown(page, "rep-gallery"))
    cell = handlers.CELL
    assert np.array_equal(kept, sheet[-cell:, cell : 2 * cell]), "what was pressed is what is kept"
    page.click("#tab-rep-buffer-button")
    put_in, again = (page.locator(name).bounding_box() for name in ("#rep-add", "#rep-replay"))
    assert put_in and again and put_in["y"] < again["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREENS["phone"]["width"]
    context.close()


def press(page: Page, across: float, down: float) -> None:
    """Press the sheet, at shares of its width and height."""
    picture = page.locator("#rep-sheet img")
    box = picture.bounding_box()
    assert box is not None
    picture.click(position={"x": box["width"] * across, "y": box["height"] * down})


def test_words_draw_pictures_which_are_kept_and_come_back_from_a_buffer(page: Page, tmp_path: Path) -> None:
    open_tab(page, "stylemini", "Replay")
    assert shown(page, "rep-sheet") == Path(first.sheet()).read_bytes(), "something made is there at first"
    expect(page.locator("#rep-labels")).to_contain_text("stained glass")

    for number in range(2):
        noisy_picture(90 + 40 * number, 100).save(tmp_path / f"{number}.png")
    page.set_input_files("#rep-upload input[type=file]", [tmp_path / f"{number}.png" for number in range(2)])
    expect(page.locator("#rep-strip img")).to_have_count(2)
    settle(page)
    choose(page, "pencil sketch")
    page.locator("#rep-own textarea").fill("a cat, wood texture\na frobnicated cat")
    drawn = draw(page)
    source, decoded, pencil, wood, odd = rows(drawn)
    assert source.shape[1] == 2 * handlers.CELL, "the two that were uploaded"
    assert 0 < np.abs(source - decoded).mean() < np.abs(source - wood).mean()
    assert np.abs(pencil - wood).mean() > 20 and np.abs(wood - odd).mean() > 5, "other words, another picture"
    expect(page.locator("#rep-unknown")).to_contain_text("frobnicated")
    expect(page.locator("#rep-labels")).to_contain_text("wood texture")
    assert provenance.read(drawn).weights == "stylemini"

    press(page, 0.75, 3.5 / 5)
    kept = shown(page, "rep-gallery")
    read = provenance.read(kept)
    assert (read.index, read.arguments["prompt"]) == (1, "a cat, wood texture")
    assert np.array_equal(pixels(kept), wood[:, handlers.CELL :]), "what was pressed is what is kept"

    page.click("#tab-rep-buffer-button")
    settle(page)  # what the browser remembers is in the fields
    page.locator("#rep-task input, #rep-task textarea").fill("noise")
    page.click("#rep-add")
    expect(page.locator("#rep-contents")).to_contain_text("noise")
    for language, latents in (("日本語", "潜在表現"), ("English", "Latents")):
        page.locator("#language").get_by_text(language).click()
        settle(page)
        expect(page.locator("#rep-contents")).to_contain_text("noise")
        expect(page.locator("#rep-contents th").nth(1)).to_have_text(latents)
    page.click("#rep-replay")
    expect(page.locator("#rep-again-gallery img").nth(7)).to_be_visible(timeout=60_000)
    settle(page)
    sources = page.eval_on_selector_all("#rep-again-gallery img", "images => images.map(image => image.src)")
    again = [pixels(page.request.get(source).body()) for source in sources[:8]]
    assert len({one.tobytes() for one in again}) > 4 and all(one.std() > 5 for one in again)


def test_a_bad_picture_gets_a_sentence_and_what_was_there_stays(quiet: Page, tmp_path: Path) -> None:
    open_tab(quiet, "stylemini", "Replay")
    expect(quiet.locator("#rep-strip img")).to_have_count(len(first.PICTURES))
    (tmp_path / "notes.png").write_text("this is no picture")
    quiet.set_input_files("#rep-upload input[type=file]", tmp_path / "notes.png")
    expect(quiet.locator(".toast-body")).to_contain_text("not a picture")
    expect(quiet.locator("#rep-strip img")).to_have_count(len(first.PICTURES))


def test_without_a_style_it_says_so(quiet: Page) -> None:
    open_tab(quiet, "stylemini", "Replay")
    choose(quiet)
    quiet.click("#rep-draw")
    expect(quiet.locator(".toast-body")).to_contain_text("style")


def test_pictures_pressed_before_an_answer_comes_are_all_taken_off_and_come_back_one_by_one(page: Page) -> None:
    open_tab(page, "stylemini", "Replay")
    pictures = page.locator("#rep-strip .thumbnail-item img")
    shown_first = [picture.get_attribute("src") for picture in pictures.all()]
    waiting: list[Route] = []
    page.route("**/queue/join*", lambda route: waiting.append(route))  # a slow line
    for number in range(2):
        pictures.nth(number).click()
        while len(waiting) <= number:
            page.wait_for_timeout(50)
    for one in waiting:  # in the order of the presses
        with page.expect_response("**/queue/join*"):
            one.continue_()
    page.unroute("**/queue/join*")
    for expected in (shown_first[2:], shown_first[1:], shown_first):
        expect(pictures).to_have_count(len(expected))
        settle(page)
        assert [picture.get_attribute("src") for picture in pictures.all()] == expected
        page.get_by_role("button", name="Undo").first.click()


def test_a_press_that_is_cancelled_leaves_the_sheet_and_its_file(page: Page) -> None:
    open_tab(page, "stylemini", "Replay")
    sheet = shown(page, "rep-sheet")
    page.locator("#rep-options .label-wrap").click()
    page.locator("#rep-steps input[type=number]").fill("40")
    page.locator("#rep-steps input[type=number]").blur()
    page.click("#rep-draw")
    expect(page.locator("#rep-said")).to_contain_text("%", timeout=60_000)
    page.click("#rep-cancel")
    expect(page.locator("#rep-said")).not_to_contain_text("%")
    assert shown(page, "rep-sheet") == sheet
    with page.expect_download() as saved:
        page.click("#rep-download")
    assert Path(saved.value.path()).read_bytes() == sheet


def test_a_text_that_is_too_long_is_named_in_the_language_that_is_chosen_next(page: Page) -> None:
    open_tab(page, "stylemini", "Replay")
    note = page.locator("#rep-unknown .md")
    page.locator("#rep-own textarea").fill("cat " * 100)
    page.locator("#language").get_by_text("日本語").click()
    settle(page)
    expect(note).to_contain_text("⚠")
    expect(note).not_to_contain_text("long")
    page.locator("#rep-own textarea").fill("a frobnicated cat")
    page.locator("#language").get_by_text("English").click()
    settle(page)
    expect(note).to_have_text("Words it was not taught, and will not understand: frobnicated")


def test_styles_are_remembered_and_rows_are_named_in_the_language_of_the_page(page: Page) -> None:
    open_tab(page, "stylemini", "Replay")
    choose(page, "metal", "wood")
    page.locator("#language").get_by_text("日本語").click()
    expect(page.locator("#rep-labels")).to_contain_text("油絵")
    settle(page)
    page.reload()  # the tab stays in front
    expect(page.locator("#rep-labels")).to_contain_text("油絵")
    checked = page.locator("#rep-chips label:has(input:checked)")
    expect(checked).to_have_text(["金属", "木"])


def test_a_file_that_is_no_buffer_makes_room_for_another(quiet: Page, tmp_path: Path) -> None:
    open_tab(quiet, "stylemini", "Replay")
    quiet.click("#tab-rep-buffer-button")
    (tmp_path / "notes.safetensors").write_text("no buffer")
    quiet.set_input_files("#rep-brought input[type=file]", tmp_path / "notes.safetensors")
    expect(quiet.locator(".toast-body")).to_contain_text("no buffer")
    expect(quiet.locator("#rep-brought input[type=file]")).to_be_attached()
    expect(quiet.locator("#rep-buffer-file")).to_be_disabled()
