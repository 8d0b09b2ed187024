from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.steps import watch

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")  # the first starts faster
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
# Without these the browser tries to reach its maker's servers.
QUIET = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
SANDBOX = ["--no-sandbox", "--disable-gpu", "--disable-sync"]

READY = ".studio-ready #chi-pad canvas"  # the pad can be drawn on

expect.set_options(timeout=30_000)  # milliseconds: a busy machine is slow, not wrong


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium here: apt-get install chromium"))


@contextlib.contextmanager
def served(home: Path, **variables: str) -> Iterator[str]:
    """Run a real app in a process of its own, its environment changed by some variables; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "HOST": "127.0.0.1", "STUDIO_HOME": str(home / "state")}
    environment |= {"GRADIO_TEMP_DIR": str(home / "cache"), "STUDIO_NICE": "0", **variables}
    with (home / "app.log").open("a") as log:
        app = subprocess.Popen([sys.executable, ROOT / "app.py"], cwd=home, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, app)
        yield address
    finally:
        app.terminate()
        app.wait(20)


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("studio")) as address:
        yield address


def wait_for(address: str, app: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=5).read()
            return
        except OSError:
            assert app.poll() is None, "the app ended before it answered"
            time.sleep(0.1)
    raise AssertionError("the app does not answer")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *SANDBOX])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def visited(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has been here before: its cache holds the page's scripts, which take seconds to compile."""
    opened = new_context(browser)
    yield opened
    opened.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own, with no cookie."""
    opened = new_context(browser)
    yield opened
    opened.close()


@pytest.fixture
def page(visited: BrowserContext, studio: str) -> Iterator[Page]:
    visited.clear_cookies()
    page = open_page(visited, studio)
    yield page
    page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    page.close()


@pytest.fixture(scope="session")
def kept_open(browser: Browser, studio: str) -> Iterator[Page]:
    context = new_context(browser)
    yield open_page(context, studio)
    context.close()


@pytest.fixture
def quiet(kept_open: Page) -> Iterator[Page]:
    """A page that others use as well, for those who only ask for a sentence; what was said is taken away after them."""
    yield kept_open
    kept_open.eval_on_selector_all(".toast-close", "buttons => buttons.forEach((button) => button.click())")
    expect(kept_open.locator(".toast-body")).to_have_count(0)


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    usual = {"viewport": {"width": 1280, "height": 1000}, "locale": "en-US", "accept_downloads": True}
    context = browser.new_context(**{**usual, **options})
    context.on("page", watch)
    return context


def open_page(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(address)
    page.wait_for_selector(READY)
    return page
