"""What is made of a source's pictures and kept: it goes when the pictures go."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipelines.common.home import studio_home
from pipelines.data.sources import parts_of

NOTE = "source.txt"  # in a folder of what is kept


def note_source(folder: Path, name: str) -> None:
    """Write into a folder that is there which source it was made of."""
    (folder / NOTE).write_text(name, encoding="utf-8")


def forget(name: str) -> None:
    """Remove all that is kept in the studio's own folders and was made of a source, alone or with others."""
    for note in studio_home().glob(f"*/*/{NOTE}"):
        if name in parts_of(note.read_text(encoding="utf-8")):
            shutil.rmtree(note.parent, ignore_errors=True)
