"""Untrained models in Stable Diffusion's layout, as small as they can be."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import (
    AutoencoderKL,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    LCMScheduler,
    PNDMScheduler,
    StableDiffusionInstructPix2PixPipeline,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from torch import Tensor
from transformers import CLIPTextConfig, CLIPTextModel

from pipelines.common.device import Placement
from pipelines.diffusion.sampling import draw_noise
from pipelines.stylemini.vocabulary import make_tokenizer

CPU = Placement(torch.device("cpu"), torch.float32)
PROMPTS = ["oil painting of a cat", "a red cat"]

SCHEDULERS: dict[str, Any] = {
    "dpm": DPMSolverMultistepScheduler,
    "pndm": PNDMScheduler,
    "ancestral": EulerAncestralDiscreteScheduler,
    "lcm": LCMScheduler,
    "turbo": partial(EulerDiscreteScheduler, timestep_spacing="trailing"),
}


def write_model(folder: Path, *, sees_source: bool, scheduler: str = "dpm", guidance: int | None = None) -> Path:
    """Write a model of 32 x 32 pixels: of Stable Diffusion's kind, or one that sees the source.

    Its network may have an input of so many numbers for the guidance, as latent consistency models have.
    """
    torch.manual_seed(7)
    tokenizer = make_tokenizer("oil painting of a red cat")
    width: dict[str, Any] = {"hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2}
    text = CLIPTextConfig(vocab_size=len(tokenizer), num_hidden_layers=1, max_position_embeddings=32, **width)
    blocks = ("CrossAttnDownBlock2D", "DownBlock2D"), ("UpBlock2D", "CrossAttnUpBlock2D")
    unet: Any = UNet2DConditionModel(
        sample_size=4, in_channels=8 if sees_source else 4, out_channels=4, down_block_types=blocks[0],
        up_block_types=blocks[1], block_out_channels=(16, 16), layers_per_block=1, cross_attention_dim=16,
        attention_head_dim=2, norm_num_groups=4, time_cond_proj_dim=guidance,
    )  # fmt: skip
    vae: Any = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(8, 8, 8, 8), latent_channels=4, norm_num_groups=4, scaling_factor=0.7,
    )  # fmt: skip
    kind: Any = StableDiffusionInstructPix2PixPipeline if sees_source else StableDiffusionPipeline
    kind(
        vae=vae, unet=unet, text_encoder=CLIPTextModel(text), tokenizer=tokenizer,
        scheduler=SCHEDULERS[scheduler](beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear"),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def open_stock(kind: Any, folder: Path, layout: torch.memory_format = torch.contiguous_format) -> Any:
    """Open a folder with one of diffusers' pipelines, in float32.

    Its weights are frozen and laid out as ours are: else torch adds up in another order, and bytes differ by one.
    """
    stock = kind.from_pretrained(folder, dtype=torch.float32)
    stock.set_progress_bar_config(disable=True)
    for part in (stock.vae, stock.unet, stock.text_encoder):
        part.requires_grad_(False).to(memory_format=layout)
    return stock


def pictures(count: int = 2) -> np.ndarray:
    return np.random.default_rng(0).integers(256, size=(count, 32, 32, 3), dtype=np.uint8)


def noise(count: int = 2) -> Tensor:
    return torch.cat([draw_noise((4, 4, 4), number) for number in range(count)])
