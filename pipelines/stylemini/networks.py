"""The networks of the diffusion model, which are diffusers' and transformers' own, and its folder."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from diffusers import (
    DDIMScheduler,
    StableDiffusionInstructPix2PixPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from pipelines.diffusion.opening import WORDS
from pipelines.stylemini.config import StyleMiniConfig
from pipelines.stylemini.vocabulary import LONGEST, MARKS

GROUPS = 16  # of group norm
HEAD = 16  # channels of an attention head, of the network
TEXT_HEADS = 4


def make_unet(config: StyleMiniConfig, latent_channels: int = 4) -> Any:
    """Return an untrained network that sees noisy latents and the source's (Brooks et al., InstructPix2Pix, 2023)."""
    widths = (config.channels, config.deep_channels)
    return UNet2DConditionModel(  # type: ignore[no-untyped-call]
        sample_size=config.size // 8,
        in_channels=2 * latent_channels,
        out_channels=latent_channels,
        down_block_types=("CrossAttnDownBlock2D",) * len(widths),
        up_block_types=("CrossAttnUpBlock2D",) * len(widths),
        block_out_channels=widths,
        layers_per_block=config.layers,
        cross_attention_dim=config.text_channels,
        attention_head_dim=tuple(width // HEAD for width in widths),  # by this name: how many heads there are
        norm_num_groups=GROUPS,
    )


def make_text_encoder(config: StyleMiniConfig, tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """Return an untrained text encoder of CLIP's form (Radford et al., 2021), whose last layer's states are used."""
    tokens: Any = tokenizer
    start, end = (tokens.convert_tokens_to_ids(mark) for mark in MARKS)
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=config.text_channels,
            intermediate_size=2 * config.text_channels,
            projection_dim=config.text_channels,
            num_hidden_layers=config.text_layers,
            num_attention_heads=TEXT_HEADS,
            max_position_embeddings=LONGEST,
            bos_token_id=start,
            eos_token_id=end,
            pad_token_id=end,
        )
    )


def make_scheduler() -> Any:
    """Return DDIM (Song et al., 2021) with v-prediction (Salimans and Ho, 2022).

    Its last step is noise alone and is visited (Lin et al., Common diffusion noise schedules are flawed, 2024).
    """
    return DDIMScheduler(  # type: ignore[no-untyped-call]
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
    )


def save_folder(
    folder: Path, vae: Any, unet: Any, text_encoder: Any, tokenizer: CLIPTokenizer, words: Iterable[str]
) -> None:
    """Write Stable Diffusion's layout, in half precision, with a list of the words that captions hold."""
    stock: Any = StableDiffusionInstructPix2PixPipeline(  # type: ignore[no-untyped-call]
        vae=vae.half(),
        text_encoder=text_encoder.half(),
        tokenizer=tokenizer,
        unet=unet.half(),
        scheduler=make_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    stock.save_pretrained(folder)
    # transformers opens a text encoder in the format named here, diffusers the rest in float32: they must not differ.
    named = folder / "text_encoder" / "config.json"
    named.write_text(json.dumps({**json.loads(named.read_text()), "dtype": "float32"}, indent=2) + "\n")
    (folder / WORDS).write_text("\n".join(sorted(set(words))) + "\n", encoding="utf-8")
