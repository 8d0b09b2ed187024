"""What ``prepare`` writes: a picture of each entry, in the layout of a folder of pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image
from tqdm import tqdm

from pipelines.common.files import unused
from pipelines.data.entries import Entry


def write_pictures(
    train: Sequence[Entry],
    held_out: Sequence[Entry],
    out: Path,
    picture: Callable[[Entry], Image.Image],
    *,
    progress: bool = False,
) -> None:
    """Write a picture of each entry: ``OUT/train/<class>/NAME.png`` and ``OUT/held_out/...``; taken names are numbered.

    Args:
        train: entries to train on.
        held_out: the others.
        out: folder to write.
        picture: makes the picture of an entry.
        progress: show a progress bar.
    """
    written: set[Path] = set()
    for part, entries in (("train", train), ("held_out", held_out)):
        for entry in tqdm(entries, desc=part, disable=not progress, leave=False):
            target = unused((out / part / entry.key).with_suffix(".png"), written)
            target.parent.mkdir(parents=True, exist_ok=True)
            picture(entry).save(target)
