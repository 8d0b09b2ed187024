"""How chimera is taught: pix2pix's game of a painter and a judge of patches."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

import torch
from accelerate import Accelerator
from PIL import Image
from pydantic import Field
from torch import Tensor, cat, nn

from pipelines import hub
from pipelines.chimera.data import ChimeraData, Direction, fit_whitening, held_out_pair, lines_to_tensor, split_pair
from pipelines.chimera.evaluation import evaluate_painter, noise_for, paint_pair, resized, tensor_to_pixels
from pipelines.chimera.networks import ChimeraGenerator
from pipelines.data.loading import endless_loader
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.errors import Misuse
from pipelines.nn.adversarial import LOSSES, set_requires_grad
from pipelines.nn.patchgan import PatchDiscriminator
from pipelines.training.config import TrainingConfig
from pipelines.training.objective import Batch

logger = logging.getLogger("pipelines.training")
PREVIEWED = 12  # held-out pictures on a preview sheet


class ChimeraConfig(TrainingConfig):
    """Settings of chimera's training; defaults follow pix2pix (Isola et al., 2017)."""

    size: Literal[64, 128, 256] = Field(256, description="side of the pictures, pixels")
    direction: Direction = Field("edges_to_picture", description="what is given and what is made")
    base_channels: int = Field(28, ge=4, le=128, description="generator's channels at half resolution")
    levels: int = Field(7, ge=3, le=8, description="halvings in the generator; at most log2 of the size")
    noise_dim: int = Field(8, ge=8, le=8, description="length of the noise vector: a mood has eight numbers")
    discriminator_channels: int = Field(48, ge=4, le=128, description="discriminator's channels after its first layer")
    adversarial: Literal["lsgan"] = Field("lsgan", description="adversarial loss")
    l1_weight: float = Field(100.0, ge=0, description="weight of the L1 distance to the real picture")
    learning_rate: float = Field(2e-4, gt=0, le=0.1, description="Adam's rate, both networks")
    white: float = Field(0.6, ge=0, le=1, description="share of white backgrounds; the rest are plain colours")
    evaluated: int = Field(64, ge=1, description="held-out pictures per evaluation while training")


# name        size  batch  steps   base  D    every: preview evaluate checkpoint
PRESETS: dict[str, dict[str, int]] = {
    "smoke": {"size": 64, "levels": 6, "batch_size": 8, "steps": 40, "base_channels": 8, "discriminator_channels": 8}
    | {"preview_every": 20, "evaluate_every": 40, "checkpoint_every": 10, "log_every": 5, "evaluated": 8},
    "small": {"size": 128, "batch_size": 16, "steps": 9000, "workers": 1},
    "full": {"size": 256, "batch_size": 8, "steps": 60000, "workers": 1},
}


