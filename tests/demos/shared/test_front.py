from __future__ import annotations

import asyncio

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from demos.shared.front.page import FrontPage, head, with_head
from demos.shared.words import say

METAS = b'<meta property="og:title" content="Gradio" /><meta\n name="twitter:creator" content="@x">'
PAGE = b"<html><head>" + METAS + b"</head></html>"


async def front(_: Request) -> Response:
    return HTMLResponse(PAGE)


async def other(_: Request) -> Response:
    return JSONResponse({"head": "<head>"})


def ask(path: str, **options: str) -> httpx.Response:
    app = Starlette(routes=[Route("/", front), Route("/other", other)], middleware=[Middleware(FrontPage)])

    async def get() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://studio.example") as client:
            return await client.get(path, headers=options)

    return asyncio.run(get())


def test_the_page_says_its_own_name_and_not_the_library_s() -> None:
    answer = ask("/")
    assert 'content="Gradio"' not in answer.text and "@x" not in answer.text
    assert f"<title>{say('title', 'en')}</title>" in answer.text
    assert 'content="http://studio.example/studio/card.png"' in answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_nothing_else_is_touched() -> None:
    assert ask("/other").json() == {"head": "<head>"}


def test_a_host_name_cannot_write_into_the_page() -> None:
    written = with_head(PAGE, 'http://x"><script>alert(1)</script>/', head("", {})).decode()
    assert "<script>alert" not in written


def test_a_script_goes_before_what_the_page_loads() -> None:
    page = b"<head><script src='late.js'></script></head>"
    written = with_head(page, "http://studio.example/", head("window.early = 1;", {})).decode()
    assert written.index("window.early = 1;") < written.index("late.js")
