"""A folder in Stable Diffusion's layout, opened."""

from __future__ import annotations

import json
import logging
import math
from pathlib import Path
from typing import Any

import psutil
import torch
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionInstructPix2PixPipeline
from diffusers.utils import logging as diffusers_logging
from safetensors import SafetensorError, safe_open
from transformers import CLIPImageProcessor
from transformers.utils import logging as transformers_logging

from pipelines.common.device import Placement
from pipelines.common.errors import Misuse, StudioError
from pipelines.diffusion.model import LatentModel

logger = logging.getLogger("pipelines.diffusion")

WORDS = "words.txt"  # beside model_index.json: the words a small model was taught
NETWORKS = ("vae", "unet", "text_encoder", "safety_checker")
PARTS = (*NETWORKS, "tokenizer", "scheduler", "feature_extractor")


def open_model(folder: Path, placement: Placement) -> LatentModel:
    """Open a folder, frozen and in evaluation mode; in float32 on the CPU, in half precision on a GPU.

    Its safety checker is kept where it has one; where a model that was taught on all kinds has none, the log says so.
    Where memory is scarce, attention is computed in slices.

    Args:
        folder: with ``model_index.json``, as ``save_pretrained`` of diffusers writes it.
        placement: where it computes.

    Raises:
        Misuse: something is missing, damaged or of another kind.
        StudioError: there is too little memory for it.
    """
    dtype = torch.float32 if placement.device.type == "cpu" else torch.float16
    options: dict[str, Any] = {"local_files_only": True, "use_safetensors": True, "dtype": dtype}  # and never a pickle
    for bars in (diffusers_logging, transformers_logging):
        bars.disable_progress_bar()  # nobody watches a server open its weights
    try:
        scarce = check_memory(folder, placement.device, dtype)
        described = json.loads((folder / "unet" / "config.json").read_text())
        channels, own = described["in_channels"], described["out_channels"]
        if channels not in (own, 2 * own) or described.get("addition_embed_type"):
            raise ValueError(f"its network has {channels} channels in, or further inputs: Stable Diffusion 1's have 4")
        kind: Any = StableDiffusionImg2ImgPipeline if channels == own else StableDiffusionInstructPix2PixPipeline
        stock = kind.from_pretrained(folder, **options)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError, SafetensorError) as error:
        raise Misuse("weights_mismatch", name=folder.name, detail=str(error).splitlines()[0]) from error
    if scarce:
        stock.enable_attention_slicing()
    for part in NETWORKS:
        if getattr(stock, part, None) is not None:
            getattr(stock, part).eval().requires_grad_(False).to(placement.device)
    parts: dict[str, Any] = {name: getattr(stock, name, None) for name in PARTS}
    words = read_words(folder)
    if parts["safety_checker"] is None and words is None:
        logger.warning("%s has no safety checker: whatever it draws is shown", folder.name)
    elif parts["safety_checker"] is not None and parts["feature_extractor"] is None:
        parts["feature_extractor"] = CLIPImageProcessor()  # what all of them were taught with
    return LatentModel(**parts, words=words)


def check_memory(folder: Path, device: torch.device, dtype: torch.dtype) -> bool:
    """Say whether memory is scarce for a model's weights and what they compute.

    Raises:
        StudioError: its weights alone do not fit.
    """
    needed = 0.0
    for file in (one for part in NETWORKS for one in (folder / part).glob("*.safetensors")):
        if "." in file.stem:  # a variant beside it, such as model.fp16.safetensors
            continue
        with safe_open(file, "pt") as opened:
            shapes = [opened.get_slice(name).get_shape() for name in opened.keys()]  # noqa: SIM118
        needed += sum(map(math.prod, shapes)) * dtype.itemsize
    free = torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else psutil.virtual_memory().available
    if needed > free:
        gigabytes = {"needed_gb": f"{needed / 1e9:.1f}", "free_gb": f"{free / 1e9:.1f}"}
        raise StudioError("memory_short", name=folder.name, **gigabytes)
    return 2 * needed > free


def read_words(folder: Path) -> frozenset[str] | None:
    """Return the words that a model was taught; None where the folder has no list of them."""
    try:
        return frozenset((folder / WORDS).read_text(encoding="utf-8").split())
    except OSError:
        return None
