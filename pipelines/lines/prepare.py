"""The large detector's maps of a source's pictures."""

from __future__ import annotations

from pathlib import Path

from pipelines.common.errors import check_whole
from pipelines.data.sources import open_source
from pipelines.edges.maps import write_maps


def prepare(data: str, out: Path, *, most: int | None = None, progress: bool = False) -> str:
    """Write the large detector's map of every picture of a source, for ``train lines`` and ``train pix2pix``.

    Args:
        data: source of pictures.
        out: folder to write; maps that are there stay.
        most: how many evenly spaced pictures to take, all by default.
        progress: show a progress bar.

    Raises:
        StudioError: no usable source, or the detector's package is not installed.
    """
    if most is not None:
        check_whole("most", most, 1, 10_000_000)
    return f"{out}: {write_maps(open_source(data), out, most=most, progress=progress)} line maps written"
