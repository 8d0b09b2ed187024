"""Sixty visitors within half a minute: how long each waits after pressing the button, and how many are refused.

Each loads the page's configuration, draws three strokes half a second apart, which the live follower paints, and
presses the button for four variants. They speak the page's own protocol and share one address.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from demos.chimera.pad import written
from tests.tools import sketch

ROOT = Path(__file__).resolve().parents[2]
STROKES = 3
BETWEEN = 0.5  # seconds
ENDS = ("process_completed", "unexpected_error")


@dataclass
class Outcome:
    """What one visitor met.

    Attributes:
        first: seconds from the press to the first picture, None where there was none.
        all: seconds from the press to the last.
        pictures: how many variants there were.
        refused: sentences of what was refused.
        followed: strokes that were painted.
        cheap: seconds that a call took which needs no model.
    """

    first: float | None = None
    all: float | None = None
    pictures: int = 0
    refused: list[str] = field(default_factory=list)
    followed: int = 0
    cheap: list[float] = field(default_factory=list)


def measure(visitors: int, spread: float, address: str | None = None) -> list[Outcome]:
    """Send so many visitors, evenly within so many seconds, to a page, by default one of its own."""
    with served() if address is None else contextlib.nullcontext(address) as where:
        return asyncio.run(flood(where, visitors, spread))


def told(outcomes: list[Outcome]) -> list[str]:
    """Return the figures, a line each."""
    firsts, alls = ([value for one in outcomes if (value := getattr(one, key)) is not None] for key in ("first", "all"))
    refused = [sentence for one in outcomes for sentence in one.refused]
    lines = [
        f"{len(outcomes)} visitors, {len(alls)} got all they were to get, {len(refused)} refusals",
        f"wait for the first picture   p50 {quantile(firsts, 0.5):5.1f} s   p95 {quantile(firsts, 0.95):5.1f} s",
        f"wait for all of them         p50 {quantile(alls, 0.5):5.1f} s   p95 {quantile(alls, 0.95):5.1f} s",
        f"variants a press {statistics.mean(one.pictures for one in outcomes):.1f}, "
        f"strokes painted {sum(one.followed for one in outcomes)} of {STROKES * len(outcomes)}",
        f"calls that need no model     p50 {quantile(cheap(outcomes), 0.5):5.2f} s   "
        f"p95 {quantile(cheap(outcomes), 0.95):5.2f} s",
    ]
    return lines + [f"  refused: {sentence}" for sentence in sorted(set(refused))]


def cheap(outcomes: list[Outcome]) -> list[float]:
    """Return the seconds of all calls that need no model."""
    return [seconds for one in outcomes for seconds in one.cheap]


def quantile(values: list[float], share: float) -> float:
    """Return the value below which so large a share lies, NaN of none."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)] if values else float("nan")


