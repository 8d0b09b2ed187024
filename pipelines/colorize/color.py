"""Between sRGB and CIELAB, and the question whether a picture has colour at all."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.edges.cutouts import Floats
from pipelines.metrics.pictures import Pixels

CHROMA = np.float32(110)  # a* and b* of sRGB lie within it
COLOURFUL = 12  # of 255: mean spread of a pixel's channels below which a picture is taken for grey
# Root mean square of chroma beside its main hue, and along it, above which no toning explains the colours.
ACROSS, ALONG = 2.5, 35.0


def to_lab(rgb: Pixels) -> Floats:
    """Return CIELAB (H, W, 3) of sRGB bytes: lightness 0 to 100, a* and b* about -110 to 110 (D65)."""
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB), np.float32)


def to_rgb_bytes(lab: Floats) -> Pixels:
    """Return sRGB bytes of CIELAB; colours that sRGB lacks are cut off channel by channel."""
    rgb = cv2.cvtColor(np.ascontiguousarray(lab), cv2.COLOR_LAB2RGB)
    return np.asarray((rgb * 255).round().clip(0, 255), np.uint8)


def greyed(rgb: Pixels) -> Pixels:
    """Return the picture without its chroma: three equal channels of the same lightness."""
    lab = to_lab(rgb)
    lab[..., 1:] = 0
    return to_rgb_bytes(lab)


def spread(rgb: Pixels) -> float:
    """Return the mean over pixels of the largest channel less the smallest, 0 to 255; 0 for a grey picture."""
    return float((rgb.max(axis=2).astype(np.int16) - rgb.min(axis=2)).mean())


def has_color(rgb: Pixels) -> bool:
    """Say whether a picture is coloured; a sepia print and yellowed paper have one hue, little of it, and are grey."""
    if spread(rgb) < COLOURFUL:
        return False
    small = cv2.resize(rgb, (64, 64), interpolation=cv2.INTER_AREA)
    chroma = to_lab(np.asarray(small, np.uint8))[..., 1:].reshape(-1, 2)
    along, across = np.linalg.svd(chroma, compute_uv=False) / np.sqrt(len(chroma))
    return bool(across > ACROSS or along > ALONG)
