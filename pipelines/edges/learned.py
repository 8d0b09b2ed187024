"""The lines of a photograph as the studio's own detector finds them."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from pipelines.backbones.line_detector import NAME, LineDetector
from pipelines.common import device
from pipelines.edges.cutouts import Floats
from pipelines.edges.maps import probability_map
from pipelines.weights import hub


class LearnedLines:
    """The line detector's weights, opened on first use.

    Args:
        placement: where the detector runs.
    """

    def __init__(self, placement: device.Placement) -> None:
        self.placement = placement

    @functools.cached_property
    def network(self) -> LineDetector:
        """The detector."""
        return LineDetector.from_weights(hub.resolve(NAME)).to(self.placement.device)

    @property
    def digests(self) -> dict[str, str]:
        """Name and SHA-256 of the weights, as provenance records them."""
        return {NAME: hub.weights_sha256(hub.resolve(NAME))}

    def __call__(self, rgb: NDArray[np.uint8]) -> Floats:
        """Return how likely each pixel of a picture is on a line.

        Args:
            rgb: (H, W, 3), sides multiples of 16.

        Returns:
            (H, W) in [0, 1].
        """
        return probability_map(self.network.probabilities, np.asarray(rgb / 255, np.float32), self.placement)
