"""A folder in Stable Diffusion's layout, opened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionInstructPix2PixPipeline
from diffusers.utils import logging as diffusers_logging
from transformers.utils import logging as transformers_logging

from pipelines.common.device import Placement
from pipelines.common.errors import Misuse
from pipelines.diffusion.model import LatentModel

WORDS = "words.txt"  # beside model_index.json: the words a small model was taught
PARTS = ("vae", "unet", "text_encoder", "tokenizer", "scheduler", "safety_checker", "feature_extractor")

for one in (diffusers_logging, transformers_logging):
    one.disable_progress_bar()  # nobody watches a server open its weights


def open_model(folder: Path, placement: Placement, *, checked: bool = True) -> LatentModel:
    """Open a folder, frozen and in evaluation mode; in float32 on the CPU, in half precision on a GPU.

    Args:
        folder: with ``model_index.json``, as ``save_pretrained`` of diffusers writes it.
        placement: where it computes.
        checked: keep its safety checker, where it has one.

    Raises:
        Misuse: something is missing, damaged or of another kind.
    """
    dtype = torch.float32 if placement.device.type == "cpu" else torch.float16
    options: dict[str, Any] = {"local_files_only": True, "use_safetensors": True, "dtype": dtype}  # and never a pickle
    if not checked:
        options |= {"safety_checker": None, "requires_safety_checker": False}
    try:
        channels = json.loads((folder / "unet" / "config.json").read_text())["in_channels"]
        kind: Any = StableDiffusionInstructPix2PixPipeline if channels == 8 else StableDiffusionImg2ImgPipeline
        stock = kind.from_pretrained(folder, **options)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError) as error:
        raise Misuse("weights_mismatch", name=folder.name, detail=str(error).splitlines()[0]) from error
    for part in ("vae", "unet", "text_encoder", "safety_checker"):
        if getattr(stock, part, None) is not None:
            getattr(stock, part).eval().requires_grad_(False).to(placement.device)
    parts: dict[str, Any] = {name: getattr(stock, name, None) for name in PARTS}
    return LatentModel(**parts, words=read_words(folder))


def read_words(folder: Path) -> frozenset[str] | None:
    """Return the words that a model was taught; None where the folder has no list of them."""
    try:
        return frozenset((folder / WORDS).read_text(encoding="utf-8").split())
    except OSError:
        return None
