"""Settings of the autoencoder's training, and the presets."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from pipelines.common.errors import Misuse
from pipelines.training.config import MAX_EVALUATED, MAX_STEPS, TrainingConfig, Weight

PATCH = 24  # pixels a side that the discriminator of patches needs


class AutoencoderConfig(TrainingConfig):
    """Settings of the autoencoder's training."""

    size: Literal[32, 64, 128, 256] = Field(128, description="side of the training pictures, pixels")
    crop: int = Field(0, ge=0, le=256, multiple_of=8, description="side of the parts that are learned, pixels; 0: all")
    parts: int = Field(1, ge=1, le=64, description="how many parts of each picture")
    styled: float = Field(0.4, ge=0, le=1, description="share of training pictures that are drawn in a style first")
    decoder_of: str | None = Field(
        None, description="run folder, or name or folder of weights, whose decoder learns on, alone"
    )
    restyled_by: str | None = Field(
        None, description="weights, or folder of an export, on whose drawings decoder_of's decoder learns as well"
    )
    restyled: float = Field(0.5, ge=0, le=1, description="share of pictures whose latents restyled_by draws")
    exchanged: float = Field(
        0.3, ge=0, le=1, description="share of training pictures whose red, green, blue change places"
    )
    latent_channels: int = Field(4, ge=1, le=16, description="of the latents, an eighth as large each way")
    autoencoder_channels: int = Field(
        32, ge=8, le=128, multiple_of=8, description="at full size; twice as many after each halving"
    )
    autoencoder_layers: int = Field(1, ge=1, le=3, description="residual blocks at each size")
    learning_rate: float = Field(4e-4, gt=0, le=0.1, description="rate of Adam (0.9, 0.99)")
    l1_weight: Weight = Field(1.0, description="of the mean absolute difference")
    coarse_weight: Weight = Field(2.0, description="likewise of means over 8 x 8 pixels: hues that are rare count too")
    color_weight: Weight = Field(0.5, description="of what latents do not tell linearly of each square's mean colour")
    perceptual_weight: Weight = Field(0.2, description="of the distance in VGG features")
    texture_weight: Weight = Field(0.0, description="of the distance of drawings' textures, VGG Gram matrices")
    kl_weight: Weight = Field(1e-4, description="of the divergence of latents from N(0, I), a mean over numbers")
    perceptual_scale: float = Field(0.5, ge=0.25, le=1, description="of pictures whose VGG features are compared")
    adversarial_weight: Weight = Field(0.02, description="of a discriminator; 0: there is none")
    discriminator: Literal["patch", "projected"] = Field("patch", description="of patches, or of VGG features")
    adversarial_from: int = Field(2000, ge=0, le=MAX_STEPS, description="step at which the discriminator begins")
    discriminator_channels: int = Field(32, ge=8, le=128, description="of its first layer, or of its heads")
    discriminator_rate: float = Field(2e-4, gt=0, le=0.1, description="rate of its Adam (0.5, 0.9)")
    evaluated: int = Field(300, ge=2, le=MAX_EVALUATED, description="held-out pictures per evaluation while training")

    @model_validator(mode="after")
    def check_crop(self) -> Self:
        """Refuse parts in which a discriminator of patches finds no patch."""
        if self.adversarial_weight and self.discriminator == "patch" and 0 < self.crop < PATCH:
            detail = f"must be 0, or {PATCH} or more, with a discriminator of patches"
            raise Misuse("setting_invalid", name="crop", detail=detail)
        return self


PRESETS: dict[str, dict[str, Any]] = {
    "smoke": {"size": 32, "autoencoder_channels": 8, "perceptual_weight": 0.0, "adversarial_from": 5}
    | {"batch_size": 4, "steps": 40, "preview_every": 20, "evaluate_every": 40, "checkpoint_every": 10}
    | {"discriminator_channels": 8, "log_every": 5, "evaluated": 8},
    "cpu": {"crop": 32, "parts": 4, "batch_size": 4, "steps": 16000, "learning_rate": 8e-4, "adversarial_weight": 0.0}
    | {"autoencoder_channels": 16, "schedule": "constant"}
    | {"preview_every": 1000, "evaluate_every": 2000, "checkpoint_every": 250},
    # After it, with start_from: larger parts, and textures, so that latents tell them too.
    "cpu-textures": {"crop": 64, "parts": 2, "batch_size": 4, "steps": 8000, "learning_rate": 5e-4, "styled": 0.6}
    | {"autoencoder_channels": 16, "adversarial_weight": 0.0}
    | {"perceptual_weight": 0.3, "perceptual_scale": 1.0, "texture_weight": 1.0, "coarse_weight": 4.0}
    | {"color_weight": 1.0, "ema_decay": 0.998}
    | {"preview_every": 500, "evaluate_every": 2000, "checkpoint_every": 250},
    # After that, with start_from: whole pictures, by their pixels alone, so that latents tell as much as they can.
    "cpu-pixels": {"batch_size": 6, "steps": 4000, "learning_rate": 8e-4, "coarse_weight": 1.0, "color_weight": 1.0}
    | {"autoencoder_channels": 16, "adversarial_weight": 0.0, "perceptual_weight": 0.0, "ema_decay": 0.998}
    | {"preview_every": 500, "evaluate_every": 500, "checkpoint_every": 250},
    # After that, with decoder_of: textures of drawings count a little: more would cover photographs with marks. The
    # latents stay, so that the diffusion model can be taught on them meanwhile.
    "cpu-decoder": {"batch_size": 3, "steps": 3000, "learning_rate": 4e-4, "styled": 0.7, "coarse_weight": 1.0}
    | {"autoencoder_channels": 16, "adversarial_weight": 0.0, "perceptual_weight": 0.0, "perceptual_scale": 1.0}
    | {"texture_weight": 0.12, "kl_weight": 0.0, "color_weight": 0.0, "ema_decay": 0.998}
    | {"preview_every": 500, "evaluate_every": 500, "checkpoint_every": 250},
    "gpu": {"batch_size": 64, "steps": 20000, "adversarial_from": 8000, "workers": 14}
    | {"preview_every": 1000, "evaluate_every": 5000, "checkpoint_every": 1000},
}
