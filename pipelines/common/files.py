"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


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
