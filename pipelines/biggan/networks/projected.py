"""The projected discriminator (Sauer et al., Projected GANs, 2021), with a second projection by class."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pipelines.nn.projected import ProjectedDiscriminator, Shown
from pipelines.nn.spectral import SpectralEmbedding

PLACES = 4  # a side
FINE = 2  # maps of the backbone that a classifier does without: strides 2 and 4


class ProjectedClassDiscriminator(ProjectedDiscriminator):
    """A projected discriminator whose heads ask for the class as well.

    A head's logit is a map psi(h) plus <e(y), mean of h>, as in BigGAN's discriminator. Its hidden layers are normed by
    batch, so that a picture's logits depend on the others in it.

    Args:
        classes: how many.
        backbone: a frozen ``nn.Module`` with ``features``.
        backbone_channels: channels of the maps to use, finest first.
        skip: how many of the backbone's finest maps to leave out.
        side: to which pictures are enlarged, pixels.
        channels: of the mixed maps and the heads.
    """

    def __init__(
        self,
        classes: int,
        backbone: nn.Module,
        backbone_channels: Sequence[int],
        *,
        skip: int = 1,
        side: int = 128,
        channels: int = 64,
    ) -> None:
        super().__init__(
            backbone, backbone_channels, skip=skip, channels=channels, head_channels=channels, normalize=True
        )
        self.side = side
        self.embeddings = nn.ModuleList(SpectralEmbedding(classes, channels) for _ in backbone_channels)

    def forward(self, shown: Shown, labels: Tensor) -> Tensor:  # type: ignore[override]
        """Map pictures (B, 3, S, S) in [-1, 1], or what ``project`` gives, and class numbers (B,) to logits (B, N).

        They are those of all scales, each brought to 4 x 4 places: fine maps have more, and would outvote the others.
        """
        levels = self.project(shown) if isinstance(shown, Tensor) else shown
        found = []
        for level, head, embedding in zip(levels[: len(self.heads)], self.heads, self.embeddings, strict=True):
            *hidden, logit = head.children()
            for layer in hidden:
                level = layer(level)
            by_class = (embedding(labels) * level.mean(dim=(2, 3))).sum(dim=1, keepdim=True)
            found.append(F.adaptive_avg_pool2d(logit(level), PLACES).flatten(1) + by_class)
        return torch.cat(found, dim=1)

    def project(self, x: Tensor) -> list[Tensor]:
        """Map pictures, enlarged first, to what the heads see, and after it to what ``class_maps`` takes."""
        enlarged = F.interpolate(x, size=(self.side, self.side), mode="bilinear", align_corners=False)
        maps: list[Tensor] = self.backbone.features(enlarged)  # type: ignore[operator]
        return [*self.mixed(maps), *maps[FINE:]]

    def class_maps(self, shown: Sequence[Tensor]) -> Sequence[Tensor]:
        """Return the backbone's own maps, of stride 8 and more, of what ``project`` gives: they tell classes best."""
        return shown[len(self.heads) :]
