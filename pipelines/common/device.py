"""Which device computes, and in which number format."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import torch

from pipelines.common.errors import Misuse


@dataclass(frozen=True)
class Placement:
    """Where a model lives and how it computes.

    Attributes:
        device: where its weights are.
        dtype: number format of convolutions and matrix products under ``autocast``; float32 means no autocast.
    """

    device: torch.device
    dtype: torch.dtype

    def autocast(self) -> contextlib.AbstractContextManager[object]:
        """Return the context in which the model should run."""
        if self.dtype == torch.float32:
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, dtype=self.dtype)


def choose(device: str = "auto") -> Placement:
    """Return the placement for a device name.

    Args:
        device: ``auto`` (the best there is), ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.

    Raises:
        Misuse: the machine has no such device.
    """
    available = available_devices()
    if device == "auto":
        device = available[0]
    kind, _, number = device.partition(":")
    if kind not in available or (number and not (number.isdigit() and int(number) < torch.cuda.device_count())):
        raise Misuse("device_unknown", given=device, allowed=", ".join(available))
    chosen = torch.device(device)
    return Placement(chosen, torch.bfloat16 if bf16_pays(chosen) else torch.float32)


def available_devices() -> list[str]:
    """Return the kinds of device this machine has, best first; ``cpu`` is always last."""
    found = []
    if torch.cuda.is_available():
        found.append("cuda")
    if torch.backends.mps.is_available():
        found.append("mps")
    return [*found, "cpu"]


def gpu_memory() -> list[tuple[float, float]]:
    """Return used and whole memory of each GPU, in GB; empty where there is none."""
    if not torch.cuda.is_available():
        return []
    found = (torch.cuda.mem_get_info(number) for number in range(torch.cuda.device_count()))
    return [((total - free) / 1e9, total / 1e9) for free, total in found]


def bf16_pays(device: torch.device) -> bool:
    """Say whether bfloat16 is faster than float32 there: Ampere or newer, or a CPU with bf16 instructions."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device)[0] >= 8
    if device.type == "cpu":
        return cpu_has_bf16()
    return False


def memory_format(device: torch.device) -> torch.memory_format:
    """Return the layout in which training is faster there: channels last but on a CPU that lacks bfloat16.

    There, in float32 under AVX2, gradients of weights take up to twice as long in channels last.
    """
    slow = device.type == "cpu" and not cpu_has_bf16()
    return torch.contiguous_format if slow else torch.channels_last


def cpu_has_bf16() -> bool:
    """Say whether the processor multiplies bfloat16 in hardware (AVX-512 BF16, AMX; Arm's BF16)."""
    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return any(capabilities.get(name, False) for name in ("amx_bf16", "avx512_bf16", "bf16"))
