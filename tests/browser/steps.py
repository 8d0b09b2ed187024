"""What a visitor does, in steps that the browser tests share."""

from __future__ import annotations

import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect

LOOK = 250  # milliseconds between looks at the page
STILL = 5000  # milliseconds in which a busy machine brings the next picture, if there is one


def draw_ellipse(page: Page, width: float = 0.6, height: float = 0.4) -> None:
    """Draw with the mouse; sizes are shares of the pad's shorter side."""
    box = page.locator("#pad canvas").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    side = min(box["width"], box["height"]) * 0.7
    page.mouse.move(x + side * width / 2, y)
    page.mouse.down()
    for step in range(1, 17):
        turn = 2 * math.pi * step / 16
        page.mouse.move(x + side * width / 2 * math.cos(turn), y + side * height / 2 * math.sin(turn))
    page.mouse.up()
    page.wait_for_selector("#edges img")  # the server has seen the strokes


def paint(page: Page, pictures: int = 4) -> list[bytes]:
    """Press the button and return the PNG files of the variants."""
    page.click("#paint")
    page.wait_for_selector("#paint[disabled]")
    page.wait_for_selector("#paint:not([disabled])")
    page.wait_for_timeout(500)  # the strip is drawn a moment after its pictures have come
    expect(page.locator("#variants img")).to_have_count(pictures)
    sources = variant_sources(page)
    return [page.request.get(source).body() for source in sources]


def variant_sources(page: Page) -> list[str]:
    """Return the addresses of the variants shown."""
    sources: list[str] = page.eval_on_selector_all("#variants img", "images => images.map(image => image.src)")
    return sources


def result_sides(page: Page) -> tuple[bytes, bytes]:
    """Wait until the slider shows a pair that no newer one replaces, and return its left and right pictures."""
    page.wait_for_selector("#result img")
    shown: list[str] = []
    unchanged = 0
    while unchanged < STILL:
        page.wait_for_timeout(LOOK)
        seen, shown = shown, page.eval_on_selector_all("#result img", "images => images.map(image => image.src)")
        unchanged = unchanged + LOOK if shown == seen else 0
    left, right = (page.request.get(source).body() for source in shown[:2])
    return left, right


def pixels(png: bytes) -> NDArray[np.uint8]:
    """Return (H, W, 3)."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def set_variants(page: Page, count: int) -> None:
    """Choose how many pictures a press makes."""
    if not page.locator("#count input[type=number]").is_visible():
        page.click("#options button")
        page.wait_for_timeout(500)  # what has just opened takes its first value a moment later
    field = page.locator("#count input[type=number]")
    field.fill(str(count))
    field.press("Enter")
    page.wait_for_timeout(300)
    expect(field).to_have_value(str(count))
