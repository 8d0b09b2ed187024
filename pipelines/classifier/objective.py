"""How the classifier is taught."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from PIL import Image
from pydantic import Field
from torch import Tensor, nn

from pipelines.backbones.wide_resnet import WideResNet
from pipelines.classifier.evaluation import evaluate_classifier
from pipelines.common.sheets import contact_sheet
from pipelines.data.resident import Resident, load_resident, to_unit
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.nn.adversarial import descend
from pipelines.nn.augment import cutout, flip, translate
from pipelines.training.config import MAX_EVALUATED, TrainingConfig
from pipelines.training.objective import Batch
from pipelines.weights import hub

logger = logging.getLogger("pipelines.training")
PREVIEWED = (10, 10)  # rows and columns of mistakes


class ClassifierConfig(TrainingConfig):
    """Settings of the classifier's training."""

    size: Literal[32, 64] = Field(32, description="side of the pictures, pixels")
    width: int = Field(2, ge=1, le=16, description="k, by which the channels 16, 32, 64 are multiplied")
    blocks: int = Field(2, ge=1, le=6, description="n, residual blocks in each of three groups")
    learning_rate: float = Field(0.1, gt=0, le=10, description="rate of SGD with Nesterov momentum 0.9")
    weight_decay: float = Field(5e-4, ge=0, le=1, description="of all weights")
    smoothing: float = Field(0.1, ge=0, lt=1, description="of the labels (Szegedy et al., 2016)")
    shift: float = Field(0.125, ge=0, le=0.5, description="largest move of a training picture, as a share of its side")
    hidden: float = Field(0.25, ge=0, le=0.5, description="side of the square that is hidden, as a share (Cutout)")
    evaluated: int = Field(2000, ge=1, le=MAX_EVALUATED, description="held-out pictures per evaluation while training")


PRESETS: dict[str, dict[str, Any]] = {
    "smoke": {"batch_size": 16, "steps": 40, "width": 1, "blocks": 1, "preview_every": 20, "evaluate_every": 40}
    | {"checkpoint_every": 10, "log_every": 5, "evaluated": 64, "learning_rate": 0.05},
    # zip:cifar100.zip: 0.737 of twenty superclasses, 0.607 of a hundred classes right; two hours of one core
    "cpu": {"batch_size": 128, "steps": 7000, "width": 2, "ema_decay": 0.998},
    # zip:tiny-imagenet.zip+zip:photos.zip, to measure generators of photographs
    "photos": {"size": 64, "batch_size": 128, "steps": 16000, "width": 2, "ema_decay": 0.998},
    "gpu": {"batch_size": 512, "steps": 9800, "width": 8, "blocks": 4, "learning_rate": 0.4},
}


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
        every = max(1, len(self.held_out) // most)
        chosen = torch.arange(0, len(self.held_out), every)[:most]
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
