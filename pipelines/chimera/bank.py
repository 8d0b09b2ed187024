"""The bank of style codes as it grows in a training: the encoder's code of every picture, when it was last seen."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from pipelines.chimera.data import rgba_tensor, score
from pipelines.chimera.networks import ChimeraModel
from pipelines.chimera.networks.encoder import SIDE
from pipelines.chimera.rendering import on_white
from pipelines.data.sources import Entry, Source
from pipelines.edges.cutouts import cutout


class GrowingBank(nn.Module):
    """Codes and scores of the training pictures, kept with the checkpoints.

    Nothing here reads a value back from the device.

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
    def remember(self, numbers: Tensor, codes: Tensor, natural: Tensor) -> None:
        """Note the codes (B, D) and scores (B,) of pictures by their numbers (B,)."""
        self.codes.index_copy_(0, numbers, codes.float())
        self.natural.index_copy_(0, numbers, natural.float())
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
