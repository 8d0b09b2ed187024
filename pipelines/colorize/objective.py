"""How colorize is taught: the published course's adversarial loss, binary cross-entropy and L1."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from PIL import Image
from torch import Tensor, nn

from pipelines.colorize.color import greyed, to_lab
from pipelines.colorize.config import ColorizeConfig
from pipelines.colorize.data import ColorizeData, clean, square
from pipelines.colorize.evaluation import chroma_of, evaluate_generator, with_chroma
from pipelines.colorize.networks import (
    ColorizeDiscriminator,
    ColorizeGenerator,
    FrozenEncoder,
)
from pipelines.common.sheets import contact_sheet
from pipelines.data.sources import open_source, unpaired
from pipelines.data.splits import spaced, split_source
from pipelines.nn.adversarial import LOSSES, descend, set_requires_grad
from pipelines.training.objective import Batch
from pipelines.weights import hub

logger = logging.getLogger("pipelines.training")
PREVIEWED = 16
MOST_MOVED = 4  # pixels between two frames of a scene
GRAIN = 0.04  # standard deviation of what grain they differ by at most, of lightness in [-1, 1]


class ColorizeObjective:
    """A U-Net that guesses colours, a discriminator of patches, and the distance to the real colours.

    Args:
        config: the settings.
        progress: show a progress bar while the data is read.

    Raises:
        Misuse: the data cannot be used, or none of it is fit to teach colours.
    """

    def __init__(self, config: ColorizeConfig, *, progress: bool = False) -> None:
        self.config = config
        self.source = unpaired(open_source(config.data))
        split = split_source(self.source, progress=progress)
        self.train, self.held_out = (
            clean(self.source, entries, min_side=config.min_side, progress=progress)
            for entries in (split.train, split.held_out)
        )
        logger.info("%s: %s", config.data, split.report())
        logger.info("to train: %s; held out: %s", self.train.report(), self.held_out.report())
        self.loss = LOSSES["cross_entropy"]
        torch.manual_seed(config.seed)
        generator = make_generator(config)
        if isinstance(generator.encoder, FrozenEncoder):
            generator.encoder.load_backbone()
        self.modules: dict[str, nn.Module] = {
            "generator": generator,
            "discriminator": ColorizeDiscriminator(base_channels=config.discriminator_channels),
        }
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            name: torch.optim.Adam(
                [weight for weight in module.parameters() if weight.requires_grad],
                lr=config.learning_rate,
                betas=(0.5, 0.999),
            )
            for name, module in self.modules.items()
        }
        self.averaged = ("generator",)

    def batches(self, start_step: int) -> Iterable[Batch]:
        """Yield batches of squares for ever, from any step on."""
        config = self.config
        data = ColorizeData(self.source, self.train.entries, size=config.size, seed=config.seed, worn=config.worn)
        return data.batches(config.batch_size, start=start_step, workers=config.workers)

    def step(self, batch: Batch, accelerator: Accelerator) -> Mapping[str, Tensor]:
        """Teach the discriminator, then the generator; the published four losses are logged."""
        grey, real = batch["grey"], batch[self.config.target]
        made = self.modules["generator"](grey)
        scalars: dict[str, Tensor] = {"l1": (made.float() - real).abs().mean()}
        total = self.config.l1_weight * scalars["l1"]
        if self.config.adversarial_weight:
            weights = list(self.modules["discriminator"].parameters())
            set_requires_grad(weights, True)
            loss = self.loss.discriminator(self._logits(grey, real), self._logits(grey, made.detach()))
            descend(self.optimizers["discriminator"], loss, accelerator)
            set_requires_grad(weights, False)
            scalars |= {"discriminator": loss, "cross_entropy": self.loss.generator(self._logits(grey, made))}
            total = total + self.config.adversarial_weight * scalars["cross_entropy"]
        if self.config.consistency:
            scalars["consistency"] = self._consistency(grey, made)
            total = total + self.config.consistency * scalars["consistency"]
        descend(self.optimizers["generator"], total, accelerator)
        return {name: value.detach() for name, value in (scalars | {"generator": total}).items()}

    def _logits(self, grey: Tensor, picture: Tensor) -> Tensor:
        """Return the logits of a picture alone, as published, or of chroma with its lightness."""
        shown = picture if self.config.target == "rgb" else torch.cat([grey.to(picture.dtype), picture], dim=1)
        logits: Tensor = self.modules["discriminator"](shown)
        return logits

    def _consistency(self, grey: Tensor, made: Tensor) -> Tensor:
        """Return the L1 distance to what is made of the scene's next frame: moved a little, with other grain."""
        down, right = (int(pixels) for pixels in torch.randint(-MOST_MOVED, MOST_MOVED + 1, (2,)))
        grain = GRAIN * torch.rand(1, device=grey.device) * torch.randn_like(grey)
        next_made = self.modules["generator"](grey.roll((down, right), (2, 3)) + grain)
        apart = next_made.float().roll((-down, -right), (2, 3)) - made.float()
        inner: Tensor = apart[..., MOST_MOVED:-MOST_MOVED, MOST_MOVED:-MOST_MOVED]
        return inner.abs().mean()

    def guess(self, grey: Tensor) -> Tensor:
        """Run the generator, whichever form the trainer has put in place."""
        generator = self.modules["generator"]
        made: Tensor = generator(grey.to(next(generator.parameters()).device))
        return made.float().cpu()

    def preview(self) -> Image.Image:
        """Return sixteen held-out pictures: grey, guessed, real."""
        rows = []
        for entry in spaced(self.held_out.entries, PREVIEWED):
            real = square(self.source.load(entry), self.config.size)
            made = with_chroma(real, chroma_of(self.guess, to_lab(real)[..., 0], self.config.target))
            rows.append([Image.fromarray(pixels) for pixels in (greyed(real), made, real)])
        return contact_sheet(rows, cell=self.config.size, abreast=4)

    def evaluate(self) -> Mapping[str, float]:
        """Return the metrics of ``evaluate_generator`` on evenly spaced held-out pictures."""
        entries = spaced(self.held_out.entries, self.config.evaluated)
        options: dict[str, Any] = self.config.model_dump(include={"size", "target", "faithful", "vivid"})
        return evaluate_generator(self.guess, self.source, entries, **options)

    def export(self, folder: Path) -> None:
        """Write the generator as config.json and model.safetensors in half precision."""
        export_weights(self.config, {"generator": self.modules["generator"].state_dict()}, folder)


def export_weights(config: ColorizeConfig, weights: Mapping[str, Mapping[str, Tensor]], folder: Path) -> None:
    """Write config.json and model.safetensors in half precision; a model card that is there stays."""
    hub.save_trained(make_generator(config), weights["generator"], folder)


def make_generator(config: ColorizeConfig) -> ColorizeGenerator:
    """Return an untrained generator of these settings."""
    factors = {"vivid": config.vivid, "faithful": config.faithful}
    return ColorizeGenerator(config.encoder, config.target, config.base_channels, config.size, **factors)
