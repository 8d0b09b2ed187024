"""How the classifier is taught."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from PIL import Image
from torch import Tensor, nn

from pipelines.backbones.wide_resnet import WideResNet
from pipelines.classifier.config import ClassifierConfig
from pipelines.classifier.evaluation import evaluate_classifier
from pipelines.common.errors import Misuse
from pipelines.common.sheets import contact_sheet
from pipelines.data.resident import Resident, load_resident, to_unit
from pipelines.data.sources import open_source
from pipelines.data.splits import spaced_places, split_source
from pipelines.nn.adversarial import descend
from pipelines.nn.augment import cutout, flip, translate
from pipelines.training.objective import Batch
from pipelines.weights import hub

logger = logging.getLogger("pipelines.training")
PREVIEWED = (10, 10)  # rows and columns of mistakes


class ClassifierObjective:
    """Cross-entropy on flipped, moved pictures with a square hidden (DeVries and Taylor, Cutout, 2017).

    Args:
        config: the settings.
        progress: show a progress bar while the data is read.

    Raises:
        Misuse: the data cannot be used.
    """

    def __init__(self, config: ClassifierConfig, *, progress: bool = False) -> None:
        self.config = config
        source = open_source(config.data)
        split = split_source(source, progress=progress)
        logger.info("%s: %s", config.data, split.report())
        options: dict[str, Any] = {"progress": progress}
        self.train = load_resident(source, split.train, config.size, **options)
        self.held_out = load_resident(source, split.held_out, config.size, classes=self.train.classes, **options)
        if len(self.train.classes) < 2:
            detail = (
                f"pictures of two classes or more are needed, in a folder each: got {', '.join(self.train.classes)}"
            )
            raise Misuse("setting_invalid", name="data", detail=detail)
        torch.manual_seed(config.seed)
        self.modules: dict[str, nn.Module] = {"classifier": make_classifier(config, self.train.classes)}
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "classifier": torch.optim.SGD(
                self.modules["classifier"].parameters(),
                config.learning_rate,
                momentum=0.9,
                weight_decay=config.weight_decay,
                nesterov=True,
            )
        }
        self.averaged = ("classifier",)

    def batches(self, start_step: int) -> Iterable[Batch]:
        """Yield pictures and labels for ever, from any step on."""
        return self.train.batches(self.config.batch_size, seed=self.config.seed, start=start_step)

    def step(self, batch: Batch, accelerator: Accelerator) -> Mapping[str, Tensor]:
        """Take one step."""
        config = self.config
        pictures = cutout(translate(flip(to_unit(batch["picture"])), config.shift), config.hidden)
        logits = self.modules["classifier"](pictures).float()
        loss = F.cross_entropy(logits, batch["label"], label_smoothing=config.smoothing)
        descend(self.optimizers["classifier"], loss, accelerator)
        right = (logits.argmax(dim=1) == batch["label"]).float().mean()
        return {"cross_entropy": loss.detach(), "accuracy": right}

    def logits(self, x: Tensor) -> Tensor:
        """Run the classifier, whichever form the trainer has put in place."""
        classifier = self.modules["classifier"]
        found: Tensor = classifier(x.to(next(classifier.parameters()).device)).float().cpu()
        return found

    def sample(self, most: int) -> Resident:
        """Return evenly spaced held-out pictures."""
        chosen = torch.tensor(spaced_places(len(self.held_out), most))
        return Resident(self.held_out.pictures[chosen], self.held_out.labels[chosen], self.held_out.classes)

    def preview(self) -> Image.Image:
        """Return a sheet of held-out pictures that it gets wrong."""
        data, (rows, columns) = self.sample(1000), PREVIEWED
        guesses = torch.cat([self.logits(to_unit(batch)) for batch in torch.split(data.pictures, 250)]).argmax(dim=1)
        wrong = data.pictures[guesses != data.labels][: rows * columns].permute(0, 2, 3, 1).numpy()
        cells = [Image.fromarray(picture) for picture in wrong]
        cells += [Image.new("RGB", (1, 1), "white")] * (rows * columns - len(cells))
        return contact_sheet(
            [cells[start : start + columns] for start in range(0, len(cells), columns)], cell=64, abreast=1
        )

    def evaluate(self) -> Mapping[str, float]:
        """Return the metrics of ``evaluate_classifier`` on evenly spaced held-out pictures."""
        return evaluate_classifier(self.logits, self.sample(self.config.evaluated))

    def export(self, folder: Path) -> None:
        """Write config.json and model.safetensors in half precision."""
        classifier = make_classifier(self.config, self.train.classes)
        hub.save_trained(classifier, self.modules["classifier"].state_dict(), folder)


def export_weights(config: ClassifierConfig, weights: Mapping[str, Mapping[str, Tensor]], folder: Path) -> None:
    """Write config.json and model.safetensors in half precision; the run's data must be there still."""
    train = split_source(open_source(config.data)).train
    classes = tuple(sorted({entry.label for entry in train}))
    hub.save_trained(make_classifier(config, classes), weights["classifier"], folder)


def make_classifier(config: ClassifierConfig, classes: tuple[str, ...]) -> WideResNet:
    """Return an untrained classifier of these settings."""
    return WideResNet(classes, width=config.width, blocks=config.blocks, size=config.size)
