"""Pictures in a folder of classes, or in an archive of one."""

from __future__ import annotations

import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from PIL import Image

from pipelines.common.errors import Misuse
from pipelines.common.images import decode
from pipelines.data.archives import open_archive, safe_members
from pipelines.data.entries import Entry, class_of, entry_of, is_picture

# What reading a damaged or an encrypted member may raise; the last, a name that is not in its own encoding.
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, UnicodeDecodeError)
UNREADABLE = (*DAMAGED, NotImplementedError, RuntimeError, EOFError, OSError)


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
