"""The U-Net that makes pictures of edges, or edges of pictures."""

from __future__ import annotations

from itertools import pairwise

from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, cat, nn

from pipelines.nn.unet import DownBlock, UpBlock, init_gan_weights


class Pix2PixGenerator(nn.Module, PyTorchModelHubMixin):
    """pix2pix's U-Net generator with a noise vector and a background colour at every level of the decoder.

    Args:
        in_channels: 1 for edges, 3 for a picture (the reverse direction).
        out_channels: 3 for a picture, 1 for edges.
        base_channels: channels at half resolution; doubled at each level up to ``max_multiplier`` times.
        levels: halvings; sides must be multiples of ``2 ** levels``. 7 at 256 px ends at 2 x 2.
        max_multiplier: widest level over ``base_channels``.
        noise_dim: length of the noise vector, a picture's color statistics.
        size: side of the pictures it was finished on, pixels; what the pipeline asks of it.
    """

    def __init__(
        self,
        in_channels: int = 1,
        out_channels: int = 3,
        base_channels: int = 20,
        levels: int = 7,
        max_multiplier: int = 8,
        noise_dim: int = 8,
        size: int = 256,
    ) -> None:
        super().__init__()
        self.in_channels, self.out_channels, self.noise_dim = in_channels, out_channels, noise_dim
        self.levels, self.size = levels, size
        condition_dim = noise_dim + 3
        widths = [base_channels * min(2**level, max_multiplier) for level in range(levels)]
        self.down = nn.ModuleList(
            DownBlock(given, made, activate=level > 0, normalize=0 < level < levels - 1)
            for level, (given, made) in enumerate(pairwise([in_channels, *widths]))
        )
        self.up = nn.ModuleList(
            [UpBlock(wide, narrow, narrow, condition_dim) for narrow, wide in reversed([*pairwise(widths)])]
            + [UpBlock(base_channels, in_channels, base_channels, condition_dim)]
        )
        self.head = nn.Conv2d(base_channels, out_channels, 3, padding=1)
        init_gan_weights(self)

    def forward(self, source: Tensor, noise: Tensor, background: Tensor) -> Tensor:
        """Make pictures.

        Args:
            source: (B, in_channels, H, W); edges are in [0, 1], 1 on a line; a picture in [-1, 1].
            noise: (B, noise_dim), N(0, I).
            background: (B, 3) in [-1, 1], the plain colour around the animal.

        Returns:
            (B, out_channels, H, W) in [-1, 1].
        """
        condition = cat([noise, background], dim=1)
        skips = [source]
        for block in self.down:
            skips.append(block(skips[-1]))
        x = skips.pop()
        for block in self.up:
            x = block(x, skips.pop(), condition)
        made: Tensor = self.head(x).tanh()
        return made
