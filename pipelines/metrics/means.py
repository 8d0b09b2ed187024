"""From one picture's metrics to those of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np


def means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of each metric over pictures, and their number ``n``."""
    values = np.asarray([list(row.values()) for row in rows], np.float64).mean(axis=0)
    return dict(zip(rows[0], values.tolist(), strict=True)) | {"n": float(len(rows))}
