"""EfficientNet-Lite0 on ImageNet: features at five scales, a pooled vector, class logits."""

from __future__ import annotations

from pathlib import Path
from types import MethodType
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from pipelines.weights import hub

NAME = "efficientnet-lite0"
BLOCKS = (0, 1, 2, 4, 6)  # the last block at each stride: 2, 4, 8, 16, 32
CHANNELS = (16, 24, 40, 112, 320)


class EfficientNetLite0(nn.Module):
    """The ImageNet classifier (Tan and Le, 2019; the Lite variant without squeeze-and-excite), never trained here.

    Pictures are (B, 3, H, W) in [-1, 1] at any size; 224 x 224 is what it was trained on.
    """

    def __init__(self) -> None:
        super().__init__()
        self.network: Any = untrained()

    @classmethod
    def from_pretrained(cls, name: str | Path = NAME) -> EfficientNetLite0:
        """Open the bundled weights, frozen and in evaluation mode."""
        backbone = cls()
        backbone.network.load_state_dict(load_file(hub.resolve(name) / "model.safetensors"))
        return backbone.eval().requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits of ImageNet's classes, (B, 1000)."""
        logits: Tensor = self.network(normalized(x))
        return logits

    def pooled(self, x: Tensor) -> Tensor:
        """Return the vector before the classifier, (B, 1280)."""
        vector: Tensor = self.network.forward_head(self.network.forward_features(normalized(x)), pre_logits=True)
        return vector

    def features(self, x: Tensor, levels: int = len(BLOCKS)) -> list[Tensor]:
        """Return the first so many of the maps at strides 2, 4, 8, 16 and 32, with ``CHANNELS`` channels.

        They are in channels last, which suits its depthwise convolutions, whatever layout what uses them is trained in.
        """
        x = normalized(x).contiguous(memory_format=torch.channels_last)
        x = self.network.bn1(self.network.conv_stem(x))
        maps: list[Tensor] = []
        for number, block in enumerate(self.network.blocks):
            if len(maps) == levels:
                break
            x = block(x)
            if number in BLOCKS:
                maps.append(x)
        return maps


def untrained() -> nn.Module:
    """Return timm's network with random weights; timm is imported here, since it takes a second."""
    import timm

    network: nn.Module = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and module.groups > 1 and module.stride > (1, 1):
            module.forward = MethodType(convolve_in_own_precision, module)  # type: ignore[method-assign]
    return network


def convolve_in_own_precision(conv: nn.Conv2d, x: Tensor) -> Tensor:
    """Convolve without autocast on a processor: oneDNN's bfloat16 gradient with a stride is several times slower."""
    if x.device.type != "cpu":
        return type(conv).forward(conv, x)
    with torch.autocast("cpu", enabled=False):
        return type(conv).forward(conv, x.to(conv.weight.dtype)).to(x.dtype)


def normalized(x: Tensor) -> Tensor:
    """Map [-1, 1] to the network's own range: (pixel - 127) / 128 of 0..255."""
    return (x * 127.5 + 0.5) / 128


def convert(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Rename a published state dict to timm's names.

    Both list the same tensors in the same order, so they are matched by position and checked by shape.

    Raises:
        ValueError: the two do not match.
    """
    wanted = untrained().state_dict()
    given = [value for name, value in state.items() if not name.endswith("num_batches_tracked")]
    names = [name for name in wanted if not name.endswith("num_batches_tracked")]
    if len(given) != len(names):
        raise ValueError(f"{len(given)} tensors where {len(names)} are needed")
    converted = {}
    for name, value in zip(names, given, strict=True):
        if value.shape != wanted[name].shape:
            raise ValueError(f"{name} is {tuple(value.shape)}, not {tuple(wanted[name].shape)}")
        converted[name] = value.to(torch.float16).contiguous()
    counters = {name: wanted[name] for name in wanted if name.endswith("num_batches_tracked")}
    return {**converted, **counters}
