"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import re
from pathlib import Path

MAX_NAME = 80  # bytes of a part of a file's or folder's name


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file's contents so that a reader, or a crash, sees the old or the new but nothing between."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def unused(path: Path, written: set[Path]) -> Path:
    """Return a path not written yet, numbered where the name is taken, and remember it."""
    candidate, number = path, 2
    while candidate in written:
        candidate, number = path.with_stem(f"{path.stem}_{number}"), number + 1
    written.add(candidate)
    return candidate


def write_beside(path: Path, data: bytes, written: set[Path]) -> Path:
    """Write a file under a name that nothing else bears, numbered where it is taken, and return that name.

    A file that is there already with the very same contents, from an earlier run, is left as it is.

    Args:
        path: the name wanted.
        data: contents.
        written: what this run has written so far; the new name is added.
    """
    candidate, number = path, 2
    while candidate in written or (candidate.exists() and candidate.read_bytes() != data):
        candidate, number = path.with_stem(f"{path.stem}_{number}"), number + 1
    written.add(candidate)
    if not candidate.exists():
        candidate.write_bytes(data)
    return candidate


def file_name(text: str, otherwise: str = "_") -> str:
    """Return a text as part of a file's name, of letters, digits, ``_`` and ``-``; ``otherwise`` where none is left."""
    name = re.sub(r"[^\w-]+", "_", text).strip("_")
    # A name is counted in bytes, of which a character may have four.
    return name.encode()[:MAX_NAME].decode(errors="ignore") or otherwise


def looks_like_path(value: object) -> bool:
    """Say whether a setting's value is written as a file or a folder: with a separator or a suffix."""
    return isinstance(value, str) and ("/" in value or Path(value).suffix != "")
