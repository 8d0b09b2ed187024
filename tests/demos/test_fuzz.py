"""A stranger calls everything that the page's server offers, with what no page sends: each call is answered."""

from __future__ import annotations

import base64
import json
import math
import random
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from PIL import Image

from demos import page
from demos.admin.auth import Gate
from demos.admin.studio import Studio
from demos.scattering import models as scattering_models
from demos.settings import Settings
from demos.shared import models
from demos.shared.data_urls import JPEG, PNG
from pipelines.chimera.pipeline import ChimeraPipeline
from pipelines.colorize.networks import ColorizeGenerator
from pipelines.colorize.pipeline import ColorizePipeline
from pipelines.common import device
from pipelines.jobs.store import JobStore
from pipelines.pix2pix.networks import Pix2PixGenerator
from pipelines.pix2pix.pipeline import Pix2PixPipeline
from pipelines.scattering.networks import ScatteringModel
from pipelines.scattering.pipeline import ScatteringPipeline
from tests.tools import encoded, noisy_picture, png, raw_png, sketch

STRANGERS = 2  # at the same time
ROUNDS = 2  # of all functions, a stranger
SESSIONS = 5  # of a stranger: what one call leaves behind is there for the next
MEMORY = 600_000_000  # bytes that the server may grow by meanwhile

HUGE: Any = [10**30, -(10**30), 99_999_999_999, 1e308, math.nan, math.inf, -1, 0.5]
WORDS: Any = ["", "x" * 20_000, "\ud800", "../../etc/passwd", "rgb(", "synthetic:99999999999", "{{7*7}}", "\0"]
SHAPES: Any = [None, True, [], {}, [[]], [None] * 50, {"path": None}, {"id": "x"}, {"id": 7}, {"layers": 3}]
META: Any = {"_type": "gradio.FileData"}
FILES: Any = [{"path": path, "meta": META} for path in ("/etc/passwd", "", "http://127.0.0.1:1/x", "\0", "a" * 5000)]
FILES += [{"path": "/etc/passwd"}, {"path": "/etc/passwd", "url": "x", "size": 10**30, "is_stream": True, "meta": META}]
HOSTILE = [*HUGE, *WORDS, *SHAPES, *FILES, json.loads("[" * 300 + "]" * 300)]
EVENTS: Any = [
    None,
    7,
    [],
    {},
    {"index": None, "value": None},
    {"index": 10**30, "value": ""},
    {"index": [1e999, 0], "value": 0},
    {"placed": [{}] * 50},
]
EVENTS += [{"index": [1, 2], "value": 0}, {"index": -1, "value": 0}, {"index": 0, "value": 0}, {"placed": "x"}]


def pictures() -> list[bytes]:
    """Small files that a stranger would try."""
    progressive = encoded(noisy_picture(1), "JPEG", progressive=True)
    last = progressive[progressive.rindex(b"\xff\xda") : -2]
    frames = [noisy_picture(number) for number in range(5)]
    return [
        *(png(sketch(64)), encoded(noisy_picture(2, 80, 60), "JPEG"), b"", b"<svg/>", b"\x89PNG\r\n\x1a\n"),
        raw_png(60_000, 60_000, depth=1, kind=0, rows=b"\0" * 1000),
        progressive[:-2] + 3000 * last + b"\xff\xd9",
        png(frames[0], save_all=True, append_images=frames[1:]),
        png(noisy_picture(3))[:-40],
    ]


PICTURES = pictures()
HUGE_DRAWING = png(Image.new("1", (7000, 7000)))
FUNCTIONS = ("accept_blobs", "accept_blobs", "get_config", "x")
POSTED = ("component_server", "call/colorize", "call/x", "call/v2/colorize", "call/v2/x", "queue/join", "run/x")
POSTED += ("run/predict", "api/colorize", "cancel", "reset", "process_recording", "upload")
GET_PATHS = ("deep_link?session_hash=s", "file=/etc/passwd", "file=http://127.0.0.1:1/", "proxy=http://127.0.0.1:1/")
GET_PATHS += ("queue/data?session_hash=none", "call/colorize/x", "info", "upload_progress")


