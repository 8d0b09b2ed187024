"""Takes the README's screenshots anew: python -m tests.browser.screenshots.

Each tab as a visitor sees it at first, on a laptop's screen, in English.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET, ROOT, SANDBOX, new_context, open_page, served
from tests.browser.steps import open_tab, settle

FOLDER = ROOT / "demos" / "screenshots"
TABS = {"chimera": "Chimera", "colorize": "Colorize", "biggan": "BigGAN", "stylemini": "Replay"}
SCREEN = {"width": 1280, "height": 1050}
QUALITY = 85  # of WebP: letters stay sharp


def main() -> None:
    """Write a screenshot of each tab into ``demos/screenshots``."""
    with tempfile.TemporaryDirectory() as home, served(Path(home)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *SANDBOX])
        page = open_page(new_context(browser, viewport=SCREEN), address)
        for name, label in TABS.items():
            open_tab(page, name, label)
            settle(page)
            picture = Image.open(io.BytesIO(page.screenshot()))
            picture.convert("RGB").save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)
        browser.close()


if __name__ == "__main__":
    main()
