from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from demos.shared.request_limits import CLOSED, MAX_BODY, RequestLimits
from demos.shared.words import say


async def count(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def stumble(request: Request) -> Response:
    raise KeyError("whatever a stranger sent")


async def stumble_late(request: Request) -> Response:
    async def pieces() -> Any:
        yield b"first"
        raise ValueError("too late")

    return StreamingResponse(pieces())


async def refuse(request: Request) -> Response:
    return JSONResponse({"error": "Say please."}, 500)


PATHS = {"queue/join": count, "upload": count, "call/x": stumble, "queue/data": stumble_late}
PATHS |= {"run/x": refuse, **{f"{name}x": count for name in CLOSED}}
ROUTES = [Route("/studio/upload", stumble, methods=["POST"])]
ROUTES += [Route(f"/gradio_api/{path}", function, methods=["GET", "POST"]) for path, function in PATHS.items()]
APP = Starlette(routes=[*ROUTES, Route("/login", count, methods=["POST"])], middleware=[Middleware(RequestLimits)])


def ask(path: str, body: bytes = b"{}", **headers: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url="http://here") as client:
            return await client.post(path, content=body, headers=headers)

    return asyncio.run(asked())


@pytest.mark.parametrize(
    ("path", "most"),
    [("gradio_api/queue/join", MAX_BODY), ("login", MAX_BODY)],
)
def test_a_body_is_read_up_to_its_bound(path: str, most: int) -> None:
    assert ask(f"/{path}", bytes(most)).text == str(most)
    refused = ask(f"/{path}", bytes(most + 1))
    assert refused.status_code == 413 and "reload" in refused.json()["detail"]


def test_an_upload_is_bounded_elsewhere() -> None:
    assert ask("/gradio_api/upload", bytes(2 * MAX_BODY)).text == str(2 * MAX_BODY)


@pytest.mark.parametrize("name", CLOSED)
def test_what_nobody_needs_is_closed(name: str) -> None:
    assert ask(f"/gradio_api/{name}x").status_code == 404


def test_what_cannot_be_made_sense_of_is_a_sentence_and_a_line(caplog: pytest.LogCaptureFixture) -> None:
    answer = ask("/gradio_api/call/x", **{"accept-language": "ja"})
    assert answer.status_code == 400 and "再読み込み" in answer.json()["detail"]
    assert ask("/gradio_api/queue/data").text == "first"
    assert [record.exc_info for record in caplog.records if record.levelno >= logging.WARNING] == [None, None]


def test_a_mistake_of_our_own_is_no_visitors(caplog: pytest.LogCaptureFixture) -> None:
    answer = ask("/studio/upload", **{"accept-language": "ja"})
    assert answer.status_code == 500 and answer.json()["detail"] == say("unexpected", "ja")
    assert any(record.exc_info for record in caplog.records), "the log says where"


def test_an_error_with_a_sentence_is_no_failure_of_the_server() -> None:
    answer = ask("/gradio_api/run/x")
    assert (answer.status_code, answer.json()) == (422, {"error": "Say please."})
