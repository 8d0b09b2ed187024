"""How good reconstructions and samples are, and how Gaussian the codes."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import stats
from torch import Tensor

from pipelines.data.resident import to_unit
from pipelines.metrics.pictures import pair_metrics
from pipelines.scattering.pictures import Pixels, as_rgb
from pipelines.scattering.sampling import BATCH, Decode, decode_all


def reconstruction_metrics(decode: Decode, codes: Tensor, pictures: Pixels) -> dict[str, float]:
    """Return ``psnr`` (dB), ``ssim`` and ``n``, means over pictures.

    Args:
        decode: the decoder.
        codes: (N, D), without noise.
        pictures: (N, C, S, S), of which the codes are.
    """
    return pair_metrics(decode_all(decode, codes), as_rgb(pictures))


def l1_loss(decode: Decode, codes: Tensor, pictures: Pixels) -> float:
    """Return the mean absolute difference in [-1, 1], the loss that the decoder is taught with.

    Args:
        decode: the decoder.
        codes: (N, D), with noise where it is taught with noise.
        pictures: (N, C, S, S).
    """
    batches = zip(torch.split(codes, BATCH), torch.split(torch.from_numpy(pictures), BATCH), strict=True)
    total = sum(float((decode(code).cpu() - to_unit(batch)).abs().sum()) for code, batch in batches)
    return total / pictures.size


def gaussianity(codes: NDArray[np.float32]) -> dict[str, float]:
    """Say how far codes are from N(0, I).

    Args:
        codes: (N, D), with noise where the decoder is taught with noise.

    Returns:
        Means over components of the absolute ``code_skewness`` and ``code_excess_kurtosis`` and of the
        Kolmogorov-Smirnov statistic to N(0, 1), ``code_ks``; ``code_ks_rejected``, the share of components whose
        normality that test rejects at 1%; ``code_variance``, the mean variance; of the squared norm, which is
        chi-square with D degrees of freedom for a Gaussian, the Kolmogorov-Smirnov statistic ``code_norm_ks`` and the
        ratio of its variance to 2 D, ``code_norm_dispersion``. Nothing where there are too few codes to vary.
    """
    wide = codes.astype(np.float64)
    wide = wide[:, wide.std(axis=0) > 0]  # what is whitened to nothing is no variable
    dim = wide.shape[1]
    if dim == 0:
        return {}
    tests = [stats.kstest(component, "norm") for component in wide.T]
    norms = np.square(wide).sum(axis=1)
    return {
        "code_skewness": float(np.abs(stats.skew(wide, axis=0)).mean()),
        "code_excess_kurtosis": float(np.abs(stats.kurtosis(wide, axis=0)).mean()),
        "code_variance": float(wide.var(axis=0).mean()),
        "code_ks": float(np.mean([test.statistic for test in tests])),
        "code_ks_rejected": float(np.mean([test.pvalue < 0.01 for test in tests])),
        "code_norm_ks": float(stats.kstest(norms, "chi2", args=(dim,)).statistic),
        "code_norm_dispersion": float(norms.var() / (2 * dim)),
    }
