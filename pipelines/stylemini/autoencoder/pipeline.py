"""How the autoencoder is used: a picture through its latents and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from PIL import Image
from pydantic import Field
from torch import Tensor, nn

from pipelines.common.device import Placement
from pipelines.common.images import decode
from pipelines.data.entries import Source
from pipelines.data.resident import square
from pipelines.data.splits import spaced, split_source
from pipelines.pipeline import Arguments, Pipeline, Result
from pipelines.stylemini.autoencoder.data import held_out_squares
from pipelines.stylemini.autoencoder.evaluation import reconstruct_all, reconstruction_metrics
from pipelines.stylemini.autoencoder.networks import Autoencoder, open_autoencoder

EVALUATED = 2000  # held-out pictures at most


class AutoencoderArguments(Arguments):
    """What a call takes."""

    size: int | None = Field(None, ge=32, le=512, multiple_of=8, description="side of what is made; the training's")


class AutoencoderPipeline(Pipeline[Any]):
    """Encode a picture to latents and decode them.

    Example:
        >>> AutoencoderPipeline.from_pretrained("runs/autoencoder/exports/last")(Image.open("cat.jpg")).images[0]
    """

    system = "autoencoder"
    bundled = "stylemini"
    network_class = Autoencoder
    arguments_class = AutoencoderArguments
    seeded = False
    compares = False
    suffix = "decoded"

    @classmethod
    def open_network(cls, folder: Path, placement: Placement) -> nn.Module:
        """Open the autoencoder in diffusers' layout."""
        return open_autoencoder(folder)

    def __call__(self, image: Image.Image, *, size: int | None = None) -> Result:
        """Give a picture's middle square back through its latents.

        Args:
            image: of any size.
            size: side of what is made, 32 to 512, a multiple of 8; that of the training by default.

        Raises:
            Misuse: ``size`` out of its range, or no usable picture.
        """
        arguments = AutoencoderArguments.parse({"size": size})
        decoded = decode(image)
        made = reconstruct_all(self.reconstruct, square(decoded, size or self.size)[None])[0]
        return Result([Image.fromarray(made)], [self.made(decoded, arguments.call())])

    @property
    def size(self) -> int:
        """Side of the training pictures, pixels."""
        return int(self.network.config.sample_size)

    def encode(self, pictures: Tensor) -> Tensor:
        """Map pictures (B, 3, S, S) in [-1, 1] to latents (B, 4, S / 8, S / 8) of deviation about 1, on the CPU."""
        with torch.inference_mode(), self.placement.autocast():
            mode: Tensor = self.network.encode(pictures.to(self.placement.device)).latent_dist.mode()
        return mode.float().cpu() * float(self.network.config.scaling_factor)

    def decode(self, latents: Tensor) -> Tensor:
        """Map latents to pictures (B, 3, S, S), about in [-1, 1], on the CPU."""
        scaled = latents.to(self.placement.device) / float(self.network.config.scaling_factor)
        with torch.inference_mode(), self.placement.autocast():
            made: Tensor = self.network.decode(scaled).sample
        return made.float().cpu()

    def reconstruct(self, pictures: Tensor) -> Tensor:
        """Encode pictures and decode their latents."""
        return self.decode(self.encode(pictures))

    def row(self, image: Image.Image, result: Result) -> list[Image.Image]:
        """Return what was seen of the input, then what became of it."""
        return [Image.fromarray(square(decode(image), self.size)), *result.images]

    def evaluate(self, source: Source, *, seed: int, progress: bool = False) -> dict[str, Any]:
        """Return the metrics of ``reconstruction_metrics`` on at most 2,000 held-out pictures of a source.

        ``psnr_half`` and ``ssim_half`` are those of the same pictures at half the training's side.
        """
        entries = spaced(split_source(source, progress=progress).held_out, EVALUATED)
        of_size = {
            size: reconstruction_metrics(self.reconstruct, held_out_squares(source, entries, size))
            for size in (self.size, self.size // 2)
        }
        half = {f"{name}_half": value for name, value in of_size[self.size // 2].items() if name != "n"}
        return {**of_size[self.size], **half}
