from __future__ import annotations

import numpy as np
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio
from torchmetrics.functional.image import structural_similarity_index_measure

from pipelines.metrics.pictures import colorfulness, mean_l1, psnr, ssim


def pair(seed: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    real = np.kron(rng.integers(0, 256, (12, 10, 3)), np.ones((6, 6, 1)))
    return (real + rng.normal(0, noise, real.shape)).clip(0, 255).astype(np.uint8), real.astype(np.uint8)


@pytest.mark.parametrize("noise", [0, 2, 10, 40, 120])
def test_ssim_agrees_with_torchmetrics(noise: float) -> None:
    made, real = pair(3, noise)
    tensors = [torch.from_numpy(one).permute(2, 0, 1)[None].double() for one in (made, real)]
    _, everywhere = structural_similarity_index_measure(*tensors, data_range=255.0, sigma=1.5, return_full_image=True)
    inside = everywhere[..., 5:-5, 5:-5]  # torchmetrics counts the border too, where no whole window fits
    assert ssim(made, real) == pytest.approx(inside.mean().item(), abs=1e-6)


def test_ssim_falls_with_noise_and_is_symmetric() -> None:
    values = [ssim(*pair(3, noise)) for noise in (0, 5, 20, 80)]
    assert values[0] == pytest.approx(1) and values == sorted(values, reverse=True) and values[-1] < 0.7
    made, real = pair(3, 20)
    assert ssim(made, real) == pytest.approx(ssim(real, made))


def test_l1_by_hand() -> None:
    black, white = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 255, np.uint8)
    assert (mean_l1(black, black), mean_l1(black, white), mean_l1(white, black)) == (0, 1, 1)
    half = black.copy()
    half[:2] = 51
    assert mean_l1(half, black) == pytest.approx(0.1)


@pytest.mark.parametrize("noise", [2, 10, 40])
def test_psnr_agrees_with_scikit_image(noise: float) -> None:
    made, real = pair(3, noise)
    assert psnr(made, real) == pytest.approx(peak_signal_noise_ratio(real, made, data_range=255))


def test_psnr_of_equal_pictures_has_no_bound() -> None:
    made, real = pair(3, 0)
    assert psnr(made, real) == float("inf")


def test_colorfulness_by_hand() -> None:
    grey, red = np.full((4, 4, 3), 90, np.uint8), np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 200
    assert colorfulness(grey) == 0 and colorfulness(red) == pytest.approx(0.3 * np.hypot(200, 100))
    half = red.copy()
    half[:2, :, 0] = 0  # means and deviations are each 100 and 50
    assert colorfulness(half) == pytest.approx(1.3 * np.hypot(100, 50))