async def flood(address: str, visitors: int, spread: float) -> list[Outcome]:
    """Send all visitors."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)  # the server drops idle ones
    async with httpx.AsyncClient(base_url=address, timeout=300, limits=limits) as client:

        async def later(number: int) -> Outcome:
            await asyncio.sleep(number * spread / visitors)
            visitor = Visitor(client, number)
            try:
                return await visitor.visit()
            except httpx.TransportError as error:
                visitor.outcome.refused.append(f"{type(error).__name__} {error}")
                return visitor.outcome

        return list(await asyncio.gather(*map(later, range(visitors))))


class Visitor:
    """One browser."""

    def __init__(self, client: httpx.AsyncClient, number: int) -> None:
        self.client = client
        self.number = number
        self.session = uuid.uuid4().hex[:11]
        self.outcome = Outcome()
        self.messages: dict[str, asyncio.Queue[dict[str, Any]]] = {}
        self.reading: asyncio.Task[None] | None = None
        self.config: dict[str, Any] = {}

    async def visit(self) -> Outcome:
        """Load, draw, press, look."""
        self.config = (await self.client.get("/config")).json()
        ids = {one["id"]: one["props"].get("elem_id") or one["type"] for one in self.config["components"]}
        self.values = {one["id"]: one["props"].get("value") for one in self.config["components"]}
        wired = self.config["dependencies"]
        press = next(one for one in wired if "variants" in (ids[part] for part in one["outputs"]))
        follow = next(one for one in wired if one["inputs"] == press["inputs"] and one is not press)
        (self.pad,) = [one for one, name in ids.items() if name == "pad"]
        (language,) = [one for one, name in ids.items() if name == "language"]
        greet = next(one for one in wired if one["inputs"] == [language] and one["outputs"] and one["backend_fn"])
        strokes = []
        for number in range(STROKES):
            self.draw(number)
            strokes.append(asyncio.create_task(self.follow(follow)))
            await asyncio.gather(asyncio.sleep(BETWEEN), self.greet(greet))
        await self.press(press)
        await asyncio.gather(*strokes, self.greet(greet))
        if self.reading is not None:
            self.reading.cancel()
        return self.outcome

    def draw(self, number: int) -> None:
        """Draw one stroke more; the browser keeps what is drawn, and sends it with each call that asks for it."""
        self.values[self.pad] = written(sketch(512, width=0.012 + 0.003 * number + 0.0001 * self.number))

    async def greet(self, greet: dict[str, Any]) -> None:
        """Change the language, which needs no model."""
        started = time.perf_counter()
        await self.client.post("/gradio_api/run/predict", json=self.body(greet, ["ja"]))
        self.outcome.cheap.append(time.perf_counter() - started)

    async def follow(self, follow: dict[str, Any]) -> None:
        """Have the live follower paint."""
        last = await self.ended(follow, [self.values.get(one) for one in follow["inputs"]])
        data = (last.get("output") or {}).get("data") or []
        self.outcome.followed += any(isinstance(one, list) for one in data)

    async def press(self, press: dict[str, Any]) -> None:
        """Press the button, and wait for the first picture and the last."""
        started = time.perf_counter()
        async for message in self.asked(press, [self.values.get(one) for one in press["inputs"]]):
            if message["msg"] == "process_generating":
                self.outcome.first = self.outcome.first or time.perf_counter() - started
                self.outcome.pictures += 1
            elif message["msg"] in ENDS and message.get("success"):
                self.outcome.all = time.perf_counter() - started

    async def ended(self, one: dict[str, Any], data: list[Any]) -> dict[str, Any]:
        """Call a function and return its last message."""
        return ([message async for message in self.asked(one, data)] or [{}])[-1]

    async def asked(self, one: dict[str, Any], data: list[Any]) -> AsyncIterator[dict[str, Any]]:
        """Call a function through the queue; yields what the page sends, to the end."""
        answer = await self.client.post("/gradio_api/queue/join", json=self.body(one, data))
        if answer.status_code != 200:
            self.outcome.refused.append(answer.text[:200])
            return
        own = self.messages.setdefault(answer.json()["event_id"], asyncio.Queue())
        if self.reading is None or self.reading.done():
            self.reading = asyncio.create_task(self.read())
        while True:
            message = await own.get()
            if message["msg"] in ENDS and not message.get("success"):
                self.outcome.refused.append(str((message.get("output") or {}).get("error"))[:200])
            yield message
            if message["msg"] in ENDS:
                return

    def body(self, one: dict[str, Any], data: list[Any]) -> dict[str, Any]:
        """Return a call as the page's script sends it."""
        return {"data": data, "fn_index": one["id"], "session_hash": self.session, "trigger_id": None}

    async def read(self) -> None:
        """Hand what the page sends to whoever asked for it."""
        where = "/gradio_api/queue/data"
        async with self.client.stream("GET", where, params={"session_hash": self.session}) as stream:
            async for line in stream.aiter_lines():
                message = json.loads(line[5:]) if line.startswith("data:") else {}
                if message.get("event_id"):
                    self.messages.setdefault(message["event_id"], asyncio.Queue()).put_nowait(message)


@contextlib.contextmanager
def served() -> Iterator[str]:
    """Serve a page with a home of its own, warmed up."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "PORT": str(port), "HOST": "127.0.0.1", "STUDIO_HOME": home}
        environment |= {"GRADIO_TEMP_DIR": f"{home}/cache"}
        command = [sys.executable, "-c", "import sys, app; sys.exit(app.main())"]
        app = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}"
            asyncio.run(warmed(address))
            yield address
        finally:
            app.terminate()
            app.wait()


async def warmed(address: str) -> None:
    """Wait until a first visitor has got everything."""
    while True:
        with contextlib.suppress(httpx.TransportError):
            (outcome,) = await flood(address, 1, 0)
            if outcome.all is not None:
                return
        await asyncio.sleep(0.2 + 0.1 * random.random())
