"""How the silhouette detector is taught: by drawings whose animals are known."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from accelerate import Accelerator
from PIL import Image
from torch import Tensor

from pipelines.backbones.silhouette_detector import SilhouetteDetector
from pipelines.common import device
from pipelines.common.errors import Misuse
from pipelines.common.sheets import contact_sheet
from pipelines.data.sources import open_source, unpaired
from pipelines.data.splits import reserve, spaced, split_source
from pipelines.edges.cutouts import Floats
from pipelines.edges.regions import Regions, find_regions
from pipelines.edges.silhouettes import decide, likelihood
from pipelines.metrics.means import means
from pipelines.nn.adversarial import descend
from pipelines.silhouette.config import SilhouetteConfig
from pipelines.silhouette.data import Drawn, SilhouetteData
from pipelines.silhouette.evaluation import colored, compare, held_out_drawings
from pipelines.training.detector import DetectorObjective
from pipelines.training.objective import Batch
from pipelines.weights import hub

logger = logging.getLogger("pipelines.training")
PREVIEWED = 12
LOOKED_AT = 50  # pictures, for one that is cut out


class SilhouetteObjective(DetectorObjective):
    """Binary cross-entropy with the mask of the animal that was drawn.

    Args:
        config: the settings.
        progress: show a progress bar while the data is read.

    Raises:
        Misuse: the data cannot be used.
    """

    def __init__(self, config: SilhouetteConfig, *, progress: bool = False) -> None:
        self.config = config
        self.source = unpaired(open_source(config.data))
        self.split = reserve(split_source(self.source, progress=progress), config.reserved)
        logger.info("%s: %s", config.data, self.split.report())
        looked_at = (self.source.load(entry) for entry in spaced(self.split.train, LOOKED_AT))
        if all(np.asarray(one.convert("RGBA"))[..., 3].min() == 255 for one in looked_at):
            raise Misuse(
                "setting_invalid", name="data", detail="nothing is cut out: pictures with transparency are needed"
            )
        super().__init__(lambda: make_detector(config), seed=config.seed, learning_rate=config.learning_rate)

    def batches(self, start_step: int) -> Iterable[Batch]:
        """Yield batches of drawings for ever, from any step on."""
        data = SilhouetteData(self.source, self.split.train, seed=self.config.seed)
        return data.batches(self.config.batch_size, start=start_step, workers=self.config.workers)

    def step(self, batch: Batch, accelerator: Accelerator) -> Mapping[str, Tensor]:
        """Take one step."""
        inside = batch["inside"].float()
        logits = self.modules["detector"](batch["source"].float()).float()
        loss = F.binary_cross_entropy_with_logits(logits, inside)
        descend(self.optimizers["detector"], loss, accelerator)
        with torch.no_grad():
            wrong = ((logits > 0) != (inside > 0.5)).float().mean()
        return {"cross_entropy": loss.detach(), "wrong": wrong}

    def preview(self) -> Image.Image:
        """Return rows of held-out drawings: as rules fill them, as the network does, the truth."""
        rows = []
        for drawn, rules, answer in self._answers(PREVIEWED):
            outsides = (rules.wide, decide(drawn.lines, answer, rules).wide, ~drawn.mask)
            rows.append([colored(drawn.lines, ~outside) for outside in outsides])
        return contact_sheet(rows)

    def evaluate(self) -> Mapping[str, float]:
        """Return the metrics of ``compare`` on held-out pictures, drawn again and again where they are few."""
        return means([compare(*answer) for answer in self._answers(self.config.evaluated)])

    def _answers(self, most: int) -> Iterator[tuple[Drawn, Regions, Floats]]:
        data = SilhouetteData(self.source, self.split.held_out, seed=self.config.seed)
        for drawn in held_out_drawings(data, most):
            rules = find_regions(drawn.lines)
            yield drawn, rules, likelihood(self.logits, drawn.lines, rules, device.choose("cpu"))


def export_weights(config: SilhouetteConfig, weights: Mapping[str, Mapping[str, Tensor]], folder: Path) -> None:
    """Write config.json and model.safetensors in half precision; a model card that is there stays."""
    hub.save_trained(make_detector(config), weights["detector"], folder)


def make_detector(config: SilhouetteConfig) -> SilhouetteDetector:
    """Return an untrained detector of these settings."""
    return SilhouetteDetector(base_channels=config.base_channels, levels=config.levels)
