"""Latents of a source's pictures and of their drawings, made before a training."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.stylemini.config import StyleMiniConfig
from pipelines.stylemini.latents import cache_folder, load_latents


def prepare(
    data: str,
    out: Path,
    *,
    autoencoder: Any = "stylemini",
    size: Any = 128,
    pictures: Any = 5000,
    drawings: Any = 6,
    workers: Any = 0,
    progress: bool = False,
) -> str:
    """Draw a source's pictures in styles and encode them, for ``train stylemini --set latents=OUT``.

    Args:
        data: source of pictures.
        out: folder to write; latents that are there stay, and are made once.
        autoencoder: weights, or folder of an export, whose ``vae`` encodes.
        size: side of the pictures, 64 pixels or more; they are made at half of it as well.
        pictures: training pictures, at most.
        drawings: drawings of each, in as many styles.
        workers: processes that draw.
        progress: show a progress bar.

    Raises:
        StudioError: a bad argument, no usable source or autoencoder, or a full disk.
    """
    given = {"autoencoder": autoencoder, "size": size, "pictures": pictures, "drawings": drawings, "workers": workers}
    config = StyleMiniConfig.parse({**given, "data": data, "latents": str(out)})
    source = open_source(data)
    split = split_source(source, progress=progress)
    load = partial(load_latents, config, source, split, folder=cache_folder(config, source), progress=progress)
    held_out, made, _ = load("held_out", config.size), load("train", config.size), load("train", config.size // 2)
    return f"{out}: latents of {len(made.labels)} pictures to train and {len(held_out.labels)} held out"
