"""What is seen: nothing jumps, everything can be read, and on a phone drawing and result are seen together."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from demos.shared.words import say
from tests.browser.conftest import new_context, open_page
from tests.browser.steps import barriers, draw_ellipse, pixels, result_sides, settle

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 1000}
TABS = ("chimera", "colorize", "biggan", "scattering", "stylemini", "remake", "admin")
SHIFTS = """() => {
  window.shifts = [];
  const note = (entry) => {
    if (!entry.hadRecentInput) {
      window.shifts.push([entry.value, entry.sources.map(({ node }) => node && (node.id || node.className))]);
    }
  };
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type: 'layout-shift', buffered: true });
}"""


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_jumps_while_the_page_comes_up_and_no_other_host_is_asked(
    browser: Browser, studio: str, viewport: dict[str, int]
) -> None:
    context = new_context(browser, viewport=viewport)
    context.add_init_script(f"({SHIFTS})()")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    for _ in range(2):  # with an empty cache and a full one
        page = open_page(context, studio)
        settle(page)
        shifts = page.evaluate("window.shifts")
        assert sum(shift for shift, _ in shifts) < 0.05, shifts
        page.close()
    context.close()
    assert asked and not [url for url in asked if not url.startswith((studio, "data:", "blob:"))]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_anybody(browser: Browser, studio: str, theme: str) -> None:
    context = new_context(browser, viewport=DESKTOP, color_scheme=theme)
    page = open_page(context, studio)
    for tab in TABS:
        page.click(f"#tab-{tab}-button")
        settle(page)
        assert not (found := barriers(page, f"#tab-{tab}")), f"{tab}: {found}"
    context.close()


def test_on_a_phone_pad_and_result_are_seen_together(browser: Browser, studio: str) -> None:
    context = new_context(browser, viewport=PHONE, has_touch=True)
    page = open_page(context, studio)
    draw_ellipse(page)
    result_sides(page)
    button = page.locator("#chi-paint").bounding_box()
    for name in ("#chi-result", ".pad-paper", ".pad-tools"):
        box = page.locator(name).bounding_box()
        assert box is not None and button is not None
        assert box["y"] >= 0 and box["y"] + box["height"] <= button["y"], f"{name} is not wholly in view"
    page.mouse.wheel(0, 250)
    settle(page)
    result = page.locator("#chi-result").bounding_box()
    assert result is not None and 0 <= result["y"] < 40, "it stays in view"
    context.close()


@pytest.fixture(scope="module")
def looked_at(visited: BrowserContext, studio: str) -> Iterator[Page]:
    """A page on which nothing is changed for long."""
    page = open_page(visited, studio)
    yield page
    page.close()


def test_input_and_result_are_two_equal_squares(looked_at: Page) -> None:
    pad, result = (looked_at.locator(name).bounding_box() for name in (".pad-paper", "#chi-result"))
    assert pad is not None and result is not None
    assert abs(pad["width"] - pad["height"]) < 3 and abs(result["width"] - result["height"]) < 3
    assert abs(pad["width"] - result["width"]) < 3 and abs(pad["y"] - result["y"]) < 5


def test_the_page_names_itself(looked_at: Page, studio: str) -> None:
    assert looked_at.title() == say("title", "en")
    answer = looked_at.request.get(studio)
    head = answer.text().partition("</head>")[0]
    for name in ("og:title", "og:description", "og:image", 'name="description"', 'name="theme-color"'):
        assert head.count(name) >= 1, name
    assert not [meta for meta in re.findall("<meta[^>]*>", head) if "radio" in meta], "Gradio's own are gone"
    for picture, size in (("card.png", (1200, 630)), ("icon.png", (192, 192))):
        assert f"studio/{picture}" in head
        assert Image.open(io.BytesIO(looked_at.request.get(f"{studio}/studio/{picture}").body())).size == size


def test_pictures_are_compared_by_keyboard(looked_at: Page) -> None:
    result_sides(looked_at)

    def fur() -> int:
        """How much of the slider shows the picture, and not lines in black and white."""
        shown = pixels(looked_at.locator("#chi-result").screenshot()).astype(int)
        return int((np.ptp(shown[:, :-60], axis=2) > 15).sum())  # without the buttons in the corner

    whole = fur()
    handle = looked_at.locator("#chi-result .inner")
    handle.focus()
    looked_at.keyboard.press("End")
    assert fur() < 0.1 * whole, "all lines"
    expect(handle).to_have_attribute("aria-valuenow", "100")
    looked_at.keyboard.press("Home")
    assert fur() > 0.9 * whole, "all picture"
    expect(handle).to_have_attribute("aria-valuenow", "0")
    expect(handle).to_have_attribute("aria-label", say("said_compare", "en"))
