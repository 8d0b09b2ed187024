"""Write line maps: what a learned detector thinks is a line, found once for every training picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from pipelines import device
from pipelines.backbones.hed import HED
from pipelines.chimera.data import WHITE, compose, cutout, map_path
from pipelines.data.sources import Source
from pipelines.errors import StudioError

BORDER = 4  # pixels at the picture's edge where the detector answers to its own padding


def write_maps(source: Source, out: Path, *, progress: bool = False) -> int:
    """Write HED's probabilities of every picture as ``OUT/<key>.png``; those that are there stay.

    Args:
        source: pictures, cut out or whole.
        out: folder.
        progress: show a progress bar.

    Returns:
        How many were written.

    Raises:
        StudioError: the package with HED's weights is not installed.
    """
    placement = device.choose()
    network = HED.from_package().to(placement.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    written = 0
    for entry in tqdm(source.entries, desc="finding lines", disable=not progress):
        path = map_path(out, entry)
        if path.exists():
            continue
        try:
            picture = compose(cutout(source.load(entry)), WHITE)
        except StudioError:
            continue  # the split names and counts bad pictures
        x = torch.from_numpy(picture).permute(2, 0, 1)[None] * 2 - 1
        with torch.inference_mode(), placement.autocast():
            found = network(x.to(placement.device, memory_format=torch.channels_last))[0, 0].float().cpu().numpy()
        found[:BORDER], found[-BORDER:], found[:, :BORDER], found[:, -BORDER:] = 0, 0, 0, 0
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part")
        Image.fromarray((found * 255).round().astype(np.uint8)).save(temporary, format="PNG")
        temporary.replace(path)
        written += 1
    return written
