"""Latents as a diffusion model draws them: what a decoder meets in use, where training shows it the encoder's alone."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from pipelines.common.device import Placement
from pipelines.diffusion.model import LatentModel
from pipelines.diffusion.opening import WORDS, open_model
from pipelines.diffusion.sampling import Sampling, restyle
from pipelines.stylemini.captions import PHRASES
from pipelines.weights import hub

SAMPLING = Sampling()  # as visitors meet them
OTHERS = ("unet", "text_encoder", "tokenizer", "scheduler")  # folders beside the autoencoder's
FILES = ("model_index.json", WORDS)


class Restyler:
    """A diffusion model whose encoder is the one that trains no more.

    Args:
        name: weights, or the folder of an export.
        device: where it computes.

    Raises:
        StudioError: it cannot be opened.
    """

    def __init__(self, name: str, device: torch.device) -> None:
        self.folder = hub.resolve(name)
        self.model: LatentModel = open_model(self.folder, Placement(device, torch.float32))

    def latents(self, sources: Tensor, styles: Sequence[str]) -> Tensor:
        """Return photographs' latents (B, 4, h, w) drawn anew, each in a style, from noise."""
        noise = torch.randn(sources.shape)
        prompts = [PHRASES[style][0] for style in styles]
        made = restyle(self.model, sources, prompts, noise, 1.0, SAMPLING)
        assert made is not None  # nobody cancels it
        return made.clone().to(sources.device)  # what inference has made cannot be learned from

    def copy(self, folder: Path) -> None:
        """Write all of the model but the autoencoder."""
        for name in OTHERS:
            shutil.copytree(self.folder / name, folder / name, dirs_exist_ok=True)
        for path in (self.folder / name for name in FILES):
            if path.exists():  # a model that was taught on texts of all kinds has no list of words
                shutil.copy(path, folder / path.name)
