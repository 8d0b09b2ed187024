"""The photographs that are fit to teach colours, as squares."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from pipelines.colorize.data import clean, square
from pipelines.common.errors import check_whole
from pipelines.data.entries import Entry
from pipelines.data.sources import open_source, unpaired
from pipelines.data.splits import split_source
from pipelines.data.writing import write_pictures


def prepare(data: str, out: Path, *, size: int = 144, min_side: int = 144, progress: bool = False) -> str:
    """Write the pictures that are fit to teach as squares: ``train/<class>/NAME.png`` and ``held_out/...``.

    ``folder:OUT`` is divided as it was here; ``folder:OUT/train`` alone would be divided anew.

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
    check_whole("size", size, 32, 1024)
    check_whole("min_side", min_side, 16, 10_000)
    source = unpaired(open_source(data))
    split = split_source(source, progress=progress)
    train, held_out = (
        clean(source, entries, min_side=min_side, progress=progress) for entries in (split.train, split.held_out)
    )

    def picture(entry: Entry) -> Image.Image:
        return Image.fromarray(square(source.load(entry), size))

    write_pictures(train.entries, held_out.entries, out, picture, progress=progress)
    return f"{out}: train: {train.report()}; held_out: {held_out.report()}"
