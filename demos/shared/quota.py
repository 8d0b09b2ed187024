"""How much room visitors' files may take: where it runs out, the oldest leave."""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradio.utils import get_upload_folder

from pipelines.common.errors import StudioError

MOST = 4_000_000_000  # bytes of all files together
SPARE = 500_000_000  # bytes of the disk that stay free
YOUNG = 600.0  # seconds; a younger file is likely in somebody's hands, and leaves only for a disk that is full
FRESH = 30.0  # seconds that a count holds; in between, what is let in is added to it


def free_bytes(folder: Path) -> int:
    """Return how much room the disk has."""
    return shutil.disk_usage(folder).free


@dataclass
class Quota:
    """Keeps the folder of uploads and of pictures made within bounds.

    Attributes:
        pinned: files that stay: the page's own pictures.
        most: bytes of all files together.
        spare: bytes of the disk that stay free.
        free: how much room the disk of a folder has, bytes.
    """

    pinned: Collection[str] = ()
    most: int = MOST
    spare: int = SPARE
    free: Callable[[Path], int] = free_bytes
    _lock: Any = field(default_factory=threading.Lock, repr=False)
    _counted: tuple[float, int] = (-FRESH, 0)  # when, and how many bytes

    def make_room(self, coming: int = 0) -> None:
        """Let old files go until ``coming`` bytes more have room.

        Raises:
            StudioError: there is no room even so.
        """
        folder = Path(get_upload_folder())
        folder.mkdir(parents=True, exist_ok=True)
        with self._lock:
            at, used = self._counted
            now = time.monotonic()
            if now > at + FRESH or used + coming > self.most or self.free(folder) < coming + self.spare:
                at, used = now, self._let_go(folder, coming)
            self._counted = (at, used + coming)

    def _let_go(self, folder: Path, coming: int) -> int:
        """Remove the oldest files as far as is needed, and return the bytes of those that stay."""
        found = []
        for path in folder.rglob("*"):
            with contextlib.suppress(OSError):  # gone already
                if path.is_file() and not path.is_symlink():
                    status = path.stat()
                    found.append((status.st_mtime, status.st_size, path))
        used = sum(size for _, size, _ in found)
        young = time.time() - YOUNG
        for written, size, path in sorted(found):
            full = self.free(folder) < coming + self.spare
            if not full and (used + coming <= self.most or written > young):
                break
            if str(path) in self.pinned:
                continue
            with contextlib.suppress(OSError):
                path.unlink()
                used -= size
                path.parent.rmdir()  # where it was the last of its folder
        if used + coming > self.most or self.free(folder) < coming + self.spare:
            raise StudioError("uploads_full")
        return used
