"""What is added to BigGAN's adversarial loss, and how its weights are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

DECAY = 0.99  # of the averages of logits


class LeCam(nn.Module):
    """Keeps logits near their own averages (Tseng et al., Regularizing GANs under limited data, 2021, equation 5).

    R = E[max(0, D(x) - a_fake)^2] + E[max(0, a_real - D(G(z)))^2]; the averages are kept with the checkpoints.
    """

    real: Tensor
    fake: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("real", torch.zeros(()))
        self.register_buffer("fake", torch.zeros(()))

    def forward(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Move the averages, and return the penalty."""
        with torch.no_grad():
            self.real.lerp_(real_logits.float().mean(), 1 - DECAY)
            self.fake.lerp_(fake_logits.float().mean(), 1 - DECAY)
        above = F.relu(real_logits.float() - self.fake).square().mean()
        return above + F.relu(self.real - fake_logits.float()).square().mean()


def guidance(class_of_made: Tensor, class_of_real: Tensor) -> Tensor:
    """Return by how much worse the classes of made pictures are told than those of real ones.

    Both are cross-entropies of the same classes. Where made pictures are told as well as real ones are, nothing is
    left: asked for more, they would all become the most typical picture of their class.
    """
    return F.relu(class_of_made - class_of_real.detach())


def orthogonality(module: nn.Module) -> Tensor:
    """Return how far the rows of a network's weights are from orthogonal (Brock et al., 2019, equation 3).

    The sum of squares of W W^T off its diagonal, over all convolutions and linear layers.
    """
    terms = []
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            rows = layer.weight.flatten(1).float()
            gram = rows @ rows.T
            terms.append((gram - torch.diag(gram.diagonal())).square().sum())
    return torch.stack(terms).sum()


def consistency(logits: Callable[[Tensor], Tensor], pictures: Iterable[tuple[Tensor, Tensor]]) -> Tensor:
    """Return how much logits change when pictures are changed as augmentation does (Zhao et al., bCR, 2021).

    Args:
        logits: of pictures.
        pictures: pairs of the logits of pictures as they are, and these pictures changed.
    """
    terms = [(as_they_are.float() - logits(changed).float()).square().mean() for as_they_are, changed in pictures]
    return torch.stack(terms).sum()


def init_weights(module: nn.Module, kind: str) -> None:
    """Draw all convolutions, linear layers and tables: ``normal``, N(0, 0.02), or ``orthogonal`` (Saxe et al., 2014).

    Layers of bounded gain are drawn before their norm.
    """
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear | nn.Embedding) and layer.weight.requires_grad:
            parametrizations = getattr(layer, "parametrizations", None)
            weight = layer.weight if parametrizations is None else parametrizations.weight.original
            with torch.no_grad():
                nn.init.orthogonal_(weight) if kind == "orthogonal" else nn.init.normal_(weight, 0.0, 0.02)
            if isinstance(bias := getattr(layer, "bias", None), Tensor):
                nn.init.zeros_(bias)
