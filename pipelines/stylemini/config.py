"""Settings of the diffusion model's training, and the presets."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from pipelines.common.errors import Misuse
from pipelines.common.home import studio_home
from pipelines.training.config import FREE_ON_RESUME, MAX_EVALUATED, TrainingConfig

SMALLEST = 32  # side of a picture that teachers draw in styles, pixels

Drawn = Literal[
    "oil painting",
    "watercolor",
    "pixel art",
    "metallic texture",
    "wood texture",
    "stained glass",
    "mosaic",
    "pencil sketch",
    "comic",
    "ukiyo-e print",
]


class StyleMiniConfig(TrainingConfig):
    """Settings of the diffusion model's training; its autoencoder is taught before."""

    free_on_resume: ClassVar[frozenset[str]] = FREE_ON_RESUME | {"latents", "pictures"}  # there may be more later

    autoencoder: str = Field("stylemini", description="weights, or folder of an export, whose vae makes the latents")
    latents: str | None = Field(None, description="folder that keeps latents; in the studio's own by default")
    size: int = Field(128, ge=32, le=256, multiple_of=32, description="side of the training pictures, pixels")
    small: float = Field(0.15, ge=0, le=1, description="share of batches of pictures half as large each way")
    pictures: int = Field(5000, ge=10, le=1_000_000, description="training pictures that are drawn in styles, at most")
    drawings: int = Field(6, ge=1, le=10, description="drawings of each, in as many styles by chance")
    channels: int = Field(96, ge=16, le=512, multiple_of=16, description="of the network at the latents' size")
    deep_channels: int = Field(160, ge=16, le=1024, multiple_of=16, description="likewise at half of it")
    layers: int = Field(1, ge=1, le=4, description="residual and attention blocks at each size")
    text_channels: int = Field(160, ge=32, le=1024, multiple_of=32, description="of the text encoder")
    text_layers: int = Field(2, ge=1, le=12, description="of the text encoder")
    learning_rate: float = Field(4e-4, gt=0, le=0.1, description="rate of AdamW (0.9, 0.99)")
    text_dropout: float = Field(0.1, ge=0, le=1, description="share of captions that are left out")
    source_dropout: float = Field(0.1, ge=0, le=1, description="share of sources that are left out")
    photos: float = Field(0.1, ge=0, le=1, description="share of targets that are the photograph itself")
    emphasized: list[Drawn] = Field([], description="styles that are chosen three times as often as others")
    evaluated: int = Field(256, ge=2, le=MAX_EVALUATED, description="held-out drawings per evaluation while training")

    @model_validator(mode="after")
    def check_small(self) -> Self:
        """Refuse half-size pictures too small to be drawn in styles."""
        if self.small and self.size < 2 * SMALLEST:
            raise Misuse("setting_invalid", name="size", detail=f"must be {2 * SMALLEST} or more, or small 0")
        return self

    @property
    def cache(self) -> Path:
        """The folder that keeps latents."""
        return Path(self.latents).expanduser() if self.latents else studio_home() / "latents"


PRESETS: dict[str, dict[str, Any]] = {
    "smoke": {"size": 32, "small": 0.0, "pictures": 20, "drawings": 2, "channels": 16, "deep_channels": 32}
    | {"text_channels": 32, "text_layers": 1, "batch_size": 4, "steps": 40, "evaluated": 8}
    | {"preview_every": 40, "evaluate_every": 40, "checkpoint_every": 10, "log_every": 5},
    "cpu": {"batch_size": 16, "steps": 60000, "preview_every": 1000, "evaluate_every": 2000, "checkpoint_every": 250},
    "gpu": {"batch_size": 256, "steps": 40000, "pictures": 20000, "drawings": 10, "learning_rate": 8e-4}
    | {"preview_every": 2000, "evaluate_every": 5000, "checkpoint_every": 1000},
}
