"""From how likely each place lies inside a drawing to what does: whole regions between lines, and cuts across gaps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from pipelines.common import device
from pipelines.edges.cutouts import Floats
from pipelines.edges.finding import Lines
from pipelines.edges.regions import SMALLEST, Flood, Mask, Regions, components, distances, find_regions, source_tensor

DOUBT = 0.35  # likelihood: from here to as much below 1 a detector is in doubt
NO_DOUBT = 0.1  # below it, or as much below 1, it is in none
SHALLOW = 4.0  # pixels: a part of a region that is nowhere deeper has strayed over a line


def outside_of(
    detector: Callable[[Tensor], Tensor], lines: Lines, placement: device.Placement, *, by_pen: bool
) -> Regions:
    """Return what lies outside a drawing's lines (H, W) by rules and a detector, as ``decide`` weighs them."""
    rules = find_regions(lines)
    return decide(lines, likelihood(detector, lines, rules, placement), rules, by_pen=by_pen)


def likelihood(
    detector: Callable[[Tensor], Tensor], lines: Lines, rules: Regions, placement: device.Placement
) -> Floats:
    """Return how likely each pixel of a drawing (H, W), 255 on a line, lies inside it, (H, W) in [0, 1].

    Args:
        detector: maps what ``source_tensor`` gives, (1, 3, H, W), to logits (1, 1, H, W).
        lines: sides that the detector can halve as often as it has levels.
        rules: what rules about gaps and bays make of it; the detector is shown that as well.
        placement: where the detector is.
    """
    x = source_tensor(lines, len(lines), rules)[None].to(placement.device, memory_format=torch.channels_last)
    with torch.inference_mode(), placement.autocast():
        logits = detector(x)
    return np.asarray(logits[0, 0].float().sigmoid().cpu().numpy(), np.float32)


def decide(lines: Lines, inside: Floats, rules: Regions, *, by_pen: bool = False) -> Regions:
    """Tell what lies outside a drawing.

    In doubt what rules say is believed. Likelihoods are blurred over a few pixels, lines are not: a region between
    lines lies inside or outside as most of it does, but for parts deep enough to be a matter of their own, as where a
    gap leads into a body, or on which the rules agree; where lines enclose it, only for deep ones told without a doubt.

    Args:
        lines: (H, W), 255 on a line.
        inside: (H, W) in [0, 1], how likely each pixel lies inside.
        rules: what rules about gaps and bays say.
        by_pen: whether the lines are a pen's, whose outlines have few gaps, and the rules close these: nothing that
            they leave outside lies inside. Open feathers would be joined to what is near otherwise.
    """
    on = lines > 0
    within = np.asarray((inside > np.where(rules.wide, 1.0 if by_pen else 1 - DOUBT, DOUBT)) & ~on, np.bool_)
    open_to_all = Flood.over(lines, SMALLEST).outside(SMALLEST) & ~on
    for region, window in components(~open_to_all & ~on):
        likely = inside[window]
        mostly = bool(likely[region].mean() > DOUBT)
        within[window][region] = mostly ^ exceptions(region, within[window], likely, None, mostly, NO_DOUBT)[region]
    for region, window in components(open_to_all):
        part = within[window]
        mostly = bool(part[region].mean() > 0.5)
        part[region] = mostly ^ exceptions(region, part, inside[window], rules.wide[window], mostly, 0.5)[region]
    outside = (~within | rules.wide if by_pen else ~within) & ~on
    return Regions(outside, outside)


def exceptions(region: Mask, within: Mask, inside: Floats, outside: Mask | None, mostly: bool, doubt: float) -> Mask:
    """Return the parts of a region (H, W) that lie on its other side: likely enough, and no mere stray over a line.

    Args:
        region: (H, W).
        within: (H, W), what seems to lie inside.
        inside: (H, W) in [0, 1], how likely each pixel lies inside.
        outside: (H, W), what lies outside by the rules: where they agree with a part, a thin leg that is open at its
            foot, it need not be deep. None where they say nothing.
        mostly: whether the region lies inside.
        doubt: how likely, on average, a part is at most to lie on the region's side.
    """
    against = 1 - inside if mostly else inside
    apart: Mask = np.asarray(region & (within != mostly), np.bool_)
    depth, kept = distances(apart.astype(np.uint8)), np.zeros_like(apart)
    for part, window in components(apart):
        agreed = outside is not None and float((outside[window][part] == mostly).mean()) > 0.5
        deep = agreed or float(depth[window][part].max()) > SHALLOW
        if deep and float(against[window][part].mean()) > 1 - doubt:
            kept[window] |= part
    return kept
