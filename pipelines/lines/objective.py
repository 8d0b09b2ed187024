"""How the line detector is taught: to answer as HED does (distillation; Hinton et al., 2015)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from PIL import Image
from torch import Tensor

from pipelines.backbones.line_detector import LineDetector
from pipelines.common import device
from pipelines.common.errors import Misuse, StudioError
from pipelines.common.sheets import contact_sheet
from pipelines.data.entries import Entry
from pipelines.data.sources import open_source, unpaired
from pipelines.data.splits import spaced, split_source
from pipelines.edges.cutouts import Floats, to_bytes
from pipelines.edges.finding import black_on_white
from pipelines.edges.maps import map_path, probability_map, read_map
from pipelines.lines.config import LinesConfig
from pipelines.lines.data import LinesData
from pipelines.lines.evaluation import agreement, lines_of, on_white
from pipelines.metrics.means import means
from pipelines.nn.adversarial import descend
from pipelines.training.detector import DetectorObjective
from pipelines.training.objective import Batch
from pipelines.weights import hub

logger = logging.getLogger("pipelines.training")
PREVIEWED = 8


class LinesObjective(DetectorObjective):
    """Binary cross-entropy with the large detector's probabilities as soft targets.

    Args:
        config: the settings.
        progress: show a progress bar while the data is read.

    Raises:
        Misuse: the data cannot be used, or none of its pictures has a map.
    """

    def __init__(self, config: LinesConfig, *, progress: bool = False) -> None:
        self.config, self.maps = config, Path(config.maps)
        self.source = unpaired(open_source(config.data))
        split = split_source(self.source, progress=progress)
        self.train = [entry for entry in split.train if map_path(self.maps, entry).is_file()]
        self.held_out = [entry for entry in split.held_out if map_path(self.maps, entry).is_file()]
        if not self.train or not self.held_out:
            raise Misuse("setting_invalid", name="maps", detail=f"no line map of these pictures in {self.maps}")
        logger.info("%s: %s", config.data, split.report())
        logger.info("with a line map: %d to train, %d held out", len(self.train), len(self.held_out))
        super().__init__(lambda: make_detector(config), seed=config.seed, learning_rate=config.learning_rate)

    def batches(self, start_step: int) -> Iterable[Batch]:
        """Yield batches of windows for ever, from any step on."""
        config = self.config
        data = LinesData(self.source, self.train, maps=self.maps, size=config.size, seed=config.seed)
        return data.batches(config.batch_size, start=start_step, workers=config.workers)

    def step(self, batch: Batch, accelerator: Accelerator) -> Mapping[str, Tensor]:
        """Take one step towards the large detector's answer."""
        logits = self.modules["detector"](batch["picture"]).float()
        loss = F.binary_cross_entropy_with_logits(logits, batch["lines"])
        descend(self.optimizers["detector"], loss, accelerator)
        with torch.no_grad():
            distance = (logits.sigmoid() - batch["lines"]).abs().mean()
        return {"cross_entropy": loss.detach(), "distance": distance}

    def preview(self) -> Image.Image:
        """Return rows of held-out picture, the large detector's lines and the small one's."""
        rows = []
        for picture, *maps in self._answers(PREVIEWED):
            rows.append([Image.fromarray(to_bytes(picture)), *(black_on_white(lines_of(found)) for found in maps)])
        return contact_sheet(rows)

    def evaluate(self) -> Mapping[str, float]:
        """Return how well its lines agree with the large detector's on evenly spaced held-out pictures."""
        return means([agreement(*answers) for answers in self._answers(self.config.evaluated)])

    def _answers(self, most: int) -> Iterator[tuple[Floats, Floats, Floats]]:
        """Yield evenly spaced held-out pictures with the large detector's map and the small one's."""
        placement = device.choose("cpu")
        for entry in spaced(self.held_out, most):
            picture = on_white(self.source.load(entry))
            yield picture, self._teacher(entry), probability_map(lambda x: self.logits(x).sigmoid(), picture, placement)

    def _teacher(self, entry: Entry) -> Floats:
        found = read_map(self.maps, entry)
        if found is None:
            raise StudioError("file_not_found", given=map_path(self.maps, entry))
        return found


def export_weights(config: LinesConfig, weights: Mapping[str, Mapping[str, Tensor]], folder: Path) -> None:
    """Write config.json and model.safetensors in half precision; a model card that is there stays."""
    hub.save_trained(make_detector(config), weights["detector"], folder)


def make_detector(config: LinesConfig) -> LineDetector:
    """Return an untrained detector of these settings."""
    return LineDetector(base_channels=config.base_channels, levels=config.levels)
