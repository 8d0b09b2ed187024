"""A wider generator that begins with what a narrower one has learned (Net2Net; Chen et al., 2016)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from pipelines.biggan.config import BigGANConfig
from pipelines.common.errors import Misuse
from pipelines.training.beginning import Stage, averaged_to_begin_with

FIRST = "first.linear.bias"
# What is divided by the root beside the stream's statistics.
DIVIDED = (FIRST, "conv2.conv.bias", "shortcut.conv.bias", "norm2.shift.weight")
LAST_NORM = ("norm.weight", "norm.bias")


def begin_wider(modules: Mapping[str, nn.Module], config: BigGANConfig) -> Sequence[Stage]:
    """Load what a narrower generator has learned, and those who taught it where they are known.

    Returns:
        The trainings behind it.

    Raises:
        StudioError: there are no such weights, or they do not fit.
    """
    given = str(config.widened_from)
    if config.start_from:
        raise Misuse("setting_invalid", name="widened_from", detail="takes no start_from beside it")
    if config.shared_dim or config.attention:
        detail = "takes neither shared_dim nor attention"
        raise Misuse("setting_invalid", name="widened_from", detail=detail)
    weights, stages = averaged_to_begin_with(given, modules)
    try:
        narrow = weights["generator"]
        times, rest = divmod(modules["generator"].state_dict()[FIRST].numel(), narrow[FIRST].numel())
        if rest or not times:
            raise Misuse("setting_invalid", name="base_channels", detail=f"no multiple of that of {given}")
        fitting = {**weights, "generator": widened(narrow, times, seed=config.seed)}
        for name in modules.keys() & fitting.keys():
            modules[name].load_state_dict(fitting[name])
    except (KeyError, RuntimeError) as error:
        raise Misuse("weights_mismatch", name=given, detail=str(error).splitlines()[0]) from error
    return stages


def widened(state: Mapping[str, Tensor], times: int, *, noise: float = 0.05, seed: int = 0) -> dict[str, Tensor]:
    """Return weights of a generator with ``times`` as many channels that makes the same pictures, but for the noise.

    Each channel is there k times. A kernel K becomes k x k copies of K / k, whose largest singular value is K's: its
    spectral norm changes nothing. That of the first layer, whose input is not repeated, grows by the root of k: what it
    gives, and so what the blocks hand on, is divided by this root, and all that is added to it has to be. The last
    layer's input is that much larger for it, which the norm before it takes back.

    Copies that are equal would stay equal: noise tells them apart.

    Args:
        state: of a ``BigGANGenerator`` without attention and without a shared embedding.
        times: k, at least 1.
        noise: its deviation, as a share of that of each kernel.
        seed: of the noise.
    """
    draw, root = torch.Generator().manual_seed(seed), times**0.5
    wide = {}
    for name, tensor in state.items():
        layer, last = name.removesuffix(".parametrizations.weight.original"), name.startswith("last.conv")
        if layer != name:
            rows = 1 if last else times
            columns = 1 if layer == "first.linear" else times
            copies = tensor.repeat(rows, columns, *[1] * (tensor.dim() - 2)) / columns
            drawn = torch.randn(copies.shape, generator=draw).to(copies)
            wide[name] = copies + noise * copies.std() * drawn
        elif name.endswith("._u"):
            wide[name] = tensor if last else tensor.repeat(times) / root
        elif name.endswith("._v"):
            wide[name] = tensor if name.startswith("first.") else tensor.repeat(times) / root
        elif tensor.dim() == 0 or name == "last.conv.bias":
            wide[name] = tensor
        else:
            wide[name] = scaled(name, tensor, root).repeat(*[1] * (tensor.dim() - 1), times)
    return wide


def scaled(name: str, tensor: Tensor, root: float) -> Tensor:
    """Return a bias, a table or a statistic as it is where what blocks hand on is divided by ``root``."""
    if name.endswith("norm2.gain.weight"):
        return (1 + tensor) / root - 1  # the table's rows are added to 1
    if name.endswith(("norm1.norm.running_mean", "norm1.norm.running_var")) or name.startswith("norm.running"):
        return tensor / (root**2 if name.endswith("var") else root)
    return tensor / root if name.endswith(DIVIDED) or name in LAST_NORM else tensor
