"""The drawing pad's component: what is sent for it is bounded before any of it is decoded."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components.base import server
from starlette.exceptions import HTTPException

from demos.shared.errors import explain
from demos.shared.widgets import Stubless
from demos.shared.words import preferred_language
from pipelines.common.errors import Misuse, check_range
from pipelines.common.images import decode, measure

MAX_LAYERS = 4  # the page's pad has one
MAX_BYTES = 4_000_000  # of one picture
MAX_PIXELS = 1_100_000  # of one picture: a pad of 512 x 512 sends these on every screen, a program perhaps 1024 x 1024
MAX_PIXELS_IN_ALL = 2_200_000
KINDS = ("background", "layer", "composite")


@dataclass
class Blobs:
    """The pictures of one stroke, not decoded."""

    background: bytes | None = None
    layers: list[bytes | None] = field(default_factory=list)
    composite: bytes | None = None

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return sum(len(one) for one in (self.background, self.composite, *self.layers) if one is not None)


class BlobStore:
    """Pictures that strokes sent ahead, by an id of the browser's choice, until a handler takes them; the oldest leave.

    Args:
        most: ids that are kept.
        most_bytes: bytes of all pictures together that are kept.
    """

    def __init__(self, most: int = 100, most_bytes: int = 64_000_000) -> None:
        self.most, self.most_bytes = most, most_bytes
        self.kept: dict[str, Blobs] = {}  # oldest first
        self._lock = threading.Lock()

    def put(self, identifier: str, kind: str, index: int, file: bytes) -> None:
        """Keep one picture; a layer is kept under its number."""
        with self._lock:
            blobs = self.kept.pop(identifier, Blobs())
            if kind == "layer":
                blobs.layers += [None] * (index + 1 - len(blobs.layers))
                blobs.layers[index] = file
            else:
                setattr(blobs, kind, file)
            self.kept[identifier] = blobs
            while len(self.kept) > self.most or sum(one.size for one in self.kept.values()) > self.most_bytes:
                self.kept.pop(next(iter(self.kept)))

    def take(self, identifier: str) -> Blobs:
        """Return what is kept under an id, and keep it no longer."""
        with self._lock:
            return self.kept.pop(identifier, Blobs())


def bounded_pad(**options: Any) -> Sketchpad:
    """Return the pad, with a store of its own."""
    pad = Sketchpad(**options)
    pad.blob_storage = BlobStore()
    return pad


class Sketchpad(gr.Sketchpad, metaclass=Stubless):  # type: ignore[misc]
    """Gradio's pad, which decodes whatever it is sent, with bounds. Its value is read only as far as it is used."""

    blob_storage: BlobStore  # in place of Gradio's own, which keeps whatever comes

    def get_block_name(self) -> str:
        """Return the name by which the browser finds the component: that of the pad's own base class."""
        return "imageeditor"

    get_block_class = get_block_name

    def preprocess(self, payload: Any) -> dict[str, Any] | None:
        """Return layers, and the composite where there is no layer, decoded; of the background, whether there is one.

        Raises:
            Misuse: too many pictures, too large, or none that can be read.
        """
        if payload is None:
            return None
        sent: Any = payload if payload.id is None else self.blob_storage.take(payload.id)
        layers = [contents(one) for one in sent.layers or () if one is not None]
        composite = contents(sent.composite) if not layers and sent.composite is not None else None
        check_pictures([*layers, *([] if composite is None else [composite])])
        return {
            "background": None if sent.background is None else True,
            "layers": [decode(layer) for layer in layers],
            "composite": None if composite is None else decode(composite),
        }

    @server  # type: ignore[untyped-decorator]
    def accept_blobs(self, data: Any, request: gr.Request) -> None:
        """Keep one picture of a stroke until a handler takes it.

        Raises:
            HTTPException: not what the pad sends, or too large; with a sentence.
        """
        try:
            self.blob_storage.put(*read_blob(data))
        except Misuse as error:
            language = preferred_language(request.headers.get("accept-language"))
            raise HTTPException(413, explain(error, language)) from error


def contents(sent: Any) -> bytes | Path:
    """Return a picture as ``decode`` takes it: bytes sent ahead, or the path of an upload."""
    return sent if isinstance(sent, bytes) else Path(sent.path)


def check_pictures(pictures: Sequence[bytes | Path]) -> None:
    """Refuse pictures by their number and their headers."""
    check_range("layers", len(pictures), 0, MAX_LAYERS)
    sizes = [measure(one, max_bytes=MAX_BYTES, max_pixels=MAX_PIXELS) for one in pictures]
    if (pixels := sum(width * height for width, height in sizes)) > MAX_PIXELS_IN_ALL:
        given, allowed = f"{pixels / 1e6:.1f}", f"{MAX_PIXELS_IN_ALL / 1e6:.1f}"
        raise Misuse("image_too_many_pixels", given_mp=given, allowed_mp=allowed)


def read_blob(data: Any) -> tuple[str, str, int, bytes]:
    """Return id, kind, number and contents of a picture that the browser sends, checked.

    Raises:
        Misuse: not what the pad sends, or too large.
    """
    form, files = getattr(data, "data", None), getattr(data, "files", None)
    if not isinstance(form, dict) or not files or len(files) != 1:
        raise Misuse("request_unusable")
    identifier, kind, index = (form.get(name) for name in ("id", "type", "index"))
    if not isinstance(identifier, str) or not 0 < len(identifier) <= 64 or kind not in KINDS:
        raise Misuse("request_unusable")
    number = int(index) if isinstance(index, str) and index.isascii() and index.isdigit() and len(index) < 4 else 0
    check_range("layer", number, 0, MAX_LAYERS - 1)
    file: bytes = files[0][1]
    measure(file, max_bytes=MAX_BYTES, max_pixels=MAX_PIXELS)
    return identifier, str(kind), number, file
