"""The bank of style codes as it grows in a training: the encoder's code of every picture, when it was last seen."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from pipelines.chimera.data import rgba_tensor
from pipelines.chimera.networks import ChimeraModel
from pipelines.chimera.networks.encoder import SIDE
from pipelines.chimera.rendering import on_white
from pipelines.chimera.styles import natural_score
from pipelines.data.sources import Entry, Source
from pipelines.edges.cutouts import cutout


class GrowingBank(nn.Module):
    """Codes and scores of the training pictures, kept with the checkpoints.

    Args:
        size: number of training pictures.
        style_dim: length of a code.
    """

    codes: Tensor
    natural: Tensor
    seen: Tensor

    def __init__(self, size: int, style_dim: int) -> None:
        super().__init__()
        self.register_buffer("codes", torch.zeros(size, style_dim))
        self.register_buffer("natural", torch.zeros(size))
        self.register_buffer("seen", torch.zeros(size, dtype=torch.bool))

    @torch.no_grad()
    def remember(self, numbers: Tensor, codes: Tensor, rgba: Tensor) -> None:
        """Note the codes (B, D) of pictures (B, 4, H, W), premultiplied in [0, 1], by their numbers (B,)."""
        self.codes[numbers] = codes.float()
        self.seen[numbers] = True
        for number, picture in zip(numbers.tolist(), rgba.float().cpu(), strict=True):
            self.natural[number] = score(picture)

    def known(self) -> Tensor:
        """Return the codes seen so far, (M, D)."""
        return self.codes[self.seen]


def score(rgba: Tensor) -> float:
    """Return ``natural_score`` of a picture (4, H, W), premultiplied in [0, 1]."""
    straight = (rgba[:3] / rgba[3:].clamp_min(0.05)).clamp(0, 1)
    return natural_score(straight.permute(1, 2, 0).contiguous().numpy(), rgba[3].numpy())


@torch.inference_mode()
def refresh_bank(model: ChimeraModel, source: Source, entries: Sequence[Entry]) -> None:
    """Fill a model's bank with the codes of these pictures as they stand, by its own encoder."""
    model.eval()
    codes, scores = [], []
    for entry in entries:
        rgba = rgba_tensor(cutout(source.load(entry)), SIDE)
        codes.append(model.encoder(*on_white(rgba[None])).mean[0])
        scores.append(score(rgba))
    model.classes = tuple(sorted({entry.label for entry in entries}))
    model.bank_codes = torch.stack(codes).clone()
    model.bank_natural = torch.tensor(scores)
    model.bank_labels = torch.tensor([model.classes.index(entry.label) for entry in entries], dtype=torch.int16)
    model._hub_mixin_config |= {"bank_size": len(entries), "classes": list(model.classes)}  # type: ignore[operator]