class ChimeraObjective:
    """Least-squares game of a U-Net and a conditional PatchGAN, with L1 to the real picture.

    Args:
        config: the settings.
        progress: show a progress bar while the data is read.

    Raises:
        Misuse: the data cannot be used, or size and levels do not fit.
    """

    def __init__(self, config: ChimeraConfig, *, progress: bool = False) -> None:
        if config.size < 2**config.levels:
            allowed = config.size.bit_length() - 1
            raise Misuse("argument_out_of_range", name="levels", given=config.levels, low=3, high=allowed)
        self.config = config
        self.source = open_source(config.data)
        self.split = split_source(self.source, progress=progress)
        logger.info("%s: %s", config.data, self.split.report())
        self.whitening = fit_whitening(self.source, self.split.train, config.direction)
        self.loss = LOSSES[config.adversarial]
        torch.manual_seed(config.seed)
        self.modules: dict[str, nn.Module] = {
            "generator": make_generator(config),
            "discriminator": PatchDiscriminator(4, config.discriminator_channels),  # condition and picture: 1 + 3
        }
        self.optimizers = {
            name: torch.optim.Adam(module.parameters(), lr=config.learning_rate, betas=(0.5, 0.999))
            for name, module in self.modules.items()
        }
        self.averaged = ("generator",)

    def batches(self, start_step: int) -> Iterable[Batch]:
        """Yield batches of examples for ever, from any step on."""
        config, entries = self.config, self.split.train
        data = ChimeraData(
            self.source,
            entries,
            size=config.size,
            seed=config.seed,
            white=config.white,
            direction=config.direction,
            whitening=self.whitening,
        )
        loader: Iterable[Batch] = endless_loader(
            data, len(entries), config.batch_size, seed=config.seed, start=start_step, workers=config.workers
        )
        return loader

    def step(self, batch: Batch, accelerator: Accelerator) -> Mapping[str, Tensor]:
        """Teach the judge, then the painter."""
        generator, discriminator = self.modules["generator"], self.modules["discriminator"]
        source, target = batch["source"], batch["target"]
        made = generator(source, batch["noise"], batch["background"])

        set_requires_grad(discriminator, True)
        real_logits = discriminator(cat([source, target], dim=1))
        fake_logits = discriminator(cat([source, made.detach()], dim=1))
        judge_loss = self.loss.discriminator(real_logits, fake_logits)
        self._descend("discriminator", judge_loss, accelerator)

        set_requires_grad(discriminator, False)
        adversarial = self.loss.generator(discriminator(cat([source, made], dim=1)))
        l1 = (made.float() - target).abs().mean()
        self._descend("generator", adversarial + self.config.l1_weight * l1, accelerator)
        return {
            "generator": adversarial.detach(),
            "l1": l1.detach(),
            "discriminator": judge_loss.detach(),
            "real_logit": real_logits.float().mean().detach(),
            "fake_logit": fake_logits.float().mean().detach(),
        }

    def _descend(self, name: str, loss: Tensor, accelerator: Accelerator) -> None:
        accelerator.backward(loss)
        self.optimizers[name].step()
        self.optimizers[name].zero_grad(set_to_none=True)

    def paint(self, source: Tensor, noise: Tensor, background: Tensor) -> Tensor:
        """Run the generator, whichever form the trainer has put in place, on its own device."""
        generator = self.modules["generator"]
        device = next(generator.parameters()).device
        made: Tensor = generator(source.to(device), noise.to(device), background.to(device))
        return made.float().cpu()

    def preview(self) -> Image.Image:
        """Return rows of lines, real picture and paintings from three seeds, held-out pictures only."""
        size, entries = self.config.size, self.split.held_out[:: max(1, len(self.split.held_out) // PREVIEWED)]
        sheet = Image.new("RGB", (10 * size, -(-min(len(entries), PREVIEWED) // 2) * size), "white")
        for number, entry in enumerate(entries[:PREVIEWED]):
            image = self.source.load(entry)
            pair = split_pair(image, self.config.direction) if self.source.paired else held_out_pair(image)
            lines = lines_to_tensor(pair.lines, size)
            cells = [tensor_to_pixels(1 - 2 * lines.expand(3, -1, -1)), tensor_to_pixels(resized(pair, size))]
            if self.config.direction == "edges_to_picture":
                noises = [noise_for(self.config.seed, seed, self.config.noise_dim) for seed in range(3)]
                cells += [paint_pair(self.paint, pair, size, noise) for noise in noises]
            for column, cell in enumerate(cells):
                where = (column + 5 * (number % 2)) * size, number // 2 * size
                sheet.paste(Image.fromarray(cell), where)
        return sheet

    def evaluate(self) -> Mapping[str, float]:
        """Return the metrics of ``evaluate_painter`` on evenly spaced held-out pictures."""
        if self.config.direction != "edges_to_picture":
            return {}
        held_out = self.split.held_out
        entries = held_out[:: max(1, len(held_out) // self.config.evaluated)][: self.config.evaluated]
        return evaluate_painter(
            self.paint,
            self.source,
            entries,
            size=self.config.size,
            noise_dim=self.config.noise_dim,
            seed=self.config.seed,
        )

    def export(self, folder: Path) -> None:
        """Write the generator as config.json and model.safetensors in half precision."""
        export_generator(self.config, self.modules["generator"].state_dict(), folder)


def export_generator(config: ChimeraConfig, weights: Mapping[str, Tensor], folder: Path) -> None:
    """Write config.json and model.safetensors in half precision; a model card that is there stays."""
    generator = make_generator(config)
    generator.load_state_dict(weights)
    hub.save_model(generator.half(), folder)


def make_generator(config: ChimeraConfig) -> ChimeraGenerator:
    """Return an untrained generator of these settings."""
    forward = config.direction == "edges_to_picture"
    return ChimeraGenerator(
        in_channels=1 if forward else 3,
        out_channels=3 if forward else 1,
        base_channels=config.base_channels,
        levels=config.levels,
        noise_dim=config.noise_dim,
        size=config.size,
    )
