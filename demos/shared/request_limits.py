"""What a request may send besides uploads, and what of Gradio's server this page does not use."""

from __future__ import annotations

import logging

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demos.shared.errors import explain
from demos.shared.words import preferred_language, say
from pipelines.common.errors import Misuse, StudioError

logger = logging.getLogger("demos")
MAX_BODY = 1_000_000  # bytes of a call's values, which name uploads and hold a drawing at most
API = "/gradio_api/"
# Gradio fetches addresses for anybody, records and edits apps, writes links to whole pages, and takes files for
# functions of components; nobody needs that here.
CLOSED = (
    *("proxy=", "file=http:", "file=https:", "file/http", "deep_link"),
    *("component_server", "process_recording", "run-history", "runs", "vibe-", "undo-vibe-", "dev/"),
)
STREAMED = ("/gradio_api/upload", "/studio/upload")  # bodies that are bounded where they are read


class RequestLimits:
    """ASGI middleware around all of the page's server.

    A body is bounded before Gradio reads it. What Gradio cannot make sense of is the sender's mistake, not the
    server's: it is answered with one sentence, and leaves one line in the log. What fails elsewhere is our mistake: it
    is answered as such, and the log says where.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        name, begun = api_name(scope["path"]), False

        async def sent(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                if message["status"] == 500 and name.startswith(("run/", "api/")):
                    message = {**message, "status": 422}  # so Gradio answers with any error's sentence
            await send(message)

        try:
            if name.startswith(CLOSED):
                raise HTTPException(404)
            if scope["method"] == "POST" and not scope["path"].rstrip("/").endswith(STREAMED):
                receive = await bounded(receive, MAX_BODY)
            await self.app(scope, receive, sent)
        except Exception as error:
            if begun:
                note(scope, error)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            language = preferred_language(Headers(scope=scope).get("accept-language"))
            if isinstance(error, HTTPException | StudioError) or name:
                status = error.status_code if isinstance(error, HTTPException) else 400
                note(scope, error)
                detail = explain(error if isinstance(error, StudioError) else Misuse("request_unusable"), language)
            else:
                status, detail = 500, say("unexpected", language)
                logger.error("%r failed", scope["path"][:60], exc_info=error)
            await JSONResponse({"detail": detail, "error": detail}, status)(scope, receive, send)


def api_name(path: str) -> str:
    """Return what a request asks of Gradio's interface, empty for anything else."""
    return path.partition(API)[2].lstrip("/").lower()


def note(scope: Scope, error: Exception) -> None:
    """Leave one line in the log, whatever a stranger wrote into the request."""
    level = logging.INFO if isinstance(error, HTTPException) else logging.WARNING
    logger.log(level, "%r was refused: %s %r", scope["path"][:60], type(error).__name__, str(error)[:120])


async def bounded(receive: Receive, most: int) -> Receive:
    """Read a body, within bounds, and return what hands it on.

    Raises:
        HTTPException: it is larger.
    """
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most:
            raise HTTPException(413)
    whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

    async def replay() -> Message:
        return whole.pop() if whole else await receive()

    return replay
