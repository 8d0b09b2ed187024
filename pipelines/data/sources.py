"""Named sources of pictures, all in ImageFolder layout: ``<class>/<image>``."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from PIL import Image

from pipelines.common.errors import Misuse, StudioError, check_range
from pipelines.data import synthetic
from pipelines.data.entries import Entry, Source
from pipelines.data.stored import FolderSource, ZipSource

DOWNLOADED = ("cifar10", "cifar100", "mnist", "celeba")  # by torchvision
ON_DISK = ("folder", "zip", "pairs", *DOWNLOADED)  # kinds that a path may follow
KINDS = (
    f"{', '.join(DOWNLOADED)} (or cifar100:PATH, if torchvision's copy is in that folder), folder:PATH, zip:PATH, "
    "pairs:PATH (edges and picture side by side), hub:OWNER/NAME, synthetic:COUNT, or several with +"
)
# Between the sources of one specification.
JOINT = re.compile(rf"\+(?=(?:folder|zip|hub):|(?:synthetic|{'|'.join(DOWNLOADED)})(?:[:+]|$))")


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
        from pipelines.data.torchvision_sets import open_torchvision  # here, since numpy and more come with it

        source = open_torchvision(specification, kind, where)
    elif kind == "hub" and is_hub_name(where):
        from pipelines.data.hub_sets import open_hub

        source = open_hub(specification, where)
    else:
        raise Misuse("data_source_unknown", given=specification, allowed=KINDS)
    if not source.entries:
        raise Misuse("data_no_images", given=specification, skipped=0)
    return source


def is_hub_name(where: str) -> bool:
    """Say whether a text may be the name of a data set of the Hub."""
    from pipelines.weights.hub import is_hub_id  # here, since the Hub's client takes a while

    return is_hub_id(where)


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
