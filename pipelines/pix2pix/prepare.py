"""Edges and pictures side by side, for other pix2pix code or for ``--data pairs:``."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from tqdm import tqdm

from pipelines.common.errors import Misuse, check_choice, check_range
from pipelines.common.files import unused
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.pix2pix.data import Direction, held_out_pair, join_pair


def prepare(
    data: str, out: Path, *, size: int = 256, direction: Direction = "edges_to_picture", progress: bool = False
) -> str:
    """Write edge pairs, side by side, from any source: ``train/<class>/NAME.png`` and ``held_out/...``.

    Returns:
        A line that says how many were written and which pictures were skipped.

    Raises:
        Misuse: bad arguments, or no usable picture.
    """
    check_range("size", size, 32, 1024)
    check_choice("direction", direction, get_args(Direction))
    source = open_source(data)
    if source.paired:
        raise Misuse("setting_invalid", name="data", detail="these are pairs already")
    split = split_source(source, progress=progress)
    written: set[Path] = set()
    for part, entries in (("train", split.train), ("held_out", split.held_out)):
        for entry in tqdm(entries, desc=part, disable=not progress, leave=False):
            pair = held_out_pair(source.load(entry))
            target = unused((out / part / entry.key).with_suffix(".png"), written)
            target.parent.mkdir(parents=True, exist_ok=True)
            join_pair(pair, size, direction).save(target)
    return f"{out}: {split.report()}"
