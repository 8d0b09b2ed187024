"""Extractors that are trained networks: EfficientNet-Lite0, our own classifier, Inception where it is given."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipelines.backbones import inception as inception_v3
from pipelines.backbones import lite0, wide_resnet
from pipelines.metrics.extractors import HASH_DIGITS, Features, Pictures, batches
from pipelines.weights import hub

LITE0_BATCH = 4  # pictures at a time: beyond it a processor's caches do not hold what is between its layers


def efficientnet_lite0() -> NetworkExtractor:
    """Open EfficientNet-Lite0: its pooled features of ImageNet (1280), each picture seen at 224 x 224."""
    backbone, sha256 = _lite0()
    head = backbone.network.classifier
    return NetworkExtractor("efficientnet_lite0", sha256, backbone.pooled, head, 224, LITE0_BATCH)


def efficientnet_lite0_places() -> MapExtractor:
    """Open EfficientNet-Lite0: its maps at stride 16 (112 x 14 x 14), place by place, so that it counts what is where.

    They hold a picture's content through changes of style under which pooled features go astray.
    """
    backbone, sha256 = _lite0()
    levels = lite0.BLOCKS.index(4) + 1
    return MapExtractor("efficientnet_lite0_places", sha256, lambda x: backbone.features(x, levels)[-1], 224)


def efficientnet_lite0_style(side: int) -> MapExtractor:
    """Open EfficientNet-Lite0: mean and standard deviation of each channel of its maps at five scales (1024 numbers).

    They tell the style of a picture, and little of what is on it (Huang and Belongie, Arbitrary style transfer, 2017).

    Args:
        side: at which it sees pictures, pixels: their own, since textures change with the size.
    """
    backbone, sha256 = _lite0()

    def statistics(x: Tensor) -> Tensor:
        pairs = [torch.std_mean(maps, dim=(2, 3), correction=0, keepdim=True) for maps in backbone.features(x)]
        return torch.cat([one for pair in pairs for one in pair], dim=1)

    return MapExtractor("efficientnet_lite0_style", sha256, statistics, side)


def classifier(name: str | Path = wide_resnet.NAME) -> NetworkExtractor:
    """Open our classifier: its pooled features, each picture seen at the size it was taught on.

    Args:
        name: of bundled weights, by which the extractor is called, or another folder's.

    Raises:
        Misuse: no such weights.
    """
    folder = hub.resolve(name)
    network = wide_resnet.WideResNet.from_weights(folder)
    sha256 = hub.weights_sha256(folder)[:HASH_DIGITS]
    called = wide_resnet.OF_PHOTOGRAPHS.replace("-", "_") if name == wide_resnet.OF_PHOTOGRAPHS else "classifier"
    return NetworkExtractor(
        called, sha256, network.pooled, network.head, network.size, batch=250, classes=network.classes
    )


def inception(path: Path) -> NetworkExtractor:
    """Open Inception-v3 from a file: its pooled features (2048), each picture seen at 299 x 299.

    With these features alone a Frechet distance is called FID. The weights are torchvision's; those of the original
    FID are TensorFlow's, of a network that pools a little differently. Compare the figures only among themselves, not
    with published ones.

    Args:
        path: torchvision's state dict, as .safetensors or .pth.

    Raises:
        Misuse: no such file, or one that does not fit the network.
    """
    network = inception_v3.InceptionV3.from_file(path)
    sha256 = inception_v3.file_sha256(path)[:HASH_DIGITS]
    return NetworkExtractor("inception", sha256, network.pooled, network.head, inception_v3.SIDE, batch=8)


@dataclass(frozen=True)
class NetworkExtractor:
    """A frozen network with a linear layer at its end.

    Attributes:
        name: snake_case.
        sha256: first digits of its weights' digest.
        pooled: maps pictures (B, 3, side, side) in [-1, 1] to features (B, D).
        head: maps features (B, D) to logits (B, C).
        side: at which it sees pictures, pixels.
        batch: how many it sees at a time.
        classes: names in the order of the logits, where they are known.
    """

    name: str
    sha256: str
    pooled: Callable[[Tensor], Tensor]
    head: Callable[[Tensor], Tensor]
    side: int
    batch: int = 16
    classes: tuple[str, ...] = ()

    def features(self, pictures: Pictures) -> Features:
        """Return the features (N, D) of pictures (N, H, W, 3), enlarged or reduced bilinearly."""
        with torch.inference_mode():
            found = [self.pooled(batch) for batch in batches(pictures, self.side, self.batch)]
        return torch.cat(found).double().numpy()

    def probabilities(self, features: Features) -> NDArray[np.float64]:
        """Return the probabilities (N, C) of the network's classes."""
        with torch.inference_mode():
            logits = self.head(torch.from_numpy(features).float())
        return logits.double().softmax(dim=1).numpy()


@dataclass(frozen=True)
class MapExtractor:
    """A feature map of a frozen network, flattened.

    Attributes:
        name: snake_case.
        sha256: first digits of the weights' digest.
        maps: maps pictures (B, 3, side, side) in [-1, 1] to (B, C, H, W).
        side: at which it sees pictures, pixels.
    """

    name: str
    sha256: str
    maps: Callable[[Tensor], Tensor]
    side: int

    def features(self, pictures: Pictures) -> Features:
        """Return the features (N, C x H x W) of pictures (N, H, W, 3), enlarged or reduced bilinearly."""
        with torch.inference_mode():
            found = [self.maps(batch).flatten(1) for batch in batches(pictures, self.side, LITE0_BATCH)]
        return torch.cat(found).double().numpy()


def _lite0() -> tuple[lite0.EfficientNetLite0, str]:
    """Return the bundled network, opened once for all extractors, and the first digits of its weights' digest."""
    folder = hub.resolve(lite0.NAME)
    sha256 = hub.weights_sha256(folder)[:HASH_DIGITS]
    return _opened_lite0(folder, sha256), sha256


@functools.lru_cache(maxsize=1)
def _opened_lite0(folder: Path, sha256: str) -> lite0.EfficientNetLite0:
    # Its convolutions channel by channel are faster with each pixel's channels side by side.
    return lite0.EfficientNetLite0.from_pretrained(folder).to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]
