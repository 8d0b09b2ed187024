"""Codes of a source's pictures, made before a training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.data.sources import open_source
from pipelines.scattering.config import ScatteringConfig, check_config
from pipelines.scattering.encoding import PARTS, encode_source, fitted_code


def prepare(
    data: str,
    out: Path,
    *,
    size: Any = 64,
    channels: Any = 1,
    scales: Any = 3,
    angles: Any = 8,
    components: Any = 128,
    pca: Any = "incremental",
    pca_batch: Any = 1000,
    progress: bool = False,
) -> str:
    """Encode a source's pictures for ``train scattering --set codes=OUT`` with the same settings.

    Args:
        data: source of pictures.
        out: folder to write; codes that are there stay, and are made once.
        size: side of the pictures, pixels.
        channels: 1 for grey, 3 for colour.
        scales: J of the scattering transform.
        angles: L, likewise.
        components: principal components that are kept.
        pca: ``incremental`` or ``full``.
        pca_batch: pictures at a time, where incremental.
        progress: show a progress bar.

    Raises:
        StudioError: a bad argument, no usable source, or a full disk.
    """
    given = {"size": size, "channels": channels, "scales": scales, "angles": angles, "components": components}
    config = ScatteringConfig.parse({**given, "pca": pca, "pca_batch": pca_batch, "data": data, "codes": str(out)})
    check_config(config)
    encoded = encode_source(open_source(data), config, progress=progress)
    code = fitted_code(encoded, config, progress=progress)
    counts = [len(encoded.whitened(code, part)) for part in PARTS]
    return f"{encoded.folder}: codes of {counts[0]} pictures to train and {counts[1]} held out"
