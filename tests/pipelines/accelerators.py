"""Accelerate's view of the machine, for a step taken without a training around it."""

from __future__ import annotations

from accelerate import Accelerator
from accelerate.state import AcceleratorState, GradientState


def in_float32() -> Accelerator:
    """Return one that computes in float32 on the CPU, whatever a training of this process has asked for before."""
    AcceleratorState._reset_state()
    GradientState._reset_state()
    return Accelerator(cpu=True, mixed_precision="no")
