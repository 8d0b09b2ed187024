"""The photographs that are fit to teach colours, as squares."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from tqdm import tqdm

from pipelines.colorize.data import clean, open_photographs, square
from pipelines.common.errors import check_range
from pipelines.common.files import unused
from pipelines.data.splits import split_source


def prepare(data: str, out: Path, *, size: int = 144, min_side: int = 144, progress: bool = False) -> str:
    """Write the pictures that are fit to teach as squares: ``train/<class>/NAME.png`` and ``held_out/...``.

    Train on ``folder:OUT/train`` alone: as new files the squares would be divided anew.

    Args:
        data: source of pictures.
        out: folder to write.
        size: side of the squares, pixels.
        min_side: shorter side below which a picture is dropped; smaller than ``size``, pictures are enlarged.
        progress: show a progress bar.

    Returns:
        A line that says how many were written and how many dropped, by reason.

    Raises:
        Misuse: bad arguments, pairs, or no usable picture.
    """
    check_range("size", size, 32, 1024)
    check_range("min_side", min_side, 16, 10_000)
    source = open_photographs(data)
    split = split_source(source, progress=progress)
    written: set[Path] = set()
    said = []
    for part, entries in (("train", split.train), ("held_out", split.held_out)):
        cleaned = clean(source, entries, min_side=min_side, progress=progress)
        for entry in tqdm(cleaned.entries, desc=part, disable=not progress, leave=False):
            target = unused((out / part / entry.key).with_suffix(".png"), written)
            target.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(square(source.load(entry), size)).save(target)
        said.append(f"{part}: {cleaned.report()}")
    return f"{out}: {'; '.join(said)}"
