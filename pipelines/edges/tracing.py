"""Lines drawn of an animal in many ways, as edge detectors, illustrators and children do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from pipelines.backbones.line_detector import NAME, LineDetector
from pipelines.edges.cutouts import WHITE, Floats, compose, to_bytes, within
from pipelines.edges.finding import Lines, auto_canny, lines_of_map, without_specks
from pipelines.edges.pens import leave_gaps, with_border, wobble
from pipelines.weights import hub

DENSE_SENSITIVITY = (0.8, 2.5)  # auto-canny's sensitivity: from more lines than a pen draws to lines like wool
GAPS = ((8, 12), (24, 16), (4, 36))  # most gaps and their widest radius in pixels: a few, many, wide ones
Detect = Callable[[Floats], Floats]  # picture (H, W, 3) in [0, 1] to a line map (H, W) in [0, 1]


def bundled_detector() -> Detect:
    """Return the bundled line detector as a function from a picture to its line map.

    Not one that was promoted: a training that is resumed goes on with the lines that it began with.
    """
    detector = LineDetector.from_weights(hub.BUNDLED / NAME)

    def detect(picture: Floats) -> Floats:
        x = torch.from_numpy(picture).permute(2, 0, 1)[None] * 2 - 1
        with torch.inference_mode():
            return np.asarray(detector.probabilities(x)[0, 0].numpy(), np.float32)

    return detect


def random_lines(
    rgba: Floats, rng: np.random.Generator, line_map: Callable[[], Floats], *, dense: float = 0.0
) -> Lines:
    """Draw an animal's lines as an edge detector, an illustrator or a child would.

    Six in twenty are the published auto-canny's, both sides of every stroke; six are auto-canny's at another detail,
    mostly with the mask's outline; six are the learned detector's at some density with the outline; two are the
    outline and little more. Four in ten have gaps, some many, some wide.

    Args:
        rgba: (H, W, 4) in [0, 1], premultiplied.
        rng: of every choice.
        line_map: gives the learned detector's map of it, (H, W) in [0, 1].
        dense: share of drawings with more lines than a pen draws; the published auto-canny, whose thresholds follow
            the median brightness, finds as many in a picture on black.
    """
    picture, alpha = compose(rgba, WHITE), rgba[..., 3]
    least, way = int(rng.integers(4, 40)), rng.random()
    if dense and rng.random() < dense:
        lines = auto_canny(to_bytes(picture), float(rng.uniform(*DENSE_SENSITIVITY)))
    elif way < 0.3:
        lines = auto_canny(to_bytes(picture), 0.5)
    elif way < 0.6:
        blur, sensitivity = float(rng.choice([0.0, 0.0, 1.0, 1.6, 2.4])), float(rng.uniform(0.3, 0.8))
        lines = without_specks(auto_canny(to_bytes(picture), sensitivity, blur=blur), least)
        lines = with_border(lines, alpha) if rng.random() < 0.6 else lines
    else:
        low, high, least = (0.03, 0.3, least) if way < 0.9 else (0.01, 0.05, 20)
        share = float(rng.uniform(low, high))
        lines = with_border(lines_of_map(line_map() * within(alpha), share, least), alpha)
        lines = wobble(lines, rng) if rng.random() < 0.06 else lines
    if rng.random() < 0.4:
        most, widest = GAPS[rng.choice(len(GAPS), p=(0.6, 0.25, 0.15))]
        lines = leave_gaps(lines, rng, most=most, widest=widest)
    return lines
