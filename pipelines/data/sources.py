"""Named sources of pictures, all in ImageFolder layout: ``<class>/<image>``."""

from __future__ import annotations

import hashlib
import io
import lzma
import os
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath
from typing import Protocol

from PIL import Image

from pipelines.common.errors import Misuse, StudioError, check_range
from pipelines.common.images import decode
from pipelines.data import synthetic
from pipelines.data.archives import open_archive, safe_members

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".heic", ".heif", ".tif", ".tiff", ".bmp"})
JUNK = frozenset({"thumbs.db", "desktop.ini"})  # what Windows leaves beside pictures
DOWNLOADED = ("cifar10", "cifar100", "mnist", "celeba")  # by torchvision
ON_DISK = ("folder", "zip", "pairs", *DOWNLOADED)  # kinds that a path may follow
KINDS = (
    f"{', '.join(DOWNLOADED)} (or cifar100:PATH, if torchvision's copy is in that folder), folder:PATH, zip:PATH, "
    "pairs:PATH (edges and picture side by side), hub:OWNER/NAME, synthetic:COUNT, or several with +"
)
# Between the sources of one specification.
JOINT = re.compile(rf"\+(?=(?:folder|zip|hub):|(?:synthetic|{'|'.join(DOWNLOADED)})(?:[:+]|$))")

# What reading a damaged or an encrypted member may raise; the last, a name that is not in its own encoding.
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, UnicodeDecodeError)
UNREADABLE = (*DAMAGED, NotImplementedError, RuntimeError, EOFError, OSError)


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


def open_source(specification: str) -> Source:
    """Open a source by its specification, ``KIND:PATH``; several, as ``zip:a.zip+zip:b.zip``, as one.

    Raises:
        Misuse: unknown kind, nothing there, no picture in it, or more drawings than anybody needs.
        StudioError: it cannot be downloaded.
    """
    parts = parts_of(specification)
    if len(parts) > 1:
        return JoinedSource(specification, [open_source(part) for part in parts])
    kind, colon, where = specification.partition(":")
    source: Source
    if kind == "synthetic" and (not where or (where.isascii() and where.isdigit())):
        count = int(where[:20] or 64)
        check_range("synthetic", count, 0, synthetic.MOST)
        source = SyntheticSource(specification, count)
    elif kind in ("folder", "pairs") and where:
        source = FolderSource(specification, Path(where).expanduser(), paired=kind == "pairs")
    elif kind == "zip" and where:
        source = ZipSource(specification, Path(where).expanduser())
    elif kind in DOWNLOADED and (where or not colon):
        from pipelines.data.torchvision_sets import open_torchvision  # which needs this module

        source = open_torchvision(specification, kind, where)
    elif kind == "hub":
        from pipelines.data.hub_sets import open_hub  # here, since the Hub's client takes a while

        source = open_hub(specification, where)
    else:
        raise Misuse("data_source_unknown", given=specification, allowed=KINDS)
    if not source.entries:
        raise Misuse("data_no_images", given=specification, skipped=0)
    return source


def parts_of(specification: str) -> list[str]:
    """Return the specifications of the sources that one joins; itself where it is of one."""
    return JOINT.split(specification)


@dataclass
class JoinedSource:
    """Several sources as one: keys begin with the source's number, classes of the same name are one class."""

    name: str
    sources: Sequence[Source]
    paired: bool = False
    entries: Sequence[Entry] = field(init=False)

    def __post_init__(self) -> None:
        if any(source.paired for source in self.sources):
            raise Misuse("data_source_unknown", given=self.name, allowed="pairs:PATH alone")
        numbered = enumerate(self.sources)
        self.entries = [Entry(f"{n}/{one.key}", one.label) for n, source in numbered for one in source.entries]

    def read(self, entry: Entry) -> bytes:
        """Return the file's contents."""
        source, own = self._own(entry)
        return source.read(own)

    def load(self, entry: Entry) -> Image.Image:
        """Return the picture."""
        source, own = self._own(entry)
        return source.load(own)

    def _own(self, entry: Entry) -> tuple[Source, Entry]:
        number, _, key = entry.key.partition("/")
        return self.sources[int(number)], Entry(key, entry.label)


