from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor

from tests.pipelines.training.line import Line, fit_line


def attended(x: Tensor) -> str:
    """Return by what the gradient of attention over numbers (N, 1) would be taken."""
    rows = x.view(1, 1, -1, 1).repeat(1, 1, 1, 16)
    out = F.scaled_dot_product_attention(rows, rows, rows)
    return "" if out.grad_fn is None else out.grad_fn.name()


def test_attention_is_learned_through_plain_products_on_a_processor(tmp_path: Path) -> None:
    seen: list[str] = []

    class Attentive(Line):
        def step(self, batch: Mapping[str, Tensor], accelerator: Accelerator) -> dict[str, Tensor]:
            seen.append(attended(self.modules["line"](batch["x"])))
            return super().step(batch, accelerator)

    fit_line(tmp_path / "run", Attentive(), steps=2)
    assert len(seen) == 2 and all(name and "Flash" not in name for name in seen)
    assert "Flash" in attended(torch.ones(4, 1, requires_grad=True)), "by default, and after a training again"
