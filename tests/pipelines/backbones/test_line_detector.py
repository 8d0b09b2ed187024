from __future__ import annotations

import numpy as np
import torch

from pipelines.backbones.line_detector import NAME, LineDetector
from pipelines.weights import hub


def test_logits_of_the_picture_s_own_size() -> None:
    torch.manual_seed(0)
    made = LineDetector(base_channels=4, levels=3).eval()(torch.rand(2, 3, 64, 96) * 2 - 1)
    assert made.shape == (2, 1, 64, 96)


def test_the_bundled_one_is_small_and_draws_an_outline() -> None:
    assert (hub.resolve(NAME) / "model.safetensors").stat().st_size < 2e6
    picture = torch.full((1, 3, 256, 256), 0.8)
    picture[..., 64:192, 64:192] = -0.6
    with torch.inference_mode():
        found = LineDetector.from_weights().probabilities(picture)[0, 0].numpy()
    border = np.zeros((256, 256), bool)
    border[60:196, 60:196], border[70:186, 70:186] = True, False
    assert found[128, 60:70].max() > 0.5 and found[60:70, 128].max() > 0.5
    assert found[border].mean() > 5 * found[~border].mean()
