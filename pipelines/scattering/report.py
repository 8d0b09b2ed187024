"""What is found of the codes of held-out pictures, kept beside the weights: why sampling works, and how well."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pipelines.scattering.evaluation import gaussianity

FILE = "codes.json"
SHOWN = (0, 7, 63)  # components whose quantiles are kept
QUANTILES = np.linspace(0.01, 0.99, 33)
BINS = 24


@dataclass(frozen=True)
class CodeReport:
    """Figures and curves of codes.

    Attributes:
        n: pictures.
        figures: those of ``gaussianity``.
        spectrum: each component's share of the variance of all that are kept, largest first.
        noise_shares: of each component's variance, what is noise in the decoder's training.
        normal_quantiles: of N(0, 1), at which the next are taken.
        quantiles: of components of the code, by their numbers from 1.
        norms: squared lengths at the middle of each bin.
        norm_density: share of codes per unit in each bin.
        norm_expected: likewise of the chi-square distribution with as many degrees of freedom as there are components.
    """

    n: int
    figures: dict[str, float]
    spectrum: list[float]
    noise_shares: list[float]
    normal_quantiles: list[float]
    quantiles: dict[str, list[float]]
    norms: list[float]
    norm_density: list[float]
    norm_expected: list[float]


def report_on(
    codes: NDArray[np.float32], variances: NDArray[np.float32], noise_deviations: NDArray[np.float32]
) -> CodeReport:
    """Report on codes.

    Args:
        codes: (N, dim) of held-out pictures, with noise where the decoder is taught with noise.
        variances: (dim,), of the components before they were whitened.
        noise_deviations: (dim,), of the noise in the code.
    """
    dim = codes.shape[1]
    norms = np.square(codes.astype(np.float64)).sum(axis=1)
    edges = np.linspace(0, max(2.5 * dim, float(np.quantile(norms, 0.99))), BINS + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    density = np.histogram(norms, edges)[0] / (len(norms) * np.diff(edges))
    shown = [number for number in SHOWN if number < dim]
    quantiles = {str(number + 1): rounded(np.quantile(codes[:, number], QUANTILES)) for number in shown}
    return CodeReport(
        n=len(codes),
        figures={name: round(value, 5) for name, value in gaussianity(codes).items()},
        spectrum=rounded(variances / variances.sum(), 6),
        noise_shares=rounded(np.square(noise_deviations)),
        normal_quantiles=rounded(stats.norm.ppf(QUANTILES)),
        quantiles=quantiles,
        norms=rounded(middles, 2),
        norm_density=rounded(density, 7),
        norm_expected=rounded(stats.chi2.pdf(middles, dim), 7),
    )


def rounded(values: NDArray[np.float64] | NDArray[np.float32], digits: int = 4) -> list[float]:
    """Return numbers as they are written."""
    return [round(float(value), digits) for value in values]


def write_report(report: CodeReport, folder: Path) -> None:
    """Write what ``read_report`` reads."""
    (folder / FILE).write_text(json.dumps(asdict(report)) + "\n")


def read_report(folder: Path) -> CodeReport | None:
    """Return a folder's report, None where it has none that can be read."""
    try:
        return CodeReport(**json.loads((folder / FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None
