from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from demos.admin import uploads
from demos.admin.auth import COOKIE, Gate
from pipelines.data import library
from tests.tools import noisy_picture, png

ALLOWED = {"name": "pets", "allowed": "yes", "language": "en"}


@pytest.fixture
def gate() -> Gate:
    return Gate(password="x")


@pytest.fixture
def app(gate: Gate) -> Starlette:
    return Starlette(routes=uploads.routes(gate))


@pytest.fixture
def admin(app: Starlette, gate: Gate) -> TestClient:
    return TestClient(app, cookies={COOKIE: gate.open_session()})


def answer_of(app: Starlette, session: str | None, receive: Any) -> int:
    """Post a body and return the status, in a thread: a browser's driver may have an event loop in this one."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-length", b"999")]
    if session is not None:
        headers.append((b"cookie", f"{COOKIE}={session}".encode()))
    scope = {"type": "http", "method": "POST", "path": "/studio/upload", "query_string": b"name=a&allowed=yes"}
    scope |= {"headers": headers, "client": ("1.2.3.4", 5)}
    with ThreadPoolExecutor(1) as pool:
        pool.submit(anyio.run, app, scope, receive, send).result()
    return int(sent[0]["status"])


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for number in range(4):
            opened.writestr(f"{'ab'[number % 2]}/{number}.png", png(noisy_picture(number)))
        opened.writestr("a/notes.txt", "notes")
    return buffer.getvalue()


def incoming() -> list[Path]:
    return list((library.studio_home_made() / "incoming").glob("*"))


def test_an_administrator_uploads(admin: TestClient) -> None:
    answer = admin.post("/studio/upload", params=ALLOWED, content=zipped())
    assert answer.status_code == 200 and answer.json()["classes"] == {"a": 2, "b": 2}
    assert answer.json()["refused_in_all"] == 1
    assert [uploads.summary(one)[:4] for one in library.data_sets()] == [["pets", 4, 2, 1]]
    assert incoming() == []


@pytest.mark.parametrize("cookie", [None, "", "x" * 43])
def test_of_a_stranger_no_byte_is_read(app: Starlette, cookie: str | None) -> None:
    async def never() -> Any:
        raise AssertionError("a byte was read")

    assert answer_of(app, cookie, never) == 403 and library.data_sets() == []


def test_another_site_cannot_upload_in_an_administrators_name(admin: TestClient) -> None:
    headers = {"origin": "https://evil.example"}
    assert admin.post("/studio/upload", params=ALLOWED, content=zipped(), headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"allowed": "no"}, "may use"),
        ({"name": ""}, "no name"),
        ({"name": "../x"}, "no name"),
        ({"language": "ja", "allowed": "no"}, "確認"),
        ({"language": "ko", "name": "a b"}, "이름"),
    ],
)
def test_what_is_wrong_is_said_before_the_body_is_read(admin: TestClient, changed: dict[str, str], said: str) -> None:
    answer = admin.post("/studio/upload", params=ALLOWED | changed, content=zipped())
    assert answer.status_code == 400 and said in answer.json()["error"] and library.data_sets() == []


def test_a_bad_archive_leaves_nothing(admin: TestClient) -> None:
    for body in (b"", b"no zip", zipped()[:200]):
        answer = admin.post("/studio/upload", params=ALLOWED, content=body)
        assert answer.status_code == 400 and answer.json()["error"]
    assert incoming() == [] and library.data_sets() == []


def test_what_is_too_large_is_refused_by_its_header_and_by_its_size(
    admin: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_ARCHIVE", 100)
    assert "at most" in admin.post("/studio/upload", params=ALLOWED, content=zipped()).json()["error"]
    chunks = (zipped()[start : start + 50] for start in range(0, 500, 50))
    assert "at most" in admin.post("/studio/upload", params=ALLOWED, content=chunks).json()["error"]
    assert incoming() == []


def test_a_full_disk_is_a_sentence(admin: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "SPARE", 10**18)
    answer = admin.post("/studio/upload", params=ALLOWED, content=zipped())
    assert answer.status_code == 507 and "room" in answer.json()["error"] and incoming() == []


def test_an_upload_that_breaks_off_leaves_nothing(gate: Gate, app: Starlette) -> None:
    messages = iter([{"type": "http.request", "body": b"PK", "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(messages)

    assert answer_of(app, gate.open_session(), receive) == 400
    assert incoming() == [] and library.data_sets() == []


def odd_names(name: str, *, local: bytes | None = None) -> bytes:
    """An archive of a good picture, and of one whose own header may have another name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr(f"{name}/a.png", png(noisy_picture(1)))
        opened.writestr("cat/b.png", png(noisy_picture(2)))
    data, written = buffer.getvalue(), f"{name}/a.png".encode()
    return data if local is None else data.replace(written, local, 1)


@pytest.mark.parametrize(
    ("archive", "count"),
    [
        (odd_names("é", local=b"\xff\xfe/a.png"), 1),
        (odd_names("\N{CJK UNIFIED IDEOGRAPH-20000}" * 80), 2),
        (odd_names("x" * 300), 2),
        (odd_names("é" * 200), 2),
    ],
)
def test_names_that_no_disk_bears(admin: TestClient, studio_home: Path, archive: bytes, count: int) -> None:
    answer = admin.post("/studio/upload", params=ALLOWED, content=archive)
    assert answer.status_code == 200 and sum(answer.json()["classes"].values()) == count
    assert len(answer.json()["refused"]) == 2 - count
    assert sorted(path.name for path in studio_home.glob("*/*")) == ["pets"]


def test_an_archive_of_nothing_but_odd_names_is_one_sentence(admin: TestClient, studio_home: Path) -> None:
    archive = odd_names("é", local=b"\xff\xfe/a.png").replace(b"cat/b.png", b"cat/b.txt")
    answer = admin.post("/studio/upload", params=ALLOWED, content=archive)
    assert answer.status_code == 400 and "no usable picture" in answer.json()["error"]
    assert not list(studio_home.glob("*/*")), "nothing is left behind"
