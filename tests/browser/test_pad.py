"""The pad's aids: a creature built of parts, a photograph laid under."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import READY, new_context, open_page
from tests.browser.steps import clear, draw_ellipse, look_alike, pixels, result_sides, settle, stroke_ellipse


def test_the_pen_draws_before_the_page_is_put_together(browser: Browser, studio: str) -> None:
    context = new_context(browser)
    page = context.new_page()
    waiting: list[Route] = []
    late = True
    page.route("**/*.js", lambda route: waiting.append(route) if late else route.continue_())  # Gradio's scripts
    page.goto(studio, wait_until="commit")
    paper = page.locator(".studio-boxes canvas")
    expect(paper).to_be_visible()
    before = pixels(paper.screenshot())
    box = paper.bounding_box()
    assert box is not None
    x, y = box["x"] + 0.1 * box["width"], box["y"] + 0.1 * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=4)
    assert page.locator("#chi-pad").count() == 0
    drawn = pixels(paper.screenshot())
    assert (before < 128).any(), "the first drawing is there"
    assert 100 < (drawn != before).any(axis=2).sum() < 2000, "a line"

    late = False
    for route in waiting:
        route.continue_()
    page.wait_for_selector("#chi-pad [data-tool=undo]", state="attached")
    page.wait_for_timeout(1000)
    page.mouse.move(x + 80, y, steps=4)
    expect(page.locator(".studio-ready")).to_have_count(0)  # a stroke is not broken off
    page.mouse.up()
    page.wait_for_selector(READY)
    stays = page.locator("#chi-pad canvas").bounding_box()
    assert stays is not None and abs(stays["x"] - box["x"]) < 3 and abs(stays["y"] - box["y"]) < 3
    lines, _ = result_sides(page)
    page.click("[data-tool=undo]")
    without, _ = result_sides(page)
    changed = (np.abs(pixels(lines).astype(int) - pixels(without)) > 128).any(axis=2)
    assert changed[:64, :80].sum() > 20 and changed.sum() < 150, "the picture follows what was drawn, and undone"
    context.close()


def test_a_creature_is_built_by_dragging(page: Page) -> None:
    page.click("#tab-chi-build-button")
    _, first = result_sides(page)
    assert (pixels(first).min(axis=2) < 150).mean() > 0.05, "a creature stands there at first"
    page.click("[data-action=start_over]")
    lines = b""
    for part in ("lion_body", "snake_tail", "goat_head"):
        page.click(f"[data-part={part}]")
        lines, _ = result_sides(page)
    expect(page.locator(".builder-canvas [data-number]")).to_have_count(3)

    middle = page.evaluate(
        """() => {  // a point of the goat's horn: a line without an inside
          const line = document.querySelector('.builder-canvas .chosen .grip path');
          const point = line.getPointAtLength(line.getTotalLength() / 2).matrixTransform(line.getScreenCTM());
          return [point.x, point.y];
        }"""
    )
    page.mouse.move(middle[0] + 5, middle[1])  # a finger is not exact
    page.mouse.down()
    page.mouse.move(middle[0] + 60, middle[1] + 90, steps=6)
    page.mouse.up()
    moved, picture = result_sides(page)
    changed = (np.abs(pixels(moved).astype(int) - pixels(lines)) > 128).any(axis=2)
    assert changed.any(axis=0).sum() > 40 and not changed[:, 200:].any(), "the head moved, the tail did not"
    assert (pixels(picture).min(axis=2) < 150).mean() > 0.05

    for action in ("mirror", "larger", "turn_right"):
        page.click(f"[data-action={action}]")
    turned, _ = result_sides(page)
    assert not np.array_equal(pixels(turned), pixels(moved))
    page.click("[data-action=remove]")
    page.keyboard.press("Escape")
    expect(page.locator(".builder-canvas [data-number]")).to_have_count(2)
    page.click("[data-action=undo]")
    expect(page.locator(".builder-canvas [data-number]")).to_have_count(3)
    page.locator(".builder-canvas").focus()
    page.keyboard.press("Control+z")  # the turn, which is undone before the size
    assert not np.array_equal(pixels(result_sides(page)[0]), pixels(turned)), "keys undo, too"
    chosen = []
    for _ in range(3):
        page.keyboard.press("Space")
        chosen.append(page.locator(".builder-canvas .chosen").get_attribute("data-number"))
    assert chosen == ["0", "1", "2"], "keys choose one part after the other"

    page.click("#chi-to-pad")
    expect(page.locator("#chi-pad canvas")).to_be_visible()
    before, _ = result_sides(page)
    stroke_ellipse(page, width=0.2, height=0.2)
    after, _ = result_sides(page)
    both = [(pixels(side) < 128).any(axis=2) for side in (before, after)]
    assert (both[0] & both[1]).sum() > 0.8 * both[0].sum() and both[1].sum() > both[0].sum(), "drawn on, not instead"


def test_the_builder_speaks_the_chosen_language_and_keeps_the_creature(page: Page) -> None:
    page.click("#tab-chi-build-button")
    page.click("[data-action=start_over]")
    page.click("[data-part=fish_body]")
    page.locator("#language label").nth(1).click()
    expect(page.locator("[data-action=mirror]")).to_have_attribute("title", "左右反転")
    expect(page.locator(".builder-canvas [data-number]")).to_have_count(1)


def colored(page: Page) -> float:
    """Return how much of the pad is seen in colour."""
    return float((np.ptp(pixels(page.locator(".pad-paper").screenshot()).astype(int), axis=2) > 12).mean())


def test_a_photograph_can_be_traced_and_stays_in_the_browser(page: Page, tmp_path: Path) -> None:
    photo = Image.new("RGB", (600, 600), (40, 90, 40))
    ImageDraw.Draw(photo).rectangle([100, 100, 500, 500], fill=(220, 180, 20))
    photo.save(tmp_path / "photo.jpg")
    draw_ellipse(page)
    before = result_sides(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_file_chooser() as chooser:
        page.click("[data-tool=trace]")
    chooser.value.set_files(tmp_path / "photo.jpg")
    expect(page.locator("[data-tool=untrace]")).to_be_visible()
    assert colored(page) > 0.5, "it is seen under the pad"
    assert result_sides(page) == before and not [url for url in asked if not url.startswith("blob:")]
    page.click("[data-tool=untrace]")
    assert colored(page) < 0.1
    (tmp_path / "notes.png").write_text("this is no picture")
    with page.expect_file_chooser() as chooser:
        page.click("[data-tool=trace]")
    chooser.value.set_files(tmp_path / "notes.png")
    expect(page.locator("#chi-pad [role=status]")).to_contain_text("choose a JPEG")


def test_a_photograph_dropped_on_the_pad_is_traced(page: Page) -> None:
    page.evaluate(
        """async () => {
          const canvas = Object.assign(document.createElement('canvas'), { width: 300, height: 300 });
          const brush = canvas.getContext('2d');
          brush.fillStyle = 'rgb(220, 60, 20)';
          brush.fillRect(0, 0, 300, 300);
          const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
          const data = new DataTransfer();
          data.items.add(new File([blob], 'photo.png', { type: 'image/png' }));
          for (const kind of ['dragover', 'drop']) {
            const event = new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
            document.querySelector('#chi-pad canvas').dispatchEvent(event);
          }
        }"""
    )
    expect(page.locator("[data-tool=untrace]")).to_be_visible()
    assert colored(page) > 0.5


def test_a_stroke_costs_one_small_request(page: Page) -> None:
    """A phone's uplink."""
    sent: list[int] = []
    page.on("request", lambda request: sent.append(len(request.post_data or "")) if request.method == "POST" else None)
    settle(page)
    sent.clear()
    stroke_ellipse(page, 0.3, 0.3)
    result_sides(page)
    assert len([size for size in sent if size > 2000]) == 1 and sum(sent) < 100_000


