"""Puts into the page's head what it says of itself to browsers, crawlers and previews, in place of Gradio's own."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.datastructures import URL, MutableHeaders
from starlette.responses import FileResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demos.shared.words import LANGUAGES, Sentence, say

FOLDER = Path(__file__).parent
PICTURES = ("card.png", "icon.png")
ITS_OWN = re.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^>]*>')


class FrontPage:
    """Middleware that rewrites the head of the page itself and leaves all else as it is.

    Args:
        app: what answers.
        early: script of what stands on the page before Gradio does.
        said: sentences that the browser itself changes with the language.
    """

    def __init__(self, app: ASGIApp, early: str = "", said: Mapping[str, Sentence] | None = None) -> None:
        self.app = app
        self.own = head(early, said or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["path"] not in ("", "/", scope.get("root_path", "") + "/"):
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def rewritten(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body") or start is None:
                return
            headers = MutableHeaders(raw=start["headers"])
            whole = with_head(body, address_of(scope), self.own) if is_page(headers) else body
            if scope["method"] != "HEAD":
                headers["content-length"] = str(len(whole))
            await send(start)
            await send({"type": "http.response.body", "body": whole})

        await self.app(scope, receive, rewritten)


def address_of(scope: Scope) -> str:
    """Return the page's own address as the visitor sees it, under a proxy's path too."""
    root = str(scope.get("root_path", ""))
    origin = URL(scope=scope).replace(path="/", query="", fragment="")
    return root if "://" in root else f"{str(origin).rstrip('/')}{root}/"


def is_page(headers: MutableHeaders) -> bool:
    """Say whether an answer is HTML as we can read it."""
    return headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers


def head(early: str, said: Mapping[str, Sentence]) -> str:
    """Return our part of the page's head; only the page's address is to be filled in.

    Args:
        early: script of what stands on the page before Gradio does.
        said: sentences that the browser itself changes with the language.
    """
    table = {key: dict(zip(LANGUAGES, sentence, strict=True)) for key, sentence in said.items()}
    aids = "".join((FOLDER / name).read_text(encoding="utf-8") for name in ("aids.js", "cells.js", "motion.js"))
    aids = aids.replace("{said}", json.dumps(table))
    own = (FOLDER / "head.html").read_text(encoding="utf-8")
    for name in ("title", "tagline"):
        own = own.replace(f"{{{name}}}", html.escape(say(name, "en")))
    return own.replace("{aids}", aids).replace("{early}", early)


def with_head(page: bytes, address: str, own: str) -> bytes:
    """Return the page with our head.

    Args:
        page: HTML.
        address: of the page as the visitor asked for it; pictures of previews need a whole one.
        own: our part of the head.
    """
    filled = own.replace("{address}", html.escape(address.rstrip("/") + "/"))
    return ITS_OWN.sub(b"", page).replace(b"<head>", b"<head>" + filled.encode(), 1)


def routes() -> list[Route]:
    """Return the routes of the page's pictures."""

    def picture(name: str) -> Route:
        async def answer(_: object) -> FileResponse:
            return FileResponse(FOLDER / name, headers={"Cache-Control": "public, max-age=86400"})

        return Route(f"/studio/{name}", answer, methods=["GET"])

    return [picture(name) for name in PICTURES]
