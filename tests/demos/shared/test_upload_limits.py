from __future__ import annotations

import asyncio
import errno
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio.routes import App
from starlette.middleware import Middleware

from demos.shared import upload_limits
from demos.shared.quota import Quota
from demos.shared.upload_limits import MAX_FILES, UploadLimits


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(upload_limits, "MAX_REQUEST", 100_000)
    monkeypatch.setattr(upload_limits, "MAX_BYTES", 50_000)
    return tmp_path / "cache"


def send(content: Any = None, quota: Quota | None = None, language: str = "en", **options: Any) -> httpx.Response:
    """Upload as the page does, or ``content`` as it is."""
    with gr.Blocks(analytics_enabled=False) as blocks:
        pass
    blocks.max_file_size = 50_000
    limits = Middleware(UploadLimits, quota=quota or Quota())
    app = App.create_app(blocks, app_kwargs={"middleware": [limits]})

    async def sent() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
            headers = {"accept-language": language, **options.pop("headers", {})}
            return await client.post("/gradio_api/upload", content=content, headers=headers, **options)

    return asyncio.run(sent())


def files(count: int, size: int = 10) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (f"{number}.png", bytes([number]) * size)) for number in range(count)]


def written(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_what_is_allowed_is_written(folder: Path) -> None:
    answer = send(files=files(MAX_FILES))
    assert answer.status_code == 200 and len(answer.json()) == MAX_FILES == written(folder)


@pytest.mark.parametrize(
    ("count", "size", "said"), [(1, 60_000, "MB"), (MAX_FILES + 1, 10, "at once"), (3, 40_000, "together")]
)
@pytest.mark.parametrize("declared", [True, False])
def test_what_is_too_much_gets_a_sentence_and_nothing_stays(
    folder: Path, count: int, size: int, said: str, declared: bool
) -> None:
    form = httpx.Request("POST", "http://here", files=files(count, size))
    body = form.read()

    async def pieces() -> Any:
        for start in range(0, len(body), 999):
            yield body[start : start + 999]

    kind = {"content-type": form.headers["content-type"]}
    answer = send(body if declared else pieces(), headers=kind)
    assert answer.status_code == 413 and said in answer.text and answer.text.endswith(".")
    assert written(folder) == 0


def test_the_sentence_is_in_the_visitors_language(folder: Path) -> None:
    assert "あります" in send(files=files(1, 60_000), language="ja,en;q=0.5").text
    assert "너무 많습니다" in send(files=files(MAX_FILES + 1), language="ko").text


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "multipart/form-data"),
        (b"", "text/plain"),
        (b"nothing", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\nno name\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="files"\r\n\r\nx\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_what_is_no_upload_is_refused(folder: Path, content: bytes, kind: str) -> None:
    answer = send(content, headers={"content-type": kind})
    assert (400 <= answer.status_code < 500 and "reload" in answer.text) or answer.json() == []


def test_a_full_disk_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = send(files=files(1), quota=Quota(spare=10**18))
    assert full.status_code == 507 and "try again" in full.text and written(folder) == 0

    def broken(**_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("gradio.route_utils.NamedTemporaryFile", broken)
    later = send(files=files(1))
    assert later.status_code == 507 and "try again" in later.text
