"""Medians of what is measured, and a line for each."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

REPEATS = 30


def report(what: str, value: float, unit: str) -> None:
    """Print one figure."""
    if unit == "s" and value < 1:
        value, unit = 1000 * value, "ms"
    print(f"{what:62} {value:8.2f} {unit}", flush=True)


def median(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median seconds of a call, after one to warm up."""
    call()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return statistics.median(times)
