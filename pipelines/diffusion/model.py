"""The parts of a latent diffusion model, and what each is asked for."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    LCMScheduler,
    StableDiffusionImg2ImgPipeline,
    UniPCMultistepScheduler,
)
from diffusers.image_processor import VaeImageProcessor
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from pipelines.common.errors import Misuse

# DDIM (Song et al., 2021), DPM-Solver++ 2M (Lu et al., 2022), UniPC (Zhao et al., 2023), latent consistency (Luo et
# al., 2023): each with the model's own noise schedule.
SCHEDULERS: dict[str, Any] = {
    "ddim": DDIMScheduler,
    "dpm++": DPMSolverMultistepScheduler,
    "unipc": UniPCMultistepScheduler,
    "lcm": LCMScheduler,
}
BATCH = 8  # pictures that are encoded or decoded at a time: beyond it the processor's caches do not hold them


@dataclass(frozen=True)
class LatentModel:
    """A latent diffusion model (Rombach et al., High-resolution image synthesis with latent diffusion models, 2022).

    Its latents are the modes of the autoencoder's posterior; times ``factor`` they have deviation 1 about.

    Attributes:
        vae: diffusers' AutoencoderKL.
        unet: diffusers' UNet2DConditionModel. With twice as many channels in as out it sees the latents of the source
            beside the noisy ones (Brooks et al., InstructPix2Pix, 2023).
        text_encoder: transformers' CLIPTextModel.
        tokenizer: its tokenizer.
        scheduler: whose class and settings each call's own scheduler has.
        safety_checker: what refuses pictures that are not for everybody; None where the model has none.
        feature_extractor: what prepares pictures for it.
        words: the words it was taught; None where it was taught on texts of all kinds.
    """

    vae: Any
    unet: Any
    text_encoder: Any
    tokenizer: Any
    scheduler: Any
    safety_checker: Any = None
    feature_extractor: Any = None
    words: frozenset[str] | None = None
    processor: VaeImageProcessor = field(default_factory=lambda: VaeImageProcessor(vae_scale_factor=8))

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        found: torch.device = next(self.unet.parameters()).device
        return found

    @property
    def dtype(self) -> torch.dtype:
        """In which number format."""
        found: torch.dtype = next(self.unet.parameters()).dtype
        return found

    @property
    def factor(self) -> float:
        """What brings latents to deviation 1."""
        return float(self.vae.config.scaling_factor)

    @property
    def encoder_sha256(self) -> str:
        """The digest of what latents depend on."""
        return encoder_sha256(self.vae)

    @property
    def latents_shape(self) -> tuple[int, int, int]:
        """Channels, height and width of the latents of a picture of the training's size."""
        side = self.size // 8
        return int(self.unet.config.out_channels), side, side

    @property
    def sees_source(self) -> bool:
        """Whether the source's latents are an input of the network."""
        return int(self.unet.config.in_channels) == 2 * int(self.unet.config.out_channels)

    @property
    def is_fast(self) -> bool:
        """Whether it was distilled to draw in a few steps: latent consistency, or adversarially.

        SD-Turbo (Sauer et al., Adversarial diffusion distillation, 2023) is told by its Euler steps, which begin at the
        last noise level, and by what its network predicts, the noise: others that begin there predict velocity.
        """
        settings = self.scheduler.config
        trailing = settings.get("timestep_spacing") == "trailing" and settings.get("prediction_type") == "epsilon"
        turbo = trailing and type(self.scheduler).__name__.startswith("Euler")
        return isinstance(self.scheduler, LCMScheduler) or self.is_told_guidance or turbo

    @property
    def is_told_guidance(self) -> bool:
        """Whether the guidance is an input of the network."""
        return self.unet.config.get("time_cond_proj_dim") is not None

    @property
    def size(self) -> int:
        """Side of the pictures it was taught on, pixels."""
        return 8 * int(self.unet.config.sample_size)

    def encode(self, pictures: NDArray[np.uint8]) -> Tensor:
        """Map pictures (B, S, S, 3), S a multiple of 8, to latents (B, 4, S / 8, S / 8) on the CPU, in float32."""
        found = []
        with torch.inference_mode():
            for start in range(0, len(pictures), BATCH):
                part = self.processor.preprocess(pictures[start : start + BATCH].astype(np.float32) / 255)
                latents = self.vae.encode(part.to(self.device, self.vae.dtype)).latent_dist.mode()
                found.append(latents.float().cpu())
        return torch.cat(found)

    def decode(self, latents: Tensor) -> list[Image.Image]:
        """Map latents (B, 4, h, w) to pictures of 8 h by 8 w pixels."""
        images: list[Any] = []
        with torch.inference_mode():
            for part in torch.split(latents, BATCH):
                made = self.vae.decode(part.to(self.device, self.vae.dtype), return_dict=False)[0]
                if self.safety_checker is not None:
                    made = self._checked(made)
                shown: Any = self.processor.postprocess(made.float(), output_type="pil")
                images += shown
        return images

    def _checked(self, made: Tensor) -> Tensor:
        """Return pictures with those blacked out that the safety checker refuses."""
        shown = self.processor.postprocess(made.float(), output_type="pil")
        seen = self.feature_extractor(shown, return_tensors="pt").pixel_values.to(self.device, self.dtype)
        _, refused = self.safety_checker(images=made, clip_input=seen)
        black = torch.tensor(refused, device=made.device)[:, None, None, None]
        return torch.where(black, -torch.ones_like(made), made)

    def encode_text(self, prompts: Sequence[str]) -> Tensor:
        """Map texts to what the network attends to (B, L, D); beyond ``L`` tokens a text is cut off."""
        length = int(self.tokenizer.model_max_length)
        options: dict[str, Any] = {"padding": "max_length", "max_length": length, "truncation": True}
        tokens = self.tokenizer(list(prompts), return_tensors="pt", **options).input_ids
        with torch.inference_mode():
            found: Tensor = self.text_encoder(tokens.to(self.device))[0]
        return found.to(self.dtype)

    def guidance_embedding(self, scale: float, count: int) -> Tensor | None:
        """Return what tells the network the guidance of so many pictures (B, D); None where it has no such input."""
        if not self.is_told_guidance:
            return None
        embed: Any = StableDiffusionImg2ImgPipeline.get_guidance_scale_embedding
        beyond = torch.tensor(scale - 1).repeat(count)
        found: Tensor = embed(None, beyond, embedding_dim=int(self.unet.config.time_cond_proj_dim))
        return found.to(self.device, self.dtype)

    def new_scheduler(self, steps: int, name: str = "") -> Any:
        """Return a scheduler for one call of so many steps: one of ``SCHEDULERS``, or of the model's own class.

        Raises:
            Misuse: it takes fewer steps.
        """
        kind = SCHEDULERS[name] if name else type(self.scheduler)
        scheduler = kind.from_config(self.scheduler.config)
        most = scheduler.config.get("original_inference_steps", steps)  # of latent consistency
        if steps > most:
            raise Misuse("argument_out_of_range", name="steps", low=1, high=most, given=steps)
        scheduler.set_timesteps(steps, device=self.device)
        return scheduler

    def unknown_words(self, prompt: str) -> list[str]:
        """Return the words of a text that the model was not taught, in lower case and in order, each once.

        Punctuation is none; another sign, such as an emoji, is.
        """
        if self.words is None:
            return []
        backend = self.tokenizer.backend_tokenizer
        unknown: list[str] = []
        normal = backend.normalizer.normalize_str(prompt).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
        for word in "".join(" " if is_mark(sign) else sign for sign in normal).split():
            part = word.strip("'")
            tokens = [part[start:end] for _, (start, end) in backend.pre_tokenizer.pre_tokenize_str(part)]
            if any(token != "'" and token not in self.words for token in tokens):
                unknown.append(part)
        return list(dict.fromkeys(unknown))


def is_mark(sign: str) -> bool:
    """Say whether a sign stands between words; an apostrophe may be within one."""
    return sign != "'" and (unicodedata.category(sign).startswith("P") or (sign.isascii() and not sign.isalnum()))


def encoder_sha256(vae: Any) -> str:
    """Return the digest of an autoencoder's encoder, in half precision."""
    digest = hashlib.sha256()
    for module in (vae.encoder, vae.quant_conv):
        for name, value in module.state_dict().items():
            digest.update(name.encode() + value.half().cpu().numpy().tobytes())
    return digest.hexdigest()
