"""The pad's aids: a creature built of parts, a photograph laid under."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.steps import draw_ellipse, paint, pixels, result_sides, settle


def test_a_creature_is_built_by_dragging(page: Page) -> None:
    page.click("#tab-build-button")
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

    page.click("#to-pad")
    page.wait_for_selector("#pad canvas")
    before, _ = result_sides(page)
    page.click('#pad button[aria-label="Brush"]')
    draw_ellipse(page, width=0.2, height=0.2)
    after, _ = result_sides(page)
    both = [(pixels(side) < 128).any(axis=2) for side in (before, after)]
    assert (both[0] & both[1]).sum() > 0.8 * both[0].sum() and both[1].sum() > both[0].sum(), "drawn on, not instead"


def test_the_builder_speaks_the_chosen_language_and_keeps_the_creature(page: Page) -> None:
    page.click("#tab-build-button")
    page.click("[data-part=fish_body]")
    page.locator("#language label").nth(1).click()
    expect(page.locator("[data-action=mirror]")).to_have_attribute("title", "左右反転")
    expect(page.locator(".builder-canvas [data-number]")).to_have_count(1)


def test_a_photograph_can_be_traced(page: Page, tmp_path: Path) -> None:
    photo = Image.new("RGB", (600, 600), (40, 90, 40))
    ImageDraw.Draw(photo).rectangle([100, 100, 500, 500], fill=(220, 180, 20))
    photo.save(tmp_path / "photo.jpg")
    draw_ellipse(page)
    before, _ = result_sides(page)
    with page.expect_file_chooser() as chooser:
        page.click("#trace")
    chooser.value.set_files(tmp_path / "photo.jpg")
    settle(page)
    after, _ = result_sides(page)
    lines = [(pixels(side) < 128).any(axis=2) for side in (before, after)]
    assert lines[0].sum() > 50 and np.abs(lines[0].sum() - lines[1].sum()) < 20, (
        "the photograph's edges are not painted"
    )
    shot = pixels(page.locator("#pad").screenshot())
    colored = np.ptp(shot.astype(int), axis=2) > 12
    assert colored.mean() > 0.1, "it is seen under the pad"
    page.click("#untrace")
    settle(page)
    assert (np.ptp(pixels(page.locator("#pad").screenshot()).astype(int), axis=2) > 12).mean() < 0.1


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
          const pad = document.querySelector('#pad canvas');
          for (const kind of ['dragover', 'drop']) {
            pad.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
          }
        }"""
    )
    settle(page)
    shot = pixels(page.locator("#pad").screenshot()).astype(int)
    assert (np.ptp(shot, axis=2) > 12).mean() > 0.3


def test_a_stroke_is_sent_a_few_times_for_each_picture(page: Page) -> None:
    """A phone's uplink: whatever Gradio reads of the pad it sends, three files each time."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    draw_ellipse(page)
    result_sides(page)
    sent, pictures = (sum(path in url for url in asked) for path in ("/upload", "/queue/join"))
    assert 0 < sent <= 12 * pictures
    asked.clear()
    paint(page)
    assert sum("/upload" in url for url in asked) <= 3, "once a press: background, strokes and both together"
