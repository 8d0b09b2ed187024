"""A reverse proxy that shows an app under a path of its own, and strips that path from what it passes on."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE"]
HOP = {
    b"content-length",
    b"transfer-encoding",
    b"content-encoding",
    b"connection",
}  # what concerns one connection alone


@contextlib.contextmanager
def proxied(target: str, prefix: str) -> Iterator[str]:
    """Serve what lies at ``target`` under a path; gives the proxy's address without the path."""
    client = httpx.AsyncClient(timeout=None)

    async def forward(request: Request) -> Response:
        if not request.url.path.startswith(prefix):
            return PlainTextResponse("a neighbour", 404)
        rest = request.url.path.removeprefix(prefix) or "/"
        url = httpx.URL(target + rest, query=request.url.query.encode())
        sent = client.build_request(request.method, url, headers=request.headers.raw, content=await request.body())
        answer = await client.send(sent, stream=True)
        passed_on = StreamingResponse(answer.aiter_bytes(), answer.status_code)
        passed_on.raw_headers = [(name, value) for name, value in answer.headers.raw if name.lower() not in HOP]
        return passed_on

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        app = Starlette(routes=[Route("/{path:path}", forward, methods=METHODS)])
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.force_exit = server.should_exit = True
        thread.join(10)
