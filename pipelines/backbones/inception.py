"""Inception-v3 on ImageNet, where its weights are given: none come with the code."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from pipelines.common.errors import Misuse

SIDE = 299  # of the pictures that it was trained on, pixels
AUXILIARY = "AuxLogits."  # a second classifier, which only training needs


class InceptionV3(nn.Module):
    """Torchvision's network, parted before its last layer.

    Szegedy et al., Rethinking the Inception architecture for computer vision, 2016.
    Pictures are (B, 3, 299, 299) in [-1, 1], the range of torchvision's weights, which were ported from TensorFlow's.
    """

    def __init__(self) -> None:
        super().__init__()
        from torchvision.models import inception_v3  # here, since it takes a second

        self.network: Any = inception_v3(weights=None, aux_logits=False, init_weights=False, transform_input=False)

    @classmethod
    def from_file(cls, path: Path) -> InceptionV3:
        """Open a state dict, .safetensors or .pth, frozen and in evaluation mode.

        Raises:
            Misuse: no such file, or one that does not fit the network.
        """
        if not path.is_file():
            raise Misuse("file_not_found", given=path)
        model = cls()
        try:
            model.network.load_state_dict(read_state(path))
        except OSError as error:
            raise Misuse("weights_mismatch", name=path.name, detail=error.strerror or "cannot be read") from error
        except (*DAMAGED, SafetensorError) as error:
            detail = (str(error) or "it is damaged").splitlines()[0]
            raise Misuse("weights_mismatch", name=path.name, detail=detail) from error
        return model.eval().requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits of ImageNet's classes, (B, 1000)."""
        return self.head(self.pooled(x))

    def pooled(self, x: Tensor) -> Tensor:
        """Return the vector before the last layer, (B, 2048)."""
        found: list[Tensor] = []
        hook = self.network.fc.register_forward_pre_hook(lambda _, inputs: found.append(inputs[0]))
        try:
            self.network(x)
        finally:
            hook.remove()
        return found[0]

    def head(self, features: Tensor) -> Tensor:
        """Map vectors (B, 2048) to logits (B, 1000)."""
        logits: Tensor = self.network.fc(features)
        return logits


DAMAGED = (RuntimeError, TypeError, ValueError, AttributeError, KeyError, EOFError, pickle.UnpicklingError)


def read_state(path: Path) -> dict[str, Tensor]:
    """Read a state dict without running code from it; what only training needs is left out."""
    if path.suffix == ".safetensors":
        state = load_file(path)
    else:
        state = torch.load(path, map_location="cpu", weights_only=True)
    return {name: value for name, value in state.items() if not name.startswith(AUXILIARY)}


def file_sha256(path: Path) -> str:
    """Return the digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
