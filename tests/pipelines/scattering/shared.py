"""Settings of small trainings."""

from __future__ import annotations

from typing import Any

SMALL: dict[str, Any] = {"data": "synthetic:48", "size": 32, "scales": 2, "angles": 4, "components": 8}
QUICK: dict[str, Any] = {**SMALL, "device": "cpu", "precision": "fp32", "pca_batch": 16, "base_channels": 8}
QUICK |= {"batch_size": 8, "steps": 40, "evaluated": 4, "learning_rate": 3e-3, "ema_decay": 0.5, "seed": 1}
QUICK |= {"log_every": 5, "preview_every": 40, "evaluate_every": 40, "checkpoint_every": 20}
