"""What a source of pictures is, and which files are taken for pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath
from typing import Protocol

from PIL import Image

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".heic", ".heif", ".tif", ".tiff", ".bmp"})
JUNK = frozenset({"thumbs.db", "desktop.ini"})  # what Windows leaves beside pictures


@dataclass(frozen=True)
class Entry:
    """One picture of a source: its key ``<class>/<image>`` and its class."""

    key: str
    label: str


class Source(Protocol):
    """Pictures with keys; cheap to make, safe to send to a worker process.

    Attributes:
        name: the specification it was opened from.
        entries: what it holds, sorted by key.
        paired: whether each picture is two side by side, condition left and target right.
    """

    name: str
    entries: Sequence[Entry]
    paired: bool

    def read(self, entry: Entry) -> bytes:
        """Return the file's contents."""
        ...

    def load(self, entry: Entry) -> Image.Image:
        """Return the picture as RGB or RGBA; ``Misuse`` for a bad one."""
        ...


def is_picture(path: PurePath) -> bool:
    """Say whether a path is named as a picture is, and is no junk."""
    return path.suffix.lower() in SUFFIXES and not is_junk(path)


def is_junk(path: PurePath) -> bool:
    """Say whether nobody meant a file to be there: it is hidden, or systems leave such files beside pictures.

    macOS puts ``__MACOSX/._cat.jpg`` beside ``cat.jpg``: a picture's name without a picture in it.
    """
    return path.name.lower() in JUNK or any(part.startswith((".", "__MACOSX")) for part in path.parts)


def entry_of(key: str) -> Entry:
    """Return the entry for a key; a picture outside any folder has the class ``""``."""
    return Entry(key, class_of(PurePosixPath(key)))


def class_of(path: PurePosixPath) -> str:
    """Return the class of a picture: the folders that it lies in."""
    return "/".join(path.parts[:-1])
