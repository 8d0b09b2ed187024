"""Arrays larger than memory, written row by row."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from pipelines.common.errors import StudioError
from pipelines.training.checkpoints import is_disk_full


def write_rows(path: Path, shape: tuple[int, ...], dtype: DTypeLike, rows: Iterable[NDArray[Any]]) -> None:
    """Write an array in NumPy's format that appears whole or not at all.

    A mapped file would be killed by a full disk; what is written in order is told of it.

    Args:
        path: a name that ends in ``.npy``.
        shape: of the whole.
        dtype: of its numbers.
        rows: its parts, (B, *shape[1:]), in order.

    Raises:
        StudioError: the disk is full; nothing stays.
    """
    coming = path.with_suffix(".coming")
    head = {"descr": np.lib.format.dtype_to_descr(np.dtype(dtype)), "fortran_order": False, "shape": shape}
    try:
        with coming.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, head)
            for part in rows:
                file.write(np.ascontiguousarray(part, dtype).tobytes())
        coming.replace(path)
    except OSError as error:
        coming.unlink(missing_ok=True)
        if is_disk_full(error):
            raise StudioError("disk_full", given=path.name) from error
        raise
