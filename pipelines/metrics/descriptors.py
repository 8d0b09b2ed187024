"""What pictures are compared by: features of a network and of wavelets, by name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import torch

from pipelines.backbones.wide_resnet import OF_PHOTOGRAPHS
from pipelines.metrics.extractors import HASH_DIGITS, Extractor, Features, Pictures, batches
from pipelines.metrics.pretrained import classifier, efficientnet_lite0
from pipelines.nn.scattering import scatter
from pipelines.weights import hub

SCATTERING_SIDE, SCATTERING_SCALES, SCATTERING_ANGLES = 128, 4, 8
FAINTEST, SCALE = 1e-3, 7.0  # of scattering coefficients: what counts as nothing; brings their logarithms to [0, 1]


@dataclass(frozen=True)
class ScatteringExtractor:
    """Mean wavelet scattering coefficients.

    Log of the coefficients of order 0 to 2 at four scales and eight angles, averaged over places, of each colour
    channel (Bruna and Mallat, Invariant scattering convolution networks, 2013). They tell textures apart, and nobody
    trained them.

    Attributes:
        side: at which it sees pictures, pixels, at least 16. Small pictures need no more than their own size.
    """

    side: int = SCATTERING_SIDE

    @property
    def name(self) -> str:
        """Return ``scattering``, with the side where it is not 128."""
        return "scattering" if self.side == SCATTERING_SIDE else f"scattering_{self.side}"

    @property
    def sha256(self) -> str:
        """Return the digest of what fixes the features: they have no weights."""
        settings = f"scattering {self.side} {SCATTERING_SCALES} {FAINTEST} {SCALE}"
        return hashlib.sha256(settings.encode()).hexdigest()[:HASH_DIGITS]

    def features(self, pictures: Pictures) -> Features:
        """Return the features (N, 1251) of pictures (N, H, W, 3)."""
        places, found = (self.side >> SCATTERING_SCALES) ** 2, []
        with torch.inference_mode():
            for batch in batches(pictures, self.side, 16):
                coefficients = scatter((batch + 1) / 2, SCATTERING_SCALES, SCATTERING_ANGLES)
                found.append((coefficients.view(len(coefficients), -1, places).mean(dim=-1) / FAINTEST).log1p() / SCALE)
        return torch.cat(found).double().numpy()


def bundled_extractors(side: int = SCATTERING_SIDE) -> list[Extractor]:
    """Return EfficientNet-Lite0, whose features teach some generators, and what teaches none.

    These are wavelet scattering and, where its weights are there, the classifier of photographs.

    Args:
        side: at which scattering sees pictures, pixels.
    """
    extractors: list[Extractor] = [efficientnet_lite0(), ScatteringExtractor(side)]
    if OF_PHOTOGRAPHS in hub.bundled_names():
        extractors.append(classifier(OF_PHOTOGRAPHS))
    return extractors
