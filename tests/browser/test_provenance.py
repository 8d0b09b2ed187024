"""A picture that is downloaded says how it was made, and is read back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pipelines.common import provenance
from tests.browser.steps import draw_ellipse, paint


def test_a_download_says_how_it_was_made(page: Page) -> None:
    draw_ellipse(page)
    paint(page)
    with page.expect_download() as waiting:
        page.click("#chi-download")
    saved = Path(waiting.value.path())
    origin = provenance.read(saved)
    assert (origin.system, origin.seed, origin.index) == ("chimera", 7, 0)
    assert waiting.value.suggested_filename == "chimera-7-0-cut.png"

    page.click("#tab-remake-button")
    expect(page.locator("#made-json")).to_contain_text("weights_sha256")  # of a picture of ours
    page.set_input_files("#made-file input[type=file]", {"name": "a.png", "mimeType": "image/png", "buffer": b"no"})
    expect(page.locator("#made-json")).not_to_contain_text("weights_sha256")
    page.set_input_files("#made-file input[type=file]", saved)
    expect(page.locator("#made-json")).to_contain_text(origin.weights_sha256[:12])


def test_provenance_can_be_left_out(page: Page) -> None:
    draw_ellipse(page)
    page.click("#chi-options button")
    page.uncheck("#chi-keep input")
    with pytest.raises(Exception, match="no provenance"):
        provenance.read(paint(page)[0])
