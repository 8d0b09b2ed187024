"""Codes of a source's pictures on disk, made once and reused: a folder for each data and settings."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from filelock import FileLock
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor
from tqdm import tqdm

from pipelines.data.derived import note_source
from pipelines.data.entries import Entry, Source
from pipelines.data.resident import to_unit
from pipelines.data.sources import contents_digest
from pipelines.data.splits import split_source
from pipelines.nn.scattering import scatter
from pipelines.scattering.config import ScatteringConfig
from pipelines.scattering.files import write_rows
from pipelines.scattering.networks import ScatteringCode
from pipelines.scattering.pictures import square
from pipelines.scattering.principal import fit_components

logger = logging.getLogger("pipelines.training")
Part = Literal["train", "held_out"]
PARTS: tuple[Part, ...] = ("train", "held_out")
BATCH = 64
VERSION = 1  # to be raised when what is written changes


@dataclass(frozen=True)
class Encoded:
    """Pictures and scattering coefficients on disk; nothing is read until it is asked for.

    Attributes:
        folder: where they are.
        skipped: keys of bad pictures, each with the reason.
    """

    folder: Path
    skipped: Mapping[str, str] = field(default_factory=dict)

    def pictures(self, part: Part) -> NDArray[np.uint8]:
        """Return the pictures (N, C, S, S), mapped into memory."""
        return np.asanyarray(np.load(self.folder / f"{part}-pictures.npy", mmap_mode="r"))

    def coefficients(self, part: Part) -> NDArray[np.float16]:
        """Return the coefficients (N, D), mapped into memory."""
        return np.asanyarray(np.load(self.folder / f"{part}-coefficients.npy", mmap_mode="r"))

    def whitened(self, code: ScatteringCode, part: Part) -> NDArray[np.float32]:
        """Return the whitened components (N, dim), mapped into memory; made where they are not there yet."""
        path = self.folder / f"{part}-codes-{digest_of(code)}.npy"
        with FileLock(self.folder / ".lock"):
            if not path.exists():
                given = self.coefficients(part)
                rows = (whitened(code, given[start : start + 8 * BATCH]) for start in range(0, len(given), 8 * BATCH))
                write_rows(path, (len(given), code.dim), np.float32, rows)
        return np.asanyarray(np.load(path, mmap_mode="r"))


def encode_source(source: Source, config: ScatteringConfig, *, progress: bool = False) -> Encoded:
    """Split a source's pictures and write them and their coefficients, unless they are there already.

    The folder's name is a digest of the files' contents and of the settings of the transform. A second process that
    wants the same waits for the first.

    Raises:
        StudioError: the data cannot be used, or the disk is full.
    """
    shape = config.model_dump(include={"size", "channels", "scales", "angles"})
    folder = config.cache / digest({"version": VERSION, "data": contents_digest(source), **shape})
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if folder.is_dir():
            logger.info("%s: codes are reused from %s", source.name, folder)
        else:
            coming = folder.with_suffix(".coming")
            shutil.rmtree(coming, ignore_errors=True)
            coming.mkdir()
            note_source(coming, source.name)
            try:
                write_source(source, config, coming, progress=progress)
            except BaseException:
                shutil.rmtree(coming, ignore_errors=True)
                raise
            coming.rename(folder)
    return Encoded(folder, json.loads((folder / "skipped.json").read_text()))


def fitted_code(encoded: Encoded, config: ScatteringConfig, *, progress: bool = False) -> ScatteringCode:
    """Return the code fitted to the training pictures; read where it was fitted before.

    Raises:
        Misuse: fewer pictures than components.
    """
    code = make_code(config)
    settings = config.model_dump(include={"components", "pca"})
    settings |= {"batch": config.pca_batch} if config.pca == "incremental" else {"seed": config.seed}
    path = encoded.folder / f"components-{digest(settings)}.safetensors"
    with FileLock(encoded.folder / ".lock"):
        if not path.exists():
            options = {"batch": config.pca_batch, "seed": config.seed, "progress": progress}
            fit_components(code, encoded.coefficients("train"), method=config.pca, **options)  # type: ignore[arg-type]
            save_file(dict(code.state_dict()), path.with_suffix(".coming"))
            path.with_suffix(".coming").replace(path)
    code.load_state_dict(load_file(path))
    return code


def make_code(config: ScatteringConfig) -> ScatteringCode:
    """Return an unfitted code of these settings."""
    shape = config.model_dump(include={"size", "channels", "scales", "angles", "noise"})
    return ScatteringCode(dim=config.components, **shape)


def write_source(source: Source, config: ScatteringConfig, folder: Path, *, progress: bool) -> None:
    """Write pictures and coefficients of both parts."""
    split = split_source(source, progress=progress)
    logger.info("%s: %s", source.name, split.report())
    (folder / "skipped.json").write_text(json.dumps(dict(split.skipped)))
    for part in PARTS:
        entries: Sequence[Entry] = getattr(split, part)
        shape = (config.channels, config.size, config.size)
        rows = (square(source.load(entry), config.size, config.channels)[None] for entry in entries)
        write_rows(folder / f"{part}-pictures.npy", (len(entries), *shape), np.uint8, rows)
        pictures = Encoded(folder).pictures(part)
        batches = scattered(pictures, config, progress=progress)
        width = make_code(config).mean.numel()
        write_rows(folder / f"{part}-coefficients.npy", (len(entries), width), np.float16, batches)


def scattered(
    pictures: NDArray[np.uint8], config: ScatteringConfig, *, progress: bool
) -> Iterator[NDArray[np.float16]]:
    """Yield the coefficients (B, D) of pictures (N, C, S, S), batch after batch."""
    for start in tqdm(range(0, len(pictures), BATCH), desc="scattering", disable=not progress, leave=False):
        batch = torch.from_numpy(np.array(pictures[start : start + BATCH]))
        yield scatter(to_unit(batch), config.scales, config.angles).half().numpy()


@torch.no_grad()
def whitened(code: ScatteringCode, coefficients: NDArray[np.float16]) -> NDArray[np.float32]:
    """Return the whitened components (B, dim) of coefficients (B, D)."""
    given: Tensor = torch.from_numpy(np.array(coefficients)).to(code.mean.device)
    return code.whiten(given).cpu().numpy()


def digest_of(code: ScatteringCode) -> str:
    """Return a digest of what whitening is made of; the noise has no part in it."""
    tensors: Iterable[Tensor] = (code.mean, code.components, code.deviations)
    whole = hashlib.sha256()
    for tensor in tensors:
        whole.update(tensor.float().cpu().numpy().tobytes())
    return whole.hexdigest()[:16]


def digest(values: Mapping[str, object]) -> str:
    """Return a short digest of plain values."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