@dataclass
class Stranger:
    """Sends what comes to a random mind, and notes how it was answered."""

    address: str
    config: dict[str, Any]
    rng: random.Random
    statuses: list[tuple[str, int]] = field(default_factory=list)
    sentences: set[str] = field(default_factory=set)
    files: list[Any] = field(default_factory=list)

    def play(self) -> Stranger:
        """Call everything, in an order of its own."""
        with httpx.Client(base_url=f"{self.address}/gradio_api", timeout=60) as self.client:
            self.upload()
            turns = [*self.config["dependencies"]] * ROUNDS + [None] * 20
            self.rng.shuffle(turns)
            for turn in turns:
                self.other() if turn is None else self.call(turn)
        return self

    def upload(self) -> None:
        """Upload pictures of all kinds, and forms that are none."""
        for number, data in enumerate(PICTURES):
            answer = self.post("upload", files=[("files", (f"{number}.png", data))])
            self.files += [{"path": path, "meta": META} for path in answer.json()]
        assert len(self.files) == len(PICTURES)
        self.post("upload", files=[("files", ("huge.png", HUGE_DRAWING))])
        self.post("upload", files=[("files", ("x" * 3000, b"x"))] * 30)
        self.post("upload", data={"files": "x"})
        self.post("upload", content=b"\0" * 5000, headers={"content-type": "multipart/form-data; boundary=x"})

    def call(self, one: dict[str, Any]) -> None:
        """Call a function of the page and wait for its end."""
        session = f"{id(self)}-{self.rng.randrange(SESSIONS)}"
        data = [self.value(number) for number in one["inputs"]]
        if self.rng.random() < 0.1:
            data = self.rng.choice([[], data[:-1], data * 3, HOSTILE])
        body = {"data": data, "fn_index": one["id"], "session_hash": session}
        body |= {"trigger_id": self.rng.choice([None, 1, 10**9]), "event_data": self.rng.choice(EVENTS)}
        name = "run/predict" if one["queue"] is False or self.rng.random() < 0.1 else "queue/join"
        answer = self.post(name, content=json.dumps(body), headers={"content-type": "application/json"})
        if name == "queue/join" and answer.status_code == 200:
            self.hear(session)
        elif answer.status_code >= 400:
            self.sentences.add(answer.text)

    def hear(self, session: str) -> None:
        """Read what a session is sent until its call ends."""
        with self.client.stream("GET", "/queue/data", params={"session_hash": session}) as stream:
            for line in stream.iter_lines():
                message = json.loads(line.removeprefix("data: ") or "{}")
                if message.get("msg") == "process_completed":
                    if not message["success"]:
                        self.sentences.add(str(message["output"].get("error")))
                    return

    def value(self, number: int) -> Any:
        """Return a value for a component: what it takes, or anything."""
        component = next(one for one in self.config["components"] if one["id"] == number)
        kind, props = component["type"], component["props"]
        if self.rng.random() < 0.3:
            return self.rng.choice([*HOSTILE, *self.files])
        picture = self.rng.choice(self.files)
        if props.get("elem_id") == "chi-pad":
            drawing = base64.b64encode(self.rng.choice([*PICTURES, HUGE_DRAWING])).decode()
            return self.rng.choice([PNG, PNG, JPEG, "data:text/html;base64,"]) + drawing
        if props.get("elem_id") == "chi-builder":
            return [{"part": "wing", "scale": self.rng.choice(HUGE[:5])}] * self.rng.choice([1, 2, 50])
        if kind in ("file", "uploadbutton"):
            return [picture] * self.rng.choice([1, 3, 40]) if props.get("file_count") == "multiple" else picture
        if kind == "radio":
            return self.rng.choice(props["choices"])[1]
        return {"slider": 1, "number": 7, "checkbox": True, "colorpicker": "#112233"}.get(kind, props.get("value"))

    def other(self) -> None:
        """Send something to one of the server's other functions."""
        what: Any = self.rng.choice(HOSTILE)
        form = {"component_id": what, "session_hash": "s", "fn_name": self.rng.choice(FUNCTIONS)}
        sent = {key: (value if isinstance(value, str) else json.dumps(value)) for key, value in form.items()}
        sent = {key: value.encode(errors="replace").decode() for key, value in sent.items()}
        self.post("component_server", data=sent, files=[("files", ("blob", self.rng.choice(PICTURES)))])
        text = json.dumps({**form, "data": what, "fn_index": what, "api_name": what})
        body = self.rng.choice([text, text, "[" * 100_000, "", "{", '{"data": [], "session_hash": "s"}'])
        self.post(self.rng.choice(POSTED), content=body, headers={"content-type": "application/json"})
        self.get(self.rng.choice(GET_PATHS))

    def post(self, name: str, options: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """Send a request and note its status."""
        answer = self.client.post(f"/{name}", **(options or {}), **more)
        self.statuses.append((name, answer.status_code))
        return answer

    def get(self, path: str) -> None:
        """Ask for an address and note its status."""
        self.statuses.append((path, self.client.get(f"/{path}").status_code))


@pytest.fixture
def address(studio_home: Path, tmp_path: Path, chimera_weights: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The whole page with small models that have learnt nothing."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    cpu = device.choose("cpu")
    pipes = {
        "chimera": ChimeraPipeline.from_pretrained(chimera_weights, "cpu"),
        "colorize": ColorizePipeline(ColorizeGenerator(target="ab", base_channels=4, size=64), cpu, "colorize"),
        "pix2pix": Pix2PixPipeline(Pix2PixGenerator(size=64, levels=6, base_channels=4), cpu, "pix2pix"),
    }
    live = models.live
    monkeypatch.setattr(models, "live", lambda name: pipes[name] if name in pipes else live(name))
    scattering = ScatteringPipeline(ScatteringModel(32, 1, 2, 4, 16, base_channels=4), cpu, "scattering")
    monkeypatch.setattr(scattering_models, "scattering", lambda kind: scattering)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    studio, settings = Studio(Gate(password="x"), JobStore(studio_home / "jobs.sqlite")), Settings(port=port)
    app = page.create_app(settings, studio)
    page.launch(app, settings, studio)
    yield f"http://127.0.0.1:{port}"
    app.close()


@pytest.fixture
def grown() -> Iterator[Any]:
    """How many bytes this process has grown by at most."""
    process, done, most = psutil.Process(), threading.Event(), [0]
    before = process.memory_info().rss

    def watch() -> None:
        while not done.wait(0.05):
            most[0] = max(most[0], process.memory_info().rss - before)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    yield lambda: most[0]
    done.set()
    watcher.join()


def test_nothing_a_stranger_can_break(
    address: str, grown: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    config = httpx.get(f"{address}/config").json()
    strangers = [Stranger(address, config, random.Random(seed)) for seed in range(STRANGERS)]
    with ThreadPoolExecutor(STRANGERS) as pool:
        played = list(pool.map(Stranger.play, strangers))
    broken = {one for stranger in played for one in stranger.statuses if one[1] >= 500}
    assert not broken
    unexpected = [record.exc_text or str(record.exc_info) for record in caplog.records if record.exc_info]
    assert not unexpected
    written = "".join(capfd.readouterr())
    assert "Traceback" not in written, written[-5000:]
    assert grown() < MEMORY
    sentences = {sentence for stranger in played for sentence in stranger.sentences}
    assert len(sentences) > 10 and not [one for one in sentences if one in ("None", "") or "not with what you" in one]
    assert httpx.get(address).status_code == 200
    calls = sum(len(stranger.statuses) for stranger in played)
    assert calls > 300
