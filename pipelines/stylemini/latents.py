"""Latents of training pictures and of their drawings in styles, made once and kept on disk."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from diffusers import AutoencoderKL
from filelock import FileLock
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from pipelines.common.images import to_rgb
from pipelines.data.derived import note_source
from pipelines.data.entries import Entry, Source
from pipelines.data.resident import square, to_unit
from pipelines.data.sources import contents_digest
from pipelines.data.splits import Split
from pipelines.diffusion.model import encoder_sha256
from pipelines.stylemini.autoencoder.data import DRAWN, random_square
from pipelines.stylemini.autoencoder.networks import open_autoencoder
from pipelines.stylemini.config import StyleMiniConfig
from pipelines.stylemini.teachers import draw_in_style
from pipelines.weights import hub

logger = logging.getLogger("pipelines.training")
Part = Literal["train", "held_out"]
SHARD = 250  # pictures a file: what is lost when it is broken off
HELD_OUT = 300  # pictures at most, each in every style
BATCH = 8
VERSION = 2  # to be raised when what is written changes


@dataclass(frozen=True)
class Latents:
    """Latents of photographs, and of some drawings of each, in half precision.

    Attributes:
        photos: (N, 4, h, w).
        drawings: (N, K, 4, h, w).
        styles: (N, K), numbers in ``DRAWN``.
        labels: the N photographs' classes.
    """

    photos: Tensor
    drawings: Tensor
    styles: Tensor
    labels: Sequence[str]


class Views(Dataset[dict[str, Tensor]]):
    """A photograph's square and its drawings, by number; a function of the seed and the number."""

    def __init__(
        self, source: Source, entries: Sequence[Entry], size: int, config: StyleMiniConfig, part: Part
    ) -> None:
        self.source, self.entries, self.size, self.part = source, entries, size, part
        self.seed, self.count = config.seed, config.drawings if part == "train" else len(DRAWN)

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, number: int) -> dict[str, Tensor]:
        """Return ``pictures`` (1 + K, size, size, 3) as bytes and ``styles`` (K,)."""
        rng = np.random.default_rng([self.seed, self.size, number, self.part == "train"])
        image = self.source.load(self.entries[number])
        photo = random_square(to_rgb(image), self.size, rng) if self.part == "train" else square(image, self.size)
        styles = rng.permutation(len(DRAWN))[: self.count] if self.part == "train" else np.arange(len(DRAWN))
        drawn = [draw_in_style(np.ascontiguousarray(photo), DRAWN[n], int(rng.integers(2**31))) for n in styles]
        return {"pictures": torch.from_numpy(np.stack([photo, *drawn])), "styles": torch.from_numpy(styles)}


def load_latents(
    config: StyleMiniConfig,
    source: Source,
    split: Split,
    part: Part,
    size: int,
    *,
    folder: Path,
    progress: bool = False,
) -> Latents:
    """Return the latents of a source's training or held-out pictures; those that are not there are made first.

    Args:
        config: the settings.
        source: the pictures.
        split: which of them are held out.
        part: ``train`` or ``held_out``.
        size: side of the pictures, pixels.
        folder: of ``cache_folder``, which reads all pictures: once for all parts and sizes.
        progress: show a progress bar.

    Raises:
        StudioError: the data or the autoencoder cannot be used, or the disk is full.
    """
    every: Sequence[Entry] = getattr(split, part)
    order = np.random.default_rng(config.seed).permutation(len(every))
    entries = [every[number] for number in order[: config.pictures if part == "train" else HELD_OUT]]
    folder.mkdir(parents=True, exist_ok=True)
    note_source(folder, source.name)
    ends = [(start, min(start + SHARD, len(entries))) for start in range(0, len(entries), SHARD)]
    shards = {folder / f"{part}-{size}-{start}-{end}.safetensors": range(start, end) for start, end in ends}
    with FileLock(folder / f".{part}-{size}.lock"):
        missing = [path for path in shards if not path.exists()]
        if missing:
            vae: Any = open_autoencoder(hub.resolve(config.autoencoder))
            views = Views(source, entries, size, config, part)
            for path in tqdm(missing, desc=f"latents of {part}, {size} px", disable=not progress):
                write_shard(path, views, shards[path], vae, config.workers)
    found = [load_file(path) for path in shards]
    joined = {name: torch.cat([one[name] for one in found]) for name in ("photos", "drawings", "styles")}
    return Latents(**joined, labels=[entry.label for entry in entries])


def cache_folder(config: StyleMiniConfig, source: Source) -> Path:
    """Return where latents are kept, by a digest of all they depend on: settings, the pictures, the encoder."""
    wanted = config.model_dump(include={"seed", "drawings"})
    wanted |= {"version": VERSION, "data": contents_digest(source)}
    wanted |= {"encoder": encoder_sha256(open_autoencoder(hub.resolve(config.autoencoder)))}
    return config.cache / hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:16]


def write_shard(path: Path, views: Views, numbers: Sequence[int], vae: AutoencoderKL, workers: int) -> None:
    """Write the latents of some pictures; the file is there whole or not at all."""
    subset = torch.utils.data.Subset(views, numbers)
    photos, drawings, styles = [], [], []
    for one in DataLoader(subset, batch_size=None, num_workers=workers):
        latents = torch.cat(list(encoded(vae, one["pictures"].numpy())))
        photos.append(latents[0])
        drawings.append(latents[1:])
        styles.append(one["styles"])
    coming = path.with_suffix(".coming")
    tensors = {"photos": torch.stack(photos), "drawings": torch.stack(drawings), "styles": torch.stack(styles)}
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, coming)
    coming.replace(path)


def encoded(vae: Any, pictures: NDArray[np.uint8]) -> Iterator[Tensor]:
    """Yield the latents of pictures (N, S, S, 3), batch after batch, in half precision."""
    stack = to_unit(torch.from_numpy(pictures).permute(0, 3, 1, 2))
    for part in torch.split(stack, BATCH):
        with torch.inference_mode():
            yield vae.encode(part.to(vae.device)).latent_dist.mode().half().cpu()
