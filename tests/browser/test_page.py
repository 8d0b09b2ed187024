from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from demos.admin.words import say as admin
from demos.chimera.words import say
from demos.remake.words import say as remake
from demos.scattering.words import say as scattering
from demos.shared.words import LANGUAGES
from tests.browser.conftest import new_context
from tests.browser.steps import open_tab, paint, settle


@pytest.mark.parametrize(("locale", "language"), [("ja-JP", "ja"), ("ko-KR", "ko"), ("fr-FR", "en")])
def test_the_page_speaks_the_browsers_language(browser: Browser, studio: str, locale: str, language: str) -> None:
    context = new_context(browser, locale=locale)
    page = context.new_page()
    page.goto(studio)
    expect(page.locator("#chi-paint")).to_have_text(say("paint", language))
    expect(page.locator("#title")).to_contain_text(say("tagline", language))
    context.close()


def test_the_language_switch_changes_every_word(page: Page) -> None:
    for position, language in enumerate(LANGUAGES):
        page.locator("#language label").nth(position).click()
        expect(page.locator("#chi-paint")).to_have_text(say("paint", language))
        expect(page.locator("#tab-chimera-button")).to_have_text(say("tab", language))
        expect(page.locator("#chi-download")).to_have_text(say("download_cutout", language))
        expect(page.locator("#chi-randomise")).to_have_text(say("randomise", language))
        expect(page.locator("#chi-options")).to_contain_text(say("options", language))
        expect(page.locator("#chi-fresh")).to_contain_text(say("new_seed_info", language))
        expect(page.locator("#chi-beside")).to_contain_text(say("beside_kept", language))
        expect(page.locator("#title")).to_contain_text(say("tagline", language))


def test_nothing_is_wider_than_a_phone(browser: Browser, studio: str) -> None:
    context = new_context(browser, viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(studio)
    page.wait_for_selector("#chi-drawings img")
    settle(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#language') !== null"), "by keyboard too"
    page.locator("#chi-drawings button.thumbnail-item").first.click()
    page.wait_for_selector("#chi-edges img")
    paint(page)
    for button in ("#tab-chi-picture-button", "#chi-options button", "#tab-colorize-button"):
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.click(button)
    page.locator("#color-examples button.thumbnail-item").first.click()
    expect(page.locator("#color-result img")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    contents = {"scattering": "#scat-left img", "remake": "#made-file", "admin": "#admin-closed, #admin-ways-in"}
    for tab, (name, content) in zip((scattering, remake, admin), contents.items(), strict=True):
        open_tab(page, name, tab("tab", "en"))
        expect(page.locator(content)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
