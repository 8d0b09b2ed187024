"""The bank of styles: as it grows in a training, and as it is kept with the weights."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pipelines.chimera.data import rgba_tensor
from pipelines.chimera.networks import ChimeraModel
from pipelines.chimera.networks.encoder import SIDE, filled
from pipelines.chimera.networks.model import PLACES
from pipelines.chimera.rendering import Renderer, inside_of, on_white
from pipelines.chimera.styles import laid_over as laid_over_box
from pipelines.chimera.styles import natural_score, spottedness
from pipelines.chimera.views import boxes_of, laid_over
from pipelines.data.entries import Entry, Source
from pipelines.data.splits import spaced
from pipelines.edges.cutouts import WHITE, Floats, compose, cutout, straight, to_bytes
from pipelines.edges.finding import auto_canny
from pipelines.edges.regions import source_tensor

CANDIDATE = 0.4  # least score of a picture whose furs may be natural
TRIED = 3  # animals on whose lines the furs of each are tried
KEPT = 0.2  # least mean score of what was made of them
FINE = 3.0  # pixels: size of what roughness is made of
ROUGHEST = 1.12  # times the median roughness of these; with more, a fur carves every line


class GrowingBank(nn.Module):
    """Codes of the training pictures, kept with the checkpoints.

    Nothing here reads a value back from the device.

    Args:
        size: number of training pictures.
        style_dim: length of a code.
    """

    codes: Tensor
    seen: Tensor

    def __init__(self, size: int, style_dim: int) -> None:
        super().__init__()
        self.register_buffer("codes", torch.zeros(size, style_dim))
        self.register_buffer("seen", torch.zeros(size, dtype=torch.bool))

    @torch.no_grad()
    def remember(self, numbers: Tensor, codes: Tensor) -> None:
        """Note the codes (B, D) of pictures by their numbers (B,)."""
        self.codes.index_copy_(0, numbers, codes.float())
        self.seen.index_fill_(0, numbers, True)

    def draw(self, count: int, furs: int, numbers: Tensor) -> Tensor:
        """Draw codes (count, furs, D) of pictures seen so far.

        Args:
            count: how many times.
            furs: codes each time.
            numbers: (B,), pictures seen for certain: they stand in for what is drawn and was not seen yet.
        """
        drawn = torch.randint(len(self.codes), (count, furs), device=self.codes.device)
        others = numbers[torch.randint(len(numbers), (count, furs), device=self.codes.device)]
        return self.codes[torch.where(self.seen[drawn], drawn, others)]


@torch.inference_mode()
def refresh_bank(model: ChimeraModel, source: Source, entries: Sequence[Entry]) -> None:
    """Fill a model's bank with the codes of these pictures as they stand, by its own encoder."""
    model.eval()
    codes, candidates = [], []
    for entry in entries:
        rgba = rgba_tensor(cutout(source.load(entry)), SIDE)[None]
        codes.append(model.encoder(*on_white(rgba)).mean[0])
        if score(rgba[0].permute(1, 2, 0).numpy()) >= CANDIDATE:
            candidates.append((places(model, rgba), colors(rgba)))
    model.classes = tuple(sorted({entry.label for entry in entries}))
    model.bank_codes = torch.stack(codes).clone()
    model.bank_labels = torch.tensor([model.classes.index(entry.label) for entry in entries], dtype=torch.int16)
    drawings = [lines_of(source, entry, model.size) for entry in spaced(entries, TRIED)]
    kept = natural_ones(model, [codes for codes, _ in candidates], drawings)
    if kept:
        chosen = zip(*(candidates[number] for number in kept), strict=True)
        model.bank_places, model.bank_colors = (torch.stack(planes).clone() for planes in chosen)
    sizes = {"bank_size": len(entries), "natural_size": len(model.bank_places), "classes": list(model.classes)}
    model._hub_mixin_config |= sizes  # type: ignore[operator]


def natural_ones(model: ChimeraModel, candidates: Sequence[Tensor], drawings: Sequence[Tensor]) -> list[int]:
    """Return the numbers of those codes of places in which what is made of drawings looks like a plain fur.

    A leopard's or a dalmatian's furs may look plain at a small size, and turn every line into spots. The roughest of
    those that look plain are left out, too.

    Args:
        model: that makes.
        candidates: (D, 4, 4) each.
        drawings: (3, S, S) each.
    """
    renderer, kept, rough = Renderer(model), [], []
    for number, candidate in enumerate(candidates):
        codes = [laid_over_box(candidate.numpy(), inside_of(drawing[None])) for drawing in drawings]
        made = [renderer.make(drawing[None], code) for drawing, code in zip(drawings, codes, strict=True)]
        if np.mean([score(rgba) for rgba in made]) >= KEPT:
            kept.append(number)
            rough.append(np.mean([roughness(rgba) for rgba in made]))
    most = ROUGHEST * float(np.median(rough)) if kept else 0.0
    return [number for number, value in zip(kept, rough, strict=True) if value <= most]


def roughness(rgba: Floats) -> float:
    """Return how strong the fine relief of an animal (H, W, 4) is, premultiplied in [0, 1]."""
    lightness = cv2.cvtColor(straight(rgba), cv2.COLOR_RGB2LAB)[..., 0]
    return spottedness(lightness, rgba[..., 3] > 0.8, FINE)


def places(model: ChimeraModel, rgba: Tensor) -> Tensor:
    """Return an animal's (1, 4, H, W) codes by the place in its box, (D, 4, 4)."""
    local, presence = model.encoder.local(*on_white(rgba))
    whole = torch.tensor([[0.0, 0.0, 1.0, 1.0]])
    return laid_over(filled(local.mean, presence), boxes_of(rgba[:, 3:]), whole, PLACES)[0]


def colors(rgba: Tensor) -> Tensor:
    """Return the mean colours of an animal (1, 4, H, W), premultiplied, by the place in its box, (3, 4, 4)."""
    left, top, right, bottom = boxes_of(rgba[:, 3:])[0].tolist()
    side = rgba.shape[-1]
    box = rgba[0, :, round(top * side) : round(bottom * side), round(left * side) : round(right * side)]
    means = F.adaptive_avg_pool2d(box, PLACES)
    overall = box.mean(dim=(1, 2))[:, None, None]
    means = means + 0.02 * overall / overall[3:].clamp_min(1e-3)  # empty places get the colour of the whole
    return means[:3] / means[3:]


def lines_of(source: Source, entry: Entry, size: int) -> Tensor:
    """Return what the generator is given of an animal's edges, (3, S, S)."""
    return source_tensor(auto_canny(to_bytes(compose(cutout(source.load(entry)), WHITE))), size)


def score(rgba: Floats) -> float:
    """Return ``natural_score`` of an animal (H, W, 4), premultiplied in [0, 1]."""
    return natural_score(straight(rgba), np.ascontiguousarray(rgba[..., 3]))
