"""The page under a path of a host that shows other things too."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import served
from tests.browser.proxy import proxied
from tests.browser.steps import repeated_ids
from tests.browser.test_admin import animals, printed_link

PREFIX = "/studio-x"
PASSWORD = "open sesame"


def test_an_administrator_signs_in_under_a_path(context: BrowserContext, tmp_path: Path) -> None:
    with (
        served(tmp_path, GRADIO_ROOT_PATH=PREFIX, ADMIN_PASSWORD=PASSWORD, STUDIO_WARM="0") as address,
        proxied(address, PREFIX) as outside,
    ):
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(f"{outside}{PREFIX}/")
        page.click("#tab-admin-button")
        page.fill("#admin-password input", "open says me")
        assert not repeated_ids(page)
        page.click("#admin-sign-in")
        expect(page.locator("#admin-sign-in-said")).to_contain_text("not the password")
        page.fill("#admin-password input", PASSWORD)
        page.click("#admin-sign-in")
        expect(page.locator("#admin-sign-out")).to_be_visible()  # and in front, where it was
        assert page.url == f"{outside}{PREFIX}/"
        assert {one["path"] for one in context.cookies() if one["name"].startswith("studio_")} == {PREFIX}

        page.click("#tab-admin-data-button")
        page.set_input_files("#admin-data-file", animals(tmp_path / "pets.zip", count=14))
        page.check("#admin-data-allowed")
        page.click("#admin-data-send")
        expect(page.locator("#admin-data-said")).to_contain_text("14 pictures taken in")
        page.click("#admin-sign-out")
        expect(page.locator("#admin-password")).to_be_visible()

        link = urlsplit(printed_link(tmp_path))
        page.goto(f"{outside}{link.path}?{link.query}")
        expect(page.locator("#admin-sign-out")).to_be_visible()
        assert page.url == f"{outside}{PREFIX}/"
