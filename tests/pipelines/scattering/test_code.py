from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch

from pipelines.common.errors import Misuse
from pipelines.nn.scattering import scatter
from pipelines.nn.scattering_size import coefficient_count
from pipelines.scattering.networks import ScatteringCode, ScatteringDecoder
from pipelines.scattering.principal import Method, fit_components, spans

SIZE, SCALES, ANGLES, DIM = 32, 2, 4, 8


def pictures(count: int, channels: int = 1, seed: int = 0) -> torch.Tensor:
    """Pictures of unequal roughness in [-1, 1]."""
    noise = torch.randn(count, channels, SIZE, SIZE, generator=torch.Generator().manual_seed(seed))
    smooth = torch.nn.functional.avg_pool2d(noise, 5, 1, 2)
    return (noise * torch.linspace(0, 0.4, count)[:, None, None, None] + 2 * smooth).clamp(-1, 1)


@pytest.fixture(scope="module")
def coefficients() -> np.ndarray[tuple[int, ...], np.dtype[np.float16]]:
    return scatter(pictures(60), SCALES, ANGLES).half().numpy()


def fitted(given: np.ndarray, noise: float = 0.0, method: Method = "full") -> ScatteringCode:  # type: ignore[type-arg]
    code = ScatteringCode(SIZE, 1, SCALES, ANGLES, DIM, noise)
    fit_components(code, given, method=method, batch=20, seed=0)
    return code


@pytest.mark.parametrize("method", ["full", "incremental"])
def test_codes_of_what_the_components_were_fitted_to_are_white(
    coefficients: np.ndarray[tuple[int, ...], np.dtype[np.float16]], method: Method
) -> None:
    code = fitted(coefficients, method=method)
    white = code.whiten(torch.from_numpy(coefficients)).double()
    assert white.mean(dim=0).abs().max() < 1e-3
    # Incremental components are those of the data up to what was forgotten of the first batches.
    assert (torch.cov(white.T) - torch.eye(DIM)).abs().max() < (1e-3 if method == "full" else 0.3)


def test_whitening_is_inverted_on_the_kept_components(
    coefficients: np.ndarray[tuple[int, ...], np.dtype[np.float16]],
) -> None:
    for noise in (0.0, 0.3):
        code = fitted(coefficients, noise)
        codes = torch.randn(5, DIM)
        back = code.coefficients(codes)
        assert torch.allclose(code.whiten(back) * code.signal, codes, atol=1e-3)
        given = torch.from_numpy(coefficients).float()
        projected = code.coefficients(code.whiten(given) * code.signal)
        lost = given - projected
        assert (lost @ code.components.T).abs().max() < 1e-3, "what is lost is orthogonal to what is kept"


def test_a_component_without_variance_has_a_finite_code() -> None:
    flat = np.zeros((20, coefficient_count(SIZE, 1, SCALES, ANGLES)), np.float16)
    flat[:, 0] = np.arange(20)
    for noise in (0.0, 0.1):
        code = fitted(flat, noise)
        codes = code.whiten(torch.from_numpy(flat)) * code.signal
        assert codes.isfinite().all() and codes[:, 1:].abs().max() == 0 and code.coefficients(codes).isfinite().all()


def test_noise_of_ssgm_by_the_formula(coefficients: np.ndarray[tuple[int, ...], np.dtype[np.float16]]) -> None:
    c = 0.2
    code = fitted(coefficients, c)
    lam = code.variances.double()
    a = (1 - c**2) / lam[0]
    projected = (torch.from_numpy(coefficients).float() - code.mean) @ code.components.T
    codes = projected.double() * a.sqrt() / (a * lam + c**2).sqrt()
    assert torch.allclose(code(pictures(60)).double(), codes, atol=0.02)
    assert torch.allclose(code.noise_deviations.double(), c / (a * lam + c**2).sqrt(), rtol=1e-4)
    assert float(code.noise_deviations[0]) == pytest.approx(c)
    assert all(one <= other for one, other in pairwise(code.noise_deviations.tolist())), "later ones drown in noise"


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.5, 0.9])
def test_code_and_noise_have_variance_one_together(
    coefficients: np.ndarray[tuple[int, ...], np.dtype[np.float16]], noise: float
) -> None:
    code = fitted(coefficients, noise)
    assert torch.allclose(code.signal.square() + code.noise_deviations.square(), torch.ones(DIM), atol=1e-5)
    codes = code(pictures(60))
    noisy = codes.repeat(400, 1) + code.noise_deviations * torch.randn(400 * 60, DIM)
    assert noisy.var(dim=0) == pytest.approx(np.ones(DIM), abs=0.06)


def test_without_noise_ssgm_is_sgm(coefficients: np.ndarray[tuple[int, ...], np.dtype[np.float16]]) -> None:
    code = fitted(coefficients, 0.0)
    assert torch.equal(code.signal, torch.ones(DIM)) and not code.noise_deviations.any()
    assert torch.equal(code(pictures(4)), code.whiten(scatter(pictures(4), SCALES, ANGLES)))


def test_components_in_half_precision_give_the_same_codes(
    coefficients: np.ndarray[tuple[int, ...], np.dtype[np.float16]],
) -> None:
    code = fitted(coefficients, 0.1)
    before = code(pictures(10, seed=5))
    assert torch.allclose(code.half().float()(pictures(10, seed=5)), before, atol=0.03)


def test_too_few_pictures_or_too_small_a_batch_are_refused(
    coefficients: np.ndarray[tuple[int, ...], np.dtype[np.float16]],
) -> None:
    code = ScatteringCode(SIZE, 1, SCALES, ANGLES, DIM)
    with pytest.raises(Misuse, match=f"too few .*{DIM}, for {DIM} components: at least {DIM + 1} "):
        fit_components(code, coefficients[:DIM], method="full", batch=20, seed=0)
    with pytest.raises(Misuse, match="pca_batch"):
        fit_components(code, coefficients, method="incremental", batch=DIM - 1, seed=0)


@pytest.mark.parametrize(("count", "batch", "least"), [(10, 4, 3), (8, 4, 3), (3, 4, 3), (9, 4, 1)])
def test_parts_cover_everything_once(count: int, batch: int, least: int) -> None:
    parts = spans(count, batch, least)
    assert [row for start, stop in parts for row in range(start, stop)] == list(range(count))
    assert all(stop - start >= least for start, stop in parts)


def test_decoder_of_the_published_widths() -> None:
    decoder = ScatteringDecoder()
    assert sum(weight.numel() for weight in decoder.parameters()) / 1e6 == pytest.approx(5.4, abs=0.05)


@pytest.mark.parametrize(("size", "channels"), [(32, 1), (64, 3), (128, 1)])
def test_decoder_makes_pictures_of_any_power_of_two(size: int, channels: int) -> None:
    decoder = ScatteringDecoder(DIM, size, channels, base_channels=4, max_channels=16).eval()
    made = decoder(torch.randn(2, DIM))
    assert made.shape == (2, channels, size, size) and made.abs().max() <= 1