def test_steps_are_undone_and_the_pen_stays_in_hand(page: Page) -> None:
    clear(page)
    empty = pixels(page.locator(".pad-paper").screenshot())
    stroke_ellipse(page, 0.5, 0.5)
    drawn = pixels(page.locator(".pad-paper").screenshot())
    assert (drawn != empty).any(), "after Clear the pen draws"
    page.click("[data-tool=undo]")
    assert look_alike(pixels(page.locator(".pad-paper").screenshot()), empty)
    page.click("[data-tool=redo]")
    assert look_alike(pixels(page.locator(".pad-paper").screenshot()), drawn)
    page.click("[data-tool=eraser]")
    stroke_ellipse(page, 0.5, 0.5)
    erased = pixels(page.locator(".pad-paper").screenshot())
    assert (erased < 128).sum() < 0.1 * (drawn < 128).sum()


def test_a_finger_draws_and_does_not_scroll(browser: Browser, studio: str) -> None:
    context = new_context(browser, viewport={"width": 390, "height": 844}, has_touch=True)
    page = open_page(context, studio)
    settle(page)
    clear(page)
    before = page.evaluate("window.scrollY")
    box = page.locator("#chi-pad canvas").bounding_box()
    assert box is not None
    session = context.new_cdp_session(page)
    for kind, shift in (("touchStart", 0), ("touchMove", 60), ("touchMove", 120), ("touchEnd", None)):
        points = [] if shift is None else [{"x": box["x"] + 80 + shift, "y": box["y"] + 80 + shift}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert page.evaluate("window.scrollY") == before
    drawn = pixels(page.locator(".pad-paper").screenshot())
    assert (drawn < 128).sum() > 100
    first, second = (
        {"x": box["x"] + 50, "y": box["y"] + 150, "id": 1},
        {"x": box["x"] + 150, "y": box["y"] + 250, "id": 2},
    )
    moved = {**first, "x": box["x"] + 90}
    for kind, points in (
        ("touchStart", [first]),
        ("touchMove", [moved]),
        ("touchStart", [moved, second]),
        ("touchEnd", []),
    ):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert look_alike(pixels(page.locator(".pad-paper").screenshot()), drawn), "two fingers draw nothing"
    context.close()
