"""The autoencoder's networks, which are diffusers' own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import Tensor, nn

from pipelines.common.errors import Misuse

GROUPS = 8  # of group norm
WIDTHS = (1, 2, 4, 8)


class Autoencoder(nn.Module):
    """Diffusers' autoencoder, whose ``forward`` is what a training needs (Rombach et al., 2022).

    Args:
        channels: at the picture's size; twice as many after each halving.
        layers: residual blocks at each size.
        latent_channels: of the latents.
        size: side of the training pictures, pixels; others work as well.
    """

    def __init__(self, channels: int = 32, layers: int = 1, latent_channels: int = 4, size: int = 128) -> None:
        super().__init__()
        self.vae: Any = AutoencoderKL(  # type: ignore[no-untyped-call]
            down_block_types=("DownEncoderBlock2D",) * len(WIDTHS),
            up_block_types=("UpDecoderBlock2D",) * len(WIDTHS),
            block_out_channels=tuple(channels * width for width in WIDTHS),
            layers_per_block=layers,
            latent_channels=latent_channels,
            norm_num_groups=GROUPS,
            sample_size=size,
        )

    def forward(self, pictures: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """Encode pictures, draw latents and decode them.

        Args:
            pictures: (B, 3, S, S) in [-1, 1], S a multiple of 8.
            given: latents (B, C, S / 8, S / 8) to decode in place of the pictures' own, where they are numbers.

        Returns:
            What is decoded (B, 3, S, S), not clipped; the latents (B, C, S / 8, S / 8) it is decoded from; and their
            divergence from N(0, I) in nats, a mean over their numbers.
        """
        posterior = self.vae.encode(pictures).latent_dist
        mean, log_variance = posterior.mean.float(), posterior.logvar.float()
        latents = mean + (0.5 * log_variance).exp() * torch.randn_like(mean)
        if given is not None:
            latents = torch.where(given.isnan(), latents, given)
        divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
        made: Tensor = self.vae.decode(latents.to(pictures.dtype)).sample
        return made.float(), latents, divergence


def hidden_color(latents: Tensor, pictures: Tensor) -> Tensor:
    """Return which share of the variance of coarse colours no linear function of the latents tells, 0 to 1.

    Least squares over the batch, from a latent's channels to the lightness, the red-green and the blue-yellow of the
    square it stands for; a mean over these three, so that each counts however small it is.

    Args:
        latents: (B, C, S / 8, S / 8).
        pictures: (B, 3, S, S) in [-1, 1].
    """
    red, green, blue = F.avg_pool2d(pictures, pictures.shape[-1] // latents.shape[-1]).unbind(1)
    wanted = torch.stack([(red + green + blue) / 3, red - green, (red + green) / 2 - blue], dim=-1).flatten(0, 2)
    wanted = wanted - wanted.mean(dim=0)
    given = latents.permute(0, 2, 3, 1).flatten(0, 2)
    given = given - given.mean(dim=0)
    ridge = 1e-4 * torch.eye(given.shape[1], device=given.device)
    readout = torch.linalg.solve(given.T @ given / len(given) + ridge, given.T @ wanted / len(given))
    left = (wanted - given @ readout).square().mean(dim=0)
    share: Tensor = (left / (wanted.square().mean(dim=0) + 1e-4)).mean()
    return share


def open_autoencoder(folder: Path) -> nn.Module:
    """Open a folder's ``vae``, frozen and in evaluation mode, in float32.

    Raises:
        Misuse: it is missing or damaged.
    """
    try:
        options = {"local_files_only": True, "use_safetensors": True}  # and never a pickle
        vae: Any = AutoencoderKL.from_pretrained(folder / "vae", **options)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise Misuse("weights_mismatch", name=folder.name, detail=str(error).splitlines()[0]) from error
    vae.register_to_config(_name_or_path="")  # what is exported with it says nothing of this machine
    frozen: nn.Module = vae.float().eval().requires_grad_(False)
    return frozen
