"""The patch discriminator of pix2pix."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

from torch import Tensor, nn

from pipelines.nn.unet import init_gan_weights

Norm = Literal["batch", "instance"]
NORMS: dict[str, Callable[[int], nn.Module]] = {
    "batch": nn.BatchNorm2d,
    "instance": partial(nn.InstanceNorm2d, affine=True),
}


class PatchDiscriminator(nn.Module):
    """Tell for every overlapping patch of a picture whether it is real or made (PatchGAN, Isola et al., 2017).

    With three strided layers each logit sees 70 x 70 pixels.

    Args:
        in_channels: channels of the input; a conditional discriminator gets condition and picture concatenated.
        base_channels: channels after the first layer, doubled by each next one.
        strided_layers: layers of stride 2; 3 gives the receptive field of 70.
        norm: ``batch``, or ``instance``, which does not mix the pictures of a batch: a gradient penalty needs that.
    """

    def __init__(
        self, in_channels: int, base_channels: int = 64, strided_layers: int = 3, norm: Norm = "batch"
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(in_channels, base_channels, 4, 2, 1), nn.LeakyReLU(0.2)]
        channels = base_channels
        for number in range(1, strided_layers + 1):
            stride = 2 if number < strided_layers else 1
            out_channels = base_channels * min(2**number, 8)
            layers += [
                nn.Conv2d(channels, out_channels, 4, stride, 1, bias=False),
                NORMS[norm](out_channels),
                nn.LeakyReLU(0.2),
            ]
            channels = out_channels
        layers.append(nn.Conv2d(channels, 1, 4, 1, 1))
        self.layers = nn.Sequential(*layers)
        init_gan_weights(self)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to one logit a patch, (B, 1, h, w)."""
        logits: Tensor = self.layers(x)
        return logits


def receptive_field(module: nn.Module) -> int:
    """Return how many input pixels, on a side, one output of a chain of convolutions sees."""
    size, jump = 1, 1
    for part in module.modules():
        if isinstance(part, nn.Conv2d):
            kernel: Any = part.kernel_size[0]
            stride: Any = part.stride[0]
            size += (kernel - 1) * jump
            jump *= stride
    return size
