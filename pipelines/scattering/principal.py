"""Principal components of scattering coefficients, by scikit-learn: full, or incremental in bounded memory."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from pipelines.common.errors import Misuse
from pipelines.scattering.networks import ScatteringCode

Method = Literal["full", "incremental"]


def fit_components(
    code: ScatteringCode,
    coefficients: NDArray[np.float16],
    *,
    method: Method,
    batch: int,
    seed: int,
    progress: bool = False,
) -> None:
    """Set a code's mean, components and deviations to those of coefficients.

    Args:
        code: whose buffers are set.
        coefficients: (N, D), perhaps a file mapped into memory.
        method: ``full`` holds all of them in memory as float32; ``incremental`` holds ``batch`` of them at a time
            (Ross et al., Incremental learning for robust visual tracking, 2008).
        batch: rows at a time, at least ``code.dim``.
        seed: of the randomised solver, which ``full`` uses for large data.
        progress: show a progress bar.

    Raises:
        Misuse: fewer pictures, or a smaller batch, than there are components.
    """
    from sklearn.decomposition import PCA, IncrementalPCA  # here, since it takes a second

    if len(coefficients) <= code.dim:
        least = code.dim + 1
        raise Misuse("data_too_few_for_components", given=len(coefficients), components=code.dim, least=least)
    if method == "full":
        found: Any = PCA(code.dim, random_state=seed).fit(np.asarray(coefficients, np.float32))
    else:
        if batch < code.dim:
            raise Misuse("argument_out_of_range", name="pca_batch", given=batch, low=code.dim, high=len(coefficients))
        found = IncrementalPCA(code.dim)
        for start, stop in tqdm(spans(len(coefficients), batch, code.dim), desc="components", disable=not progress):
            found.partial_fit(np.asarray(coefficients[start:stop], np.float32), check_input=False)
    code.mean.copy_(torch.from_numpy(np.asarray(found.mean_)))
    code.components.copy_(torch.from_numpy(np.asarray(found.components_)))
    code.deviations.copy_(torch.from_numpy(np.sqrt(np.asarray(found.explained_variance_))))


def spans(count: int, batch: int, least: int) -> list[tuple[int, int]]:
    """Return consecutive parts of ``count`` rows, ``batch`` long; a last one below ``least`` joins the one before.

    >>> spans(10, 4, 3)
    [(0, 4), (4, 10)]
    """
    starts = list(range(0, count, batch))
    if len(starts) > 1 and count - starts[-1] < least:
        starts.pop()
    return list(zip(starts, [*starts[1:], count], strict=True))
