"""From lines and a style to a cut-out animal; shared by training and use."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import Tensor

from pipelines.chimera.networks import ChimeraModel
from pipelines.chimera.networks.encoder import filled
from pipelines.chimera.styles import Codes, Mask, StyleBank, random_map
from pipelines.common import device
from pipelines.edges.cutouts import Floats


class Renderer:
    """A model at work.

    Args:
        model: its weights; put into evaluation mode and moved. Its generator is copied, and its norms folded.
        placement: where it runs; on the CPU in full precision by default.
    """

    def __init__(self, model: ChimeraModel, placement: device.Placement | None = None) -> None:
        self.placement = placement or device.Placement(torch.device("cpu"), torch.float32)
        moved = model.float().eval().requires_grad_(False).to(self.placement.device)
        self.model: ChimeraModel = moved.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.generator = copy.deepcopy(self.model.generator)
        self.generator.fold()
        self.generator.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        banked = (model.bank_codes, model.bank_places, model.bank_colors)
        self.bank = StyleBank(*(part.float().cpu().numpy() for part in banked))

    @property
    def size(self) -> int:
        """Side of the pictures it makes, pixels."""
        return self.model.size

    def encode(self, source: Tensor) -> list[Tensor]:
        """Return the features, for ``decode``, of a source (1, 3, S, S), as ``data.source_tensor`` gives it."""
        with torch.inference_mode(), self.placement.autocast():
            return self.generator.encode(self._moved(source))

    def decode(self, features: list[Tensor], style: Codes) -> Floats:
        """Make an animal.

        Args:
            features: of ``encode``.
            style: code map (D, h, w).

        Returns:
            (S, S, 4) in [0, 1], colours multiplied by alpha.
        """
        codes = torch.from_numpy(np.ascontiguousarray(style))[None]
        with torch.inference_mode(), self.placement.autocast():
            colors, alpha = self.generator.decode(features, self._moved(codes))
        rgba = torch.cat([(colors + 1) / 2 * alpha, alpha], dim=1)[0].clamp(0, 1)
        return np.ascontiguousarray(rgba.permute(1, 2, 0).float().cpu().numpy())

    def make(self, source: Tensor, style: Codes) -> Floats:
        """Make an animal of a source in one go."""
        return self.decode(self.encode(source), style)

    def _moved(self, x: Tensor) -> Tensor:
        return x.to(self.placement.device, memory_format=torch.channels_last)

    def seeded(self, source: Tensor, seed: int, index: int, look: str = "natural") -> Floats:
        """Make an animal in the style of picture ``index`` of a seed."""
        return self.make(source, random_map(self.bank, seed, index, look, inside_of(source)))

    def rebuilt(self, source: Tensor, rgba: Tensor) -> Floats:
        """Make an animal in the style, place by place, of a picture of it (1, 4, H, W), premultiplied in [0, 1]."""
        return self.make(source, self.local_codes(rgba))

    def local_codes(self, rgba: Tensor) -> Codes:
        """Return the style codes (D, 4, 4), place by place, of an animal (1, 4, H, W), premultiplied in [0, 1]."""
        with torch.inference_mode():
            local, presence = self.model.encoder.local(*on_white(rgba.to(self.placement.device)))
            codes = filled(local.mean, presence)[0]
        return np.ascontiguousarray(codes.float().cpu().numpy())

    def code(self, rgba: Tensor) -> Codes:
        """Return the style code (D,) of an animal (1, 4, H, W), premultiplied in [0, 1]."""
        with torch.inference_mode():
            mean: Tensor = self.model.encoder(*on_white(rgba.to(self.placement.device))).mean
        return np.ascontiguousarray(mean[0].float().cpu().numpy())


def inside_of(source: Tensor) -> Mask:
    """Return where the animal is to be, (S, S), of what the generator is given, (1, 3, S, S)."""
    return np.asarray(source[0, 2].numpy() < 0.5, np.bool_)


def on_white(rgba: Tensor) -> tuple[Tensor, Tensor]:
    """Return colours on white in [-1, 1] and alpha, as the encoder takes them."""
    alpha = rgba[:, 3:]
    return (rgba[:, :3] + 1 - alpha) * 2 - 1, alpha
