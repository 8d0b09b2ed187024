"""Settings of pix2pix's training, and the presets."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipelines.training.config import MAX_EVALUATED, MAX_WEIGHT, TrainingConfig

Direction = Literal["edges_to_picture", "picture_to_edges"]
RecipeName = Literal["lsgan", "wgan", "wgan-gp", "msgan", "projected"]


class Pix2PixConfig(TrainingConfig):
    """Settings of pix2pix's training; defaults follow pix2pix (Isola et al., 2017)."""

    size: Literal[64, 128, 256] = Field(256, description="side of the pictures, pixels")
    direction: Direction = Field("edges_to_picture", description="what is given and what is made")
    base_channels: int = Field(28, ge=4, le=128, description="generator's channels at half resolution")
    levels: int = Field(7, ge=3, le=8, description="halvings in the generator; at most log2 of the size")
    discriminator_channels: int = Field(48, ge=4, le=128, description="discriminator's channels after its first layer")
    adversarial: RecipeName = Field("lsgan", description="adversarial loss with its usual optimisers and weights")
    l1_weight: float | None = Field(None, ge=0, le=MAX_WEIGHT, description="weight of the L1 distance; none: usual")
    perceptual_weight: float | None = Field(None, ge=0, le=MAX_WEIGHT, description="of the VGG distance; likewise")
    learning_rate: float | None = Field(None, gt=0, le=0.1, description="rate of both networks; none: the loss's own")
    maps: str | None = Field(None, description="folder of line maps that prepare lines wrote; half the lines from it")
    white: float = Field(0.6, ge=0, le=1, description="share of white backgrounds; the rest are plain colours")
    evaluated: int = Field(64, ge=1, le=MAX_EVALUATED, description="held-out pictures per evaluation while training")


# name        size  batch  steps   base  D    every: preview evaluate checkpoint
PRESETS: dict[str, dict[str, int]] = {
    "smoke": {"size": 64, "levels": 6, "batch_size": 8, "steps": 40, "base_channels": 8, "discriminator_channels": 8}
    | {"preview_every": 20, "evaluate_every": 40, "checkpoint_every": 10, "log_every": 5, "evaluated": 8},
    "small": {"size": 128, "batch_size": 16, "steps": 9000, "workers": 1},
    "full": {"size": 256, "batch_size": 8, "steps": 60000, "workers": 1},
}
