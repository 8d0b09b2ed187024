from __future__ import annotations

import pytest
import torch

from pipelines.nn.spectral import SpectralConv2d


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_no_picture_is_made_stronger(precision: torch.dtype) -> None:
    torch.manual_seed(1)
    layer = SpectralConv2d(6, 6, 1)
    weight = layer.conv.parametrizations.weight.original  # type: ignore[union-attr, index]
    torch.nn.init.normal_(weight, 0, 5)
    torch.nn.init.zeros_(layer.conv.bias)  # type: ignore[arg-type]
    columns = torch.eye(6)[..., None, None]  # of a 1 x 1 kernel: its matrix
    with torch.autocast("cpu", precision, enabled=precision != torch.float32):
        for _ in range(60):
            made = layer(columns)
    gain = torch.linalg.svdvals(made.detach().float()[..., 0, 0]).max()
    assert float(gain) == pytest.approx(1, abs=0.01)
