"""The administrator's upload of a data set: a route that asks who is there before it reads a byte."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demos.admin.auth import Gate
from demos.admin.words import say
from demos.shared.errors import explain
from pipelines.common.errors import Misuse, StudioError
from pipelines.data import library

MAX_ARCHIVE = 4_000_000_000  # bytes


def routes(gate: Gate) -> list[Route]:
    """Return the route ``POST /studio/upload?name=NAME&allowed=yes&language=en``; the body is the zip itself."""
    one_at_a_time = asyncio.Lock()

    async def upload(request: Request) -> Response:
        if not gate.is_admin(request):
            return JSONResponse({"error": say("admin_only", "en")}, 403)
        language = request.query_params.get("language", "en")
        try:
            if request.query_params.get("allowed") != "yes":
                raise Misuse("upload_not_allowed")
            name = request.query_params.get("name", "")
            if library.folder_of(name).exists():
                raise Misuse("data_set_exists", given=name)
            made = await receive(request, name, one_at_a_time)
        except StudioError as error:
            return JSONResponse({"error": explain(error, language)}, 400 if isinstance(error, Misuse) else 507)
        return JSONResponse(asdict(made))

    return [Route("/studio/upload", upload, methods=["POST"])]


async def receive(request: Request, name: str, one_at_a_time: asyncio.Lock) -> library.DataSet:
    """Write the body to a file of our own naming, take it in when it is its turn, and remove it whatever happens."""
    folder = library.studio_home_made() / "incoming"
    folder.mkdir(exist_ok=True)
    path = folder / f"{uuid.uuid4().hex}.zip"
    try:
        await write_body(request, path)
        async with one_at_a_time:  # not while the body comes: a slow one would keep others waiting
            return await run_in_threadpool(library.take_in, path, name)
    except ClientDisconnect as error:
        raise Misuse("upload_broken_off") from error
    finally:
        path.unlink(missing_ok=True)


async def write_body(request: Request, path: Path) -> None:
    """Write a request's body to a file, within bounds.

    Raises:
        Misuse: too large.
        StudioError: no room on the disk.
    """
    declared = request.headers.get("content-length", "")
    expected = int(declared) if declared.isdigit() else 0
    check_room(expected, path)
    written = 0
    with path.open("wb") as file:
        async for chunk in request.stream():
            written += len(chunk)
            if written // 2**26 > (written - len(chunk)) // 2**26:  # every 64 MiB
                check_room(0, path)
            if written > MAX_ARCHIVE:
                raise too_large(written)
            await run_in_threadpool(file.write, chunk)


def check_room(expected: int, path: Path) -> None:
    """Refuse what is too large, or what the disk has no room for."""
    if expected > MAX_ARCHIVE:
        raise too_large(expected)
    if shutil.disk_usage(path.parent).free < expected + library.SPARE:
        raise StudioError("disk_full", given=path.name)


def too_large(size: int) -> Misuse:
    """Word the refusal of a large archive."""
    return Misuse("data_zip_unsafe", detail=f"{size / 1e9:.1f} GB, at most {MAX_ARCHIVE / 1e9:.0f} GB are accepted")


def summary(one: library.DataSet) -> list[Any]:
    """Return a data set as a table's row: name, pictures, classes, refused, megabytes."""
    return [one.name, one.count, len(one.classes), one.refused_in_all, round(one.bytes / 1e6, 1)]
