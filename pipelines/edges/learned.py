"""What the studio's own detectors find: the lines of a photograph, the inside of a drawing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from pipelines.backbones import line_detector, silhouette_detector
from pipelines.backbones.line_detector import LineDetector
from pipelines.backbones.silhouette_detector import SilhouetteDetector
from pipelines.common import device
from pipelines.edges.cutouts import Floats
from pipelines.edges.finding import Lines
from pipelines.edges.maps import probability_map
from pipelines.edges.regions import Regions
from pipelines.edges.silhouettes import outside_of
from pipelines.weights import hub


class Learned:
    """A detector with the weights that are live, opened on first use and again when others have gone live.

    Args:
        placement: where the detector runs.
    """

    weights: ClassVar[str]

    def __init__(self, placement: device.Placement) -> None:
        self.placement = placement
        self._opened: tuple[Path, Any] | None = None

    @property
    def digests(self) -> dict[str, str]:
        """Name and SHA-256 of the weights, as provenance records them."""
        return {self.weights: hub.weights_sha256(hub.resolve(self.weights))}

    def opened(self) -> Any:
        """Return the detector."""
        folder = hub.resolve(self.weights)
        if self._opened is None or self._opened[0] != folder:
            self._opened = folder, self.open(folder)
        return self._opened[1]

    def open(self, folder: Path) -> Any:
        """Open the detector of a folder."""
        raise NotImplementedError


class LearnedLines(Learned):
    """The line detector."""

    weights = line_detector.NAME

    def open(self, folder: Path) -> LineDetector:
        """Open the detector of a folder."""
        return LineDetector.from_weights(folder).to(self.placement.device)

    def __call__(self, rgb: NDArray[np.uint8]) -> Floats:
        """Return how likely each pixel of a picture is on a line.

        Args:
            rgb: (H, W, 3), sides multiples of 16.

        Returns:
            (H, W) in [0, 1].
        """
        return probability_map(self.opened().probabilities, np.asarray(rgb / 255, np.float32), self.placement)


class LearnedRegions(Learned):
    """The silhouette detector."""

    weights = silhouette_detector.NAME

    def open(self, folder: Path) -> SilhouetteDetector:
        """Open the detector of a folder."""
        detector = SilhouetteDetector.from_weights(folder).to(self.placement.device)
        channels_last: SilhouetteDetector = detector.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return channels_last

    def __call__(self, lines: Lines, *, by_pen: bool) -> Regions:
        """Return what lies outside the lines (256, 256) of a drawing; ``by_pen`` as ``decide`` takes it."""
        return outside_of(self.opened(), lines, self.placement, by_pen=by_pen)