@dataclass
class FolderSource:
    """A folder of classes. Links that lead out of it, or out of ``linked`` where that is given, are not followed."""

    name: str
    root: Path
    paired: bool = False
    linked: Path | None = None
    entries: Sequence[Entry] = field(init=False)

    def __post_init__(self) -> None:
        if not self.root.is_dir():
            raise Misuse("data_not_found", given=self.root)
        root = (self.linked or self.root).resolve()
        files = (path for path in self.root.rglob("*") if is_picture(path.relative_to(self.root)))
        inside = (path for path in files if path.is_file() and path.resolve().is_relative_to(root))
        self.entries = [entry_of(key) for key in sorted(path.relative_to(self.root).as_posix() for path in inside)]

    def read(self, entry: Entry) -> bytes:
        """Return the file's contents."""
        return (self.root / entry.key).read_bytes()

    def load(self, entry: Entry) -> Image.Image:
        """Return the picture."""
        return decode(self.root / entry.key)


@dataclass
class ZipSource:
    """An archive, read in place: nothing is ever extracted to disk."""

    name: str
    path: Path
    paired: bool = False
    entries: Sequence[Entry] = field(init=False)
    _open: tuple[int, zipfile.ZipFile] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.path.is_file():
            raise Misuse("data_not_found", given=self.path)
        with open_archive(self.path) as archive:
            # Some programs for Windows write members' paths with backslashes.
            paths = {name: PurePosixPath(name.replace("\\", "/")) for name in safe_members(archive)}
        self.entries = [Entry(name, class_of(paths[name])) for name in sorted(paths) if is_picture(paths[name])]

    def read(self, entry: Entry) -> bytes:
        """Return the member's contents."""
        try:
            return self._archive().read(entry.key)
        except UNREADABLE as error:
            raise Misuse("image_truncated") from error

    def load(self, entry: Entry) -> Image.Image:
        """Return the picture."""
        return decode(io.BytesIO(self.read(entry)))

    def _archive(self) -> zipfile.ZipFile:
        # A handle of this process's own: a forked worker would share the parent's file position.
        if self._open is None or self._open[0] != os.getpid():
            self._open = (os.getpid(), open_archive(self.path))
        return self._open[1]

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_open": None}


@dataclass
class SyntheticSource:
    """Drawings made by code, for tests and for a machine without data."""

    name: str
    count: int
    paired: bool = False
    entries: Sequence[Entry] = field(init=False)

    def __post_init__(self) -> None:
        self.entries = [
            Entry(f"{synthetic.CLASSES[number % len(synthetic.CLASSES)]}/{number:05d}.png", synthetic.class_of(number))
            for number in range(self.count)
        ]

    def read(self, entry: Entry) -> bytes:
        """Return the drawing as PNG."""
        return synthetic.png(int(PurePosixPath(entry.key).stem))

    def load(self, entry: Entry) -> Image.Image:
        """Return the drawing, cut out."""
        return Image.open(io.BytesIO(self.read(entry))).convert("RGBA")


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


def unpaired(source: Source) -> Source:
    """Return a source of single pictures; ``Misuse`` for one of pairs."""
    if source.paired:
        raise Misuse("setting_invalid", name="data", detail="these are pairs: give the pictures themselves")
    return source


def contents_digest(source: Source) -> str:
    """Return a digest of a source's keys and files; a file that cannot be read counts as empty, as in a split."""
    whole = hashlib.sha256()
    for entry in source.entries:
        try:
            contents = source.read(entry)
        except (StudioError, OSError):
            contents = b""
        line = f"{entry.key}\0{hashlib.sha256(contents).hexdigest()}\n"
        whole.update(line.encode(errors="surrogateescape"))  # a name on a disk need not be UTF-8
    return whole.hexdigest()
