"""Edges and pictures side by side, for other pix2pix code or for ``--data pairs:OUT``."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from PIL import Image

from pipelines.common.errors import Misuse, check_choice, check_whole
from pipelines.data.entries import Entry
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.data.writing import write_pictures
from pipelines.pix2pix.config import Direction
from pipelines.pix2pix.data import held_out_pair, join_pair


def prepare(
    data: str, out: Path, *, size: int = 256, direction: Direction = "edges_to_picture", progress: bool = False
) -> str:
    """Write edge pairs, side by side, from any source: ``train/<class>/NAME.png`` and ``held_out/...``.

    Returns:
        A line that says how many were written and which pictures were skipped.

    Raises:
        Misuse: bad arguments, or no usable picture.
    """
    check_whole("size", size, 32, 1024)
    check_choice("direction", direction, get_args(Direction))
    source = open_source(data)
    if source.paired:
        raise Misuse("setting_invalid", name="data", detail="these are pairs already")
    split = split_source(source, progress=progress)

    def picture(entry: Entry) -> Image.Image:
        return join_pair(held_out_pair(source.load(entry)), size, direction)

    write_pictures(split.train, split.held_out, out, picture, progress=progress)
    return f"{out}: {split.report()}"
