"""Line maps: what a learned detector thinks is a line, found once for every training picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from pipelines.backbones.hed import HED
from pipelines.common import device
from pipelines.common.errors import StudioError
from pipelines.data.entries import Entry, Source
from pipelines.edges.cutouts import WHITE, Floats, compose, cutout

Detector = Callable[[Tensor], Tensor]
BORDER = 4  # pixels at the picture's edge where the detector answers to its own padding


def write_maps(source: Source, out: Path, *, most: int | None = None, progress: bool = False) -> int:
    """Write HED's probabilities of every picture as ``OUT/<key>.png``; those that are there stay.

    Args:
        source: pictures, cut out or whole.
        out: folder.
        most: how many evenly spaced pictures to take, all by default.
        progress: show a progress bar.

    Returns:
        How many were written.

    Raises:
        StudioError: the package with HED's weights is not installed.
    """
    placement = device.choose()
    network = HED.from_package().to(placement.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    written = 0
    for entry in tqdm(evenly(source.entries, most), desc="finding lines", disable=not progress):
        path = map_path(out, entry)
        if path.exists():
            continue
        try:
            picture = compose(cutout(source.load(entry)), WHITE)
        except StudioError:
            continue  # the split names and counts bad pictures
        found = probability_map(network, picture, placement)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part")
        Image.fromarray((found * 255).round().astype(np.uint8)).save(temporary, format="PNG")
        temporary.replace(path)
        written += 1
    return written


def evenly(entries: Sequence[Entry], most: int | None) -> Sequence[Entry]:
    """Return at most so many entries, evenly spaced in the order of their keys, so that every class has its share."""
    if most is None or most >= len(entries):
        return entries
    ordered = sorted(entries, key=lambda entry: entry.key)
    return [ordered[number * len(ordered) // most] for number in range(most)]


def probability_map(detector: Detector, picture: Floats, placement: device.Placement) -> Floats:
    """Return a detector's map of a picture, blank at the edge.

    Args:
        detector: maps (1, 3, H, W) in [-1, 1] to probabilities (1, 1, H, W).
        picture: (H, W, 3) in [0, 1].
        placement: where the detector is.

    Returns:
        (H, W) in [0, 1].
    """
    x = torch.from_numpy(picture).permute(2, 0, 1)[None] * 2 - 1
    with torch.inference_mode(), placement.autocast():
        found = detector(x.to(placement.device, memory_format=torch.channels_last))[0, 0].float().cpu().numpy()
    found[:BORDER], found[-BORDER:], found[:, :BORDER], found[:, -BORDER:] = 0, 0, 0, 0
    return np.asarray(found, np.float32)


def map_path(folder: Path, entry: Entry) -> Path:
    """Return where a picture's map is kept."""
    return folder / f"{entry.key}.png"


def read_map(folder: Path, entry: Entry) -> Floats | None:
    """Return (H, W) in [0, 1], None where there is no map."""
    path = map_path(folder, entry)
    if not path.is_file():
        return None
    return np.asarray(np.asarray(Image.open(path)) / 255, np.float32)
