from __future__ import annotations

import io
import re
import time
import zipfile
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from pipelines.common import provenance
from pipelines.data import synthetic
from pipelines.weights import hub
from tests.browser.conftest import READY, served
from tests.browser.steps import barriers, draw_ellipse, open_all_tabs, paint, repeated_ids
from tests.tools import png

LONG = 600_000  # milliseconds; a training takes as long as it takes


def printed_link(home: Path) -> str:
    """The link that the studio printed when it started last."""
    for _ in range(100):  # the page answers a moment before the link is printed
        if links := re.findall(r"http://\S+/studio/enter\?token=\S+", (home / "app.log").read_text()):
            return str(links[-1])
        time.sleep(0.1)
    raise AssertionError("no link was printed")


def animals(path: Path, count: int = 48) -> Path:
    """A zip of cut-out drawings, with one file that is no picture."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            archive.writestr(f"{synthetic.class_of(number)}/{number}.png", png(synthetic.draw(number)))
        archive.writestr("cow/notes.png", b"no picture")
    return path


def painted_by(page: Page) -> str:
    """Paint, and return the digest of the weights that did it."""
    page.click("#tab-chimera-button")
    return provenance.read(io.BytesIO(paint(page)[0]).getvalue()).weights_sha256


def step_reached(page: Page) -> int:
    found = re.search(r"(\d+) / \d+", page.locator("#admin-job-standing").inner_text())
    return int(found[1]) if found else 0


def open_jobs(page: Page) -> None:
    page.click("#tab-admin-button")
    page.click("#tab-admin-jobs-button")


def test_from_a_zip_to_weights_that_visitors_get_and_back(context: BrowserContext, tmp_path: Path) -> None:
    with served(tmp_path, STUDIO_WARM="0") as address:
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(printed_link(tmp_path))
        expect(page.locator("#admin-sign-out")).to_be_visible()
        assert "token" not in page.url
        page.click("#tab-chimera-button")
        page.wait_for_selector(READY)
        draw_ellipse(page)
        bundled = painted_by(page)
        assert bundled == hub.weights_sha256(hub.BUNDLED / "chimera")

        page.click("#tab-admin-button")
        page.click("#tab-admin-data-button")
        page.set_input_files("#admin-data-file", animals(tmp_path / "my animals.zip"))
        expect(page.locator("#admin-data-name")).to_have_value("my_animals")
        page.click("#admin-data-send")
        expect(page.locator("#admin-data-said")).to_contain_text("may use")
        page.check("#admin-data-allowed")
        page.click("#admin-data-send")
        expect(page.locator("#admin-data-said")).to_contain_text("48 pictures taken in, 1 refused", timeout=LONG)
        expect(page.locator("#admin-data-table")).to_contain_text("my_animals")

        page.click("#tab-admin-train-button")
        page.click("#admin-data-source input")
        page.get_by_role("option", name="my_animals (48)").click()
        page.fill("#admin-field-steps input", "0")
        page.click("#admin-start-training")
        expect(page.locator("#admin-field-steps")).to_contain_text("must be at least 1")
        page.fill("#admin-field-steps input", "40")
        page.click("#admin-settings-rest > button")
        page.fill("#admin-field-log_every input", "1")
        page.click("#admin-start-training")
        expect(page.locator("#admin-train-said")).to_contain_text("Job 1 is in the queue")

        open_jobs(page)
        expect(page.locator("#admin-jobs-table")).to_contain_text("running", timeout=LONG)
        page.wait_for_selector(".charts canvas, .charts svg.marks", timeout=LONG)
        seen = step_reached(page)
        expect(page.locator("#admin-job-preview img")).to_be_visible(timeout=LONG)
        later = r"seen => Number(document.querySelector('#admin-job-standing').innerText.match(/(\d+) \/ /)[1]) > seen"
        page.wait_for_function(later, arg=seen, timeout=LONG)
        page.click("#admin-do-stop")
        expect(page.locator("#admin-job-standing")).to_contain_text("stopped", timeout=LONG)
        reached = step_reached(page)
        assert 0 < reached < 40

        page.reload()
        expect(page.locator("#admin-sign-out")).to_be_visible()  # in front, where it was
        open_jobs(page)
        expect(page.locator("#admin-job-standing")).to_contain_text(f"{reached} / 40", timeout=LONG)
        page.click("#admin-do-resume")
        expect(page.locator("#admin-job-standing")).to_contain_text("done", timeout=LONG)
        expect(page.locator("#admin-do-promote")).to_be_enabled()
        page.click("#admin-do-promote")
        expect(page.locator("#admin-job-said")).to_contain_text("is live")

        page.click("#tab-chimera-button")
        draw_ellipse(page)
        promoted = painted_by(page)
        assert promoted != bundled
        page.click("#tab-admin-button")
        page.click("#tab-admin-live-button")
        page.click("#admin-live-refresh")
        expect(page.locator("#admin-live-table")).to_contain_text(promoted[:12])
        page.click("#admin-live-undo")
        expect(page.locator("#admin-live-said")).to_contain_text("bundled is live again")
        assert painted_by(page) == bundled

    with served(tmp_path, STUDIO_WARM="0") as address:  # started anew: the job is known, the old session is not
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("#chi-paint")
        page.click("#tab-admin-button")
        expect(page.locator("#admin-ways-in")).to_be_visible()
        page.goto(printed_link(tmp_path))
        page.fill("#admin-field-steps input", "77")
        page.get_by_role("button", name="YAML").first.click()
        expect(page.locator("#admin-yaml")).to_contain_text("steps: 77")
        open_jobs(page)
        expect(page.locator("#admin-jobs-table")).to_contain_text("done")
        page.locator("#language label").nth(1).click()
        expect(page.locator("#admin-jobs-table")).to_contain_text("完了")
        expect(page.locator("#admin-jobs-table")).to_be_visible()
        expect(page.locator("#admin-field-steps")).to_contain_text("総ステップ数")
        expect(page.locator("#admin-field-steps input")).to_have_value("77")
        page.wait_for_timeout(3000)  # it looks again every two seconds
        expect(page.locator("#admin-job-standing")).to_contain_text("完了")
        page.locator("#language label").nth(0).click()
        expect(page.locator("#admin-jobs-table")).to_contain_text("done")
        opened = open_all_tabs(page)
        wanted = ("chimera", "big-morph", "rep-buffer", "admin-live")
        assert opened >= {f"tab-{name}-button" for name in wanted}
        assert repeated_ids(page) == []
        page.click("#tab-admin-button")
        for _ in ("light", "dark"):
            for tab in ("train", "jobs", "data", "live"):
                page.click(f"#tab-admin-{tab}-button")
                assert not (found := barriers(page, f"#tab-admin-{tab}")), f"{tab}: {found}"
            page.click("#theme")
