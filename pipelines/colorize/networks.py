"""The generator that guesses colour from grey, its encoder its own or a frozen one, and the discriminator."""

from __future__ import annotations

import itertools
from typing import Self

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from pipelines.backbones import lite0
from pipelines.colorize.config import Encoder, Target
from pipelines.nn.unet import init_gan_weights


class ColorizeGenerator(nn.Module, PyTorchModelHubMixin):
    """A U-Net of five maps that pools by 4, 2, 2, 2 and comes back by nearest upsampling, joining the maps on the way.

    The published one has an encoder of its own (``plain``) of 32, 64, 128, 256 and 256 channels and makes RGB. Grey is
    given once, not as three equal channels, which is the same function of fewer weights.

    Args:
        encoder: ``plain``, trained with the rest; or ``lite0``: EfficientNet-Lite0's maps of the grey picture, frozen,
            so that it knows grass from sea, beside a stem of its own at full size.
        target: ``rgb``, as published, or ``ab``: the two chroma channels of CIELAB alone.
        base_channels: channels of the stem.
        size: side of the pictures it was taught on, pixels.
        vivid: what the vivid setting multiplies its chroma by.
        faithful: what the faithful setting does.
    """

    def __init__(
        self,
        encoder: Encoder = "plain",
        target: Target = "rgb",
        base_channels: int = 32,
        size: int = 128,
        vivid: float = 1.6,
        faithful: float = 1.0,
    ) -> None:
        super().__init__()
        self.target, self.size, self.vivid, self.faithful = target, size, vivid, faithful
        c = base_channels
        self.encoder: nn.Module = PlainEncoder(c) if encoder == "plain" else FrozenEncoder(c)
        widths = ((8, 8), (16, 4), (8, 2), (4, 1))  # from stride 32 to 16, 8, 4 and 1
        self.up = nn.ModuleList(ConvBlock(given * c, made * c) for given, made in widths)
        self.head = nn.Conv2d(2 * c, 3 if target == "rgb" else 2, 5, padding=2)
        init_gan_weights(self.up)
        init_gan_weights(self.head)

    def forward(self, grey: Tensor) -> Tensor:
        """Guess.

        Args:
            grey: (B, 1, H, W) in [-1, 1], CIELAB's lightness; sides are multiples of ``MULTIPLE``.

        Returns:
            (B, 3, H, W) in [-1, 1], RGB; or (B, 2, H, W) in [-1, 1], chroma over ``color.CHROMA``.
        """
        maps: list[Tensor] = self.encoder(grey)
        x = maps.pop()
        for block in self.up:
            skip = maps.pop()
            x = torch.cat([block(F.interpolate(x, size=skip.shape[-2:], mode="nearest")), skip], dim=1)
        guessed: Tensor = self.head(x).tanh()
        return guessed


class ConvBlock(nn.Sequential):
    """Convolution, batch norm, ReLU; the size stays.

    Args:
        in_channels: of the input.
        out_channels: of the output.
        kernel: side of the kernel.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel: int = 3) -> None:
        super().__init__(
            nn.Conv2d(in_channels, out_channels, kernel, padding=kernel // 2, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
        )


class PlainEncoder(nn.Module):
    """The published encoder: a 5 x 5 stem, then average pooling by 4, 2, 2, 2 before a convolution each."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        widths = [channels * factor for factor in (1, 2, 4, 8, 8)]
        inner = (ConvBlock(given, made) for given, made in itertools.pairwise(widths))
        self.blocks = nn.ModuleList([ConvBlock(1, channels, 5), *inner])
        init_gan_weights(self)

    def forward(self, grey: Tensor) -> list[Tensor]:
        """Return maps at strides 1, 4, 8, 16 and 32, which the decoder meets again on its way up."""
        maps = [self.blocks[0](grey)]
        for number, block in enumerate(self.blocks[1:]):
            maps.append(block(F.avg_pool2d(maps[-1], 4 if number == 0 else 2)))
        return maps


class FrozenEncoder(nn.Module):
    """EfficientNet-Lite0's maps, each brought to the decoder's width; nothing in the network itself is trained.

    The picture is shown at twice its size: the network knows pictures of 224 pixels. The weights are made at random
    here; ``load_backbone`` puts the pretrained ones in before a training, and an export holds them.
    """

    ENLARGED = 2

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.backbone = lite0.EfficientNetLite0()
        for name in ("conv_head", "bn2", "classifier"):  # what comes after the maps would only be carried along
            setattr(self.backbone.network, name, nn.Identity())
        self.backbone.eval().requires_grad_(False)
        self.stem = ConvBlock(1, channels, 5)
        widths = [channels * factor for factor in (2, 4, 8, 8)]
        self.bring = nn.ModuleList(
            ConvBlock(given, width, 1) for given, width in zip(lite0.CHANNELS[1:], widths, strict=True)
        )
        init_gan_weights(self.stem)
        init_gan_weights(self.bring)

    def load_backbone(self) -> None:
        """Put the bundled pretrained weights in."""
        pretrained = lite0.EfficientNetLite0.from_pretrained().state_dict()
        kept = self.backbone.state_dict()
        self.backbone.load_state_dict({name: pretrained[name] for name in kept})

    def train(self, mode: bool = True) -> Self:
        """Set training mode; the backbone stays in evaluation mode."""
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, grey: Tensor) -> list[Tensor]:
        """Return maps at strides 1, 4, 8, 16 and 32, which the decoder meets again on its way up."""
        large = F.interpolate(grey, scale_factor=float(self.ENLARGED), mode="bilinear", align_corners=False)
        with torch.no_grad():
            found = self.backbone.features(large.expand(-1, 3, -1, -1))[1:]
        maps = [F.avg_pool2d(block(one), self.ENLARGED) for block, one in zip(self.bring, found, strict=True)]
        return [self.stem(grey), *maps]


class ColorizeDiscriminator(nn.Module):
    """The published one: average pooling, pairs of 3 x 3 convolutions, instance norm, a logit a cell of 4 x 4.

    Args:
        in_channels: 3 for RGB alone, as published; 3 for lightness and chroma.
        base_channels: after the 5 x 5 stem, doubled at each level.
    """

    def __init__(self, in_channels: int = 3, base_channels: int = 16) -> None:
        super().__init__()
        c, layers = base_channels, []
        layers += norm_block(in_channels, c, 5)
        for level in range(4):
            wide = c * 2 ** (level + 1)
            layers += [nn.AvgPool2d(2), *norm_block(wide // 2, wide), *norm_block(wide, wide)]
        layers += [nn.AvgPool2d(2), *norm_block(16 * c, 32 * c), nn.AdaptiveAvgPool2d(4), nn.Conv2d(32 * c, 1, 1)]
        self.layers = nn.Sequential(*layers)
        init_gan_weights(self)

    def forward(self, picture: Tensor) -> Tensor:
        """Map (B, C, H, W) to logits (B, 1, 4, 4)."""
        logits: Tensor = self.layers(picture)
        return logits


def norm_block(in_channels: int, out_channels: int, kernel: int = 3) -> list[nn.Module]:
    """Return a convolution, instance norm and leaky ReLU."""
    conv = nn.Conv2d(in_channels, out_channels, kernel, padding=kernel // 2, bias=False)
    return [conv, nn.InstanceNorm2d(out_channels, affine=True), nn.LeakyReLU(0.2)]
