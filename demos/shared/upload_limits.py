"""What visitors may upload: bounded in size and number before Gradio writes it, refused in their own language."""

from __future__ import annotations

import errno
import logging
from collections.abc import Mapping
from typing import Any

from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demos.shared.errors import explain
from demos.shared.quota import Quota
from demos.shared.words import preferred_language
from pipelines.common.errors import Misuse, StudioError
from pipelines.common.images import MAX_BYTES

logger = logging.getLogger("demos")
MAX_FILES = 20  # of one request
MAX_REQUEST = 300_000_000  # bytes of all its files together
PATH = "/gradio_api/upload"


class UploadLimits:
    """ASGI middleware around Gradio's upload; everything else passes.

    Gradio shows a visitor the text of a refused upload, so each is one sentence.

    Args:
        app: what is wrapped.
        quota: of the folder that uploads are written to.
    """

    def __init__(self, app: ASGIApp, quota: Quota) -> None:
        self.app, self.quota = app, quota

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "POST" or not is_upload(scope):
            await self.app(scope, receive, send)
            return
        upload = Upload(Headers(scope=scope), receive, send)
        try:
            await run_in_threadpool(self.quota.make_room, upload.declared())
            await self.app(scope, upload.receive, upload.send)
        except Exception as error:
            upload.refusal = upload.refusal or refusal_of(error)
            if upload.begun:
                raise
        if upload.refusal is not None and not upload.begun:
            await upload.drain()
            status = 413 if isinstance(upload.refusal, Misuse) else 507
            await PlainTextResponse(explain(upload.refusal, upload.language), status)(scope, receive, send)


class Upload:
    """One upload on its way: bytes and parts are counted as they come in, and what refuses it is kept.

    Attributes:
        refusal: why it is refused, None as long as it is not.
        begun: whether an answer is being sent.
        language: of the visitor's browser.
    """

    def __init__(self, headers: Headers, receive: Receive, send: Send) -> None:
        self.headers, self._receive, self._send = headers, receive, send
        self.refusal: StudioError | None = None
        self.begun = False
        self.language = preferred_language(headers.get("accept-language"))
        self._read, self._parts, self._tail = 0, 0, b""
        _, options = parse_options_header(headers.get("content-type", ""))
        self._boundary = b"--" + options.get(b"boundary", b"no boundary")
        self._ended = False

    def declared(self) -> int:
        """Return how many bytes are to come at most.

        Raises:
            Misuse: too many.
        """
        length = self.headers.get("content-length", "")
        expected = int(length[:15]) if length.isascii() and length.isdigit() else MAX_REQUEST
        if expected > MAX_REQUEST:
            raise too_large()
        return expected

    async def receive(self) -> Message:
        """Hand a piece of the body on.

        Raises:
            MultiPartException: too much of it, upon which Gradio removes what it has written.
        """
        message = await self._receive()
        self._ended = not message.get("more_body", False)
        piece = self._tail + message.get("body", b"")
        self._read += len(piece) - len(self._tail)
        self._parts += piece.count(self._boundary)
        self._tail = piece[1 - len(self._boundary) :]
        if message["type"] == "http.disconnect":
            self._refuse(Misuse("upload_broken_off"))
        if self._read > MAX_REQUEST:
            self._refuse(too_large())
        if self._parts > MAX_FILES + 1:  # the last boundary ends the form
            self._refuse(Misuse("too_many_files", given=f"{MAX_FILES}+", allowed=MAX_FILES))
        return message

    async def send(self, message: Message) -> None:
        """Hand an answer on, or keep a refusal of Gradio's to be worded anew."""
        if message["type"] == "http.response.start" and not self.begun:
            if message["status"] >= 400:
                large = message["status"] == 413
                self.refusal = self.refusal or (file_too_large() if large else Misuse("request_unusable"))
                return
            self.begun = True
        if self.begun:
            await self._send(message)

    async def drain(self) -> None:
        """Let what is still coming pass by: a browser reads no answer before all is sent."""
        read = 0
        while not self._ended and read < MAX_REQUEST:
            message = await self._receive()
            read += len(message.get("body", b""))
            self._ended = not message.get("more_body", False)

    def _refuse(self, refusal: Misuse) -> None:
        self.refusal = refusal
        raise MultiPartException(str(refusal))


def is_upload(scope: Mapping[str, Any]) -> bool:
    """Say whether a request goes to Gradio's upload, wherever the app is mounted."""
    return str(scope["path"]).rstrip("/").endswith(PATH)


def too_large() -> Misuse:
    """Word the refusal of a large request."""
    return Misuse("uploads_too_large", allowed_mb=f"{MAX_REQUEST / 1e6:g}")


def file_too_large() -> Misuse:
    """Word the refusal of a large file."""
    return Misuse("image_too_many_bytes", given_mb=f"{MAX_BYTES / 1e6:g}+", allowed_mb=f"{MAX_BYTES / 1e6:g}")


def refusal_of(error: Exception) -> StudioError:
    """Return why an upload is refused that failed."""
    if isinstance(error, StudioError):
        return error
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return StudioError("uploads_full")
    logger.warning("an upload failed: %r", error)
    return Misuse("request_unusable")
