"""What a visitor does, in steps that the browser tests share."""

from __future__ import annotations

import io
import math
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from axe_playwright_python.sync_playwright import Axe
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, Request, expect

SCREENS = {"laptop": {"width": 1280, "height": 1000}, "phone": {"width": 390, "height": 844}}
LOOK = 100  # milliseconds between looks at the page
STILL = 400  # milliseconds without a request after which none is to come: the page sends what it has at once
MOST_LOOKS = 600  # a minute, or more where looking takes time
IDLE_LOOKS = 200  # 20 seconds
STREAM = "/queue/data?"  # where Gradio sends its answers
QUESTION = "/queue/join?"
VISIBLE = "tabs => tabs.filter(tab => tab.checkVisibility({visibilityProperty: true})).map(tab => tab.id)"
TABS = "[role=tab][id^=tab-][id$=-button]"
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_open: WeakKeyDictionary[Page, set[Request]] = WeakKeyDictionary()
_idle: WeakKeyDictionary[Page, set[Request]] = WeakKeyDictionary()  # streams on which nothing is to come


def watch(page: Page) -> None:
    """Note which requests of a page are not answered yet; Gradio holds one open while a handler is at work."""
    unanswered, idle = _open.setdefault(page, set()), _idle.setdefault(page, set())

    def begin(request: Request) -> None:
        if request.is_navigation_request() and request.frame == page.main_frame:
            unanswered.clear()  # nobody waits any more for what the page before has asked
            idle.clear()
        if QUESTION in request.url:  # its answer comes on the stream that is there
            unanswered.update(idle)
            idle.clear()
        if "/heartbeat/" not in request.url:  # open as long as the page is
            unanswered.add(request)

    def end(request: Request) -> None:
        unanswered.discard(request)
        idle.discard(request)

    page.on("request", begin)
    page.on("requestfinished", end)
    page.on("requestfailed", end)


def settle(page: Page) -> None:
    """Wait until all that was asked is answered and drawn, and nothing more is asked.

    Gradio's client opens a stream for a question whose answer came on the one before, where that one closed before the
    question was acknowledged. Nothing comes on it, and it stays: what has been open alone for long is not waited for.
    """
    still, looks, alone = 0, 0, 0
    while still < STILL:
        looks += 1
        assert looks < MOST_LOOKS, f"never answered: {[request.url for request in _open[page]]}"
        page.wait_for_timeout(LOOK)
        page.evaluate(DRAWN)  # a busy page has not sent yet what it has to send
        still = 0 if _open[page] else still + LOOK
        alone = alone + 1 if all(STREAM in request.url for request in _open[page]) else 0
        if alone > IDLE_LOOKS:
            _idle[page].update(_open[page])
            _open[page].clear()


def open_tab(page: Page, name: str, label: str) -> None:
    """Bring a tab to the front; what a screen has no room for is under the three dots."""
    button = page.locator(f"#tab-{name}-button")
    if button.count() and button.is_visible():
        button.click()
        return
    page.locator(".overflow-menu > button").first.click()
    page.locator(".overflow-dropdown button", has_text=label).click()


def open_all_tabs(page: Page) -> set[str]:
    """Bring each tab that a wide screen shows to the front, those within one before the next; return their buttons."""
    opened: set[str] = set()
    while coming := [one for one in page.eval_on_selector_all(TABS, VISIBLE) if one not in opened]:
        button = page.locator(f"#{coming[-1]}").first  # what is within the tab in front comes last on the page
        button.click()
        expect(button).to_have_attribute("aria-selected", "true")
        for _ in range(2):
            page.evaluate(DRAWN)  # what is within comes when its tab does
        opened.add(coming[-1])
    return opened


def repeated_ids(page: Page) -> list[str]:
    """Return the identifiers that more than one element of the page has."""
    found: list[str] = page.evaluate(
        """() => {
          const ids = [...document.querySelectorAll('[id]')].map((element) => element.id).filter((id) => id);
          return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
        }"""
    )
    return found


def clear(page: Page) -> None:
    """Wipe the pad."""
    page.click("[data-tool=clear]")


def draw_ellipse(page: Page, width: float = 0.6, height: float = 0.4) -> None:
    """Draw with the mouse on a clean pad; sizes are shares of the pad's side."""
    if page.locator("[data-tool=clear]").is_enabled():
        clear(page)
    stroke_ellipse(page, width, height)
    page.wait_for_selector("#chi-edges img")  # the server has seen the strokes


def stroke_ellipse(page: Page, width: float, height: float) -> None:
    """Draw over what is on the pad."""
    pad = page.locator("#chi-pad canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    side = min(box["width"], box["height"]) * 0.7
    page.mouse.move(x + side * width / 2, y)
    page.mouse.down()
    for step in range(1, 9):
        angle = 2 * math.pi * step / 8
        page.mouse.move(x + side * width / 2 * math.cos(angle), y + side * height / 2 * math.sin(angle))
    page.mouse.up()


def paint(page: Page, pictures: int = 4) -> list[bytes]:
    """Press the button and return the PNG files of the variants."""
    page.click("#chi-paint")
    page.wait_for_selector("#chi-paint[disabled]")
    page.wait_for_selector("#chi-paint:not([disabled])")
    settle(page)
    expect(page.locator("#chi-variants img")).to_have_count(pictures)
    sources = variant_sources(page)
    return [page.request.get(source).body() for source in sources]


def variant_sources(page: Page) -> list[str]:
    """Return the addresses of the variants shown."""
    sources: list[str] = page.eval_on_selector_all("#chi-variants img", "images => images.map(image => image.src)")
    return sources


def result_sides(page: Page) -> tuple[bytes, bytes]:
    """Wait until the slider shows a pair that no newer one replaces, and return its left and right pictures."""
    settle(page)
    page.wait_for_selector("#chi-result img")
    left, right = (page.request.get(source).body() for source in shown_sources(page)[:2])
    return left, right


def shown(page: Page, identifier: str) -> bytes:
    """Return the picture that an element shows when all is answered."""
    settle(page)
    source = page.locator(f"#{identifier} img").first.get_attribute("src")
    assert source is not None
    return page.request.get(source).body()


def shown_sources(page: Page) -> list[str]:
    """Return the addresses of the pictures in the slider."""
    sources: list[str] = page.eval_on_selector_all("#chi-result img", "images => images.map(image => image.src)")
    return sources


def pixels(png: bytes) -> NDArray[np.uint8]:
    """Return (H, W, 3)."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def look_alike(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> bool:
    """Tell whether screenshots show the same; the browser smooths a rounded corner now so, now so."""
    return first.shape == second.shape and int(np.abs(first.astype(int) - second).max()) < 16


def barriers(page: Page, tab: str) -> list[tuple[str, Any]]:
    """Unfold all of a tab that is in front, and return what axe-core finds in the way of people there."""
    page.eval_on_selector_all(f"{tab} .label-wrap:not(.open)", "folded => folded.forEach(one => one.click())")
    page.wait_for_timeout(STILL)  # an open fold fades in
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found if one["impact"] != "minor"]


def set_variants(page: Page, count: int) -> None:
    """Choose how many pictures a press makes."""
    if not page.locator("#chi-count input[type=number]").is_visible():
        page.click("#chi-options button")
        settle(page)  # what has just opened takes its first value a moment later
    field = page.locator("#chi-count input[type=number]")
    field.fill(str(count))
    field.press("Enter")
    settle(page)
    expect(field).to_have_value(str(count))
