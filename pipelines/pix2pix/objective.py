"""How pix2pix is taught: a generator, a discriminator and the distance to the real picture."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from PIL import Image
from torch import Tensor, cat, nn

from pipelines.backbones.vgg import VGGFeatures
from pipelines.common.errors import Misuse
from pipelines.common.sheets import contact_sheet
from pipelines.data.sources import open_source
from pipelines.data.splits import spaced, split_source
from pipelines.edges.maps import map_path
from pipelines.nn.adversarial import LOSSES, descend, gradient_penalty, mode_seeking, set_requires_grad
from pipelines.nn.augment import augment
from pipelines.nn.perceptual import perceptual_distance
from pipelines.pix2pix.adversarial import RECIPES
from pipelines.pix2pix.config import Pix2PixConfig
from pipelines.pix2pix.data import STATISTICS_DIM, Pix2PixData, fit_whitening, lines_to_tensor, load_pair
from pipelines.pix2pix.evaluation import evaluate_generator, generate_pair, noise_for, resized, tensor_to_pixels
from pipelines.pix2pix.networks import Pix2PixGenerator
from pipelines.training.objective import Batch
from pipelines.weights import hub

logger = logging.getLogger("pipelines.training")
PREVIEWED = 12  # held-out pictures on a preview sheet


class Pix2PixObjective:
    """A U-Net against a discriminator, with the distance to the real picture; by default pix2pix with LSGAN.

    Args:
        config: the settings.
        progress: show a progress bar while the data is read.

    Raises:
        Misuse: the data cannot be used, or size and levels do not fit.
    """

    def __init__(self, config: Pix2PixConfig, *, progress: bool = False) -> None:
        if config.size < 2**config.levels:
            allowed = config.size.bit_length() - 1
            raise Misuse("argument_out_of_range", name="levels", given=config.levels, low=3, high=allowed)
        self.config = config
        self.source = open_source(config.data)
        self.split = split_source(self.source, progress=progress)
        logger.info("%s: %s", config.data, self.split.report())
        self.whitening = fit_whitening(self.source, self.split.train, config.direction)
        self.recipe = RECIPES[config.adversarial]
        if self.recipe.discriminator_steps > 1 and config.accumulate > 1:
            raise Misuse("setting_invalid", name="accumulate", detail=f"must be 1 with {config.adversarial}")
        self.maps = None if config.maps is None else self._checked(Path(config.maps))
        self.loss = LOSSES[self.recipe.loss]
        self.l1_weight = self.recipe.l1 if config.l1_weight is None else config.l1_weight
        own = config.perceptual_weight
        self.perceptual_weight = self.recipe.perceptual if own is None else own
        self.features = VGGFeatures.from_pretrained() if self.perceptual_weight else None
        torch.manual_seed(config.seed)
        self.modules: dict[str, nn.Module] = {
            "generator": make_generator(config),
            "discriminator": self.recipe.make_discriminator(config.discriminator_channels),
        }
        self.trained = {
            name: [weight for weight in module.parameters() if weight.requires_grad]
            for name, module in self.modules.items()
        }
        self.optimizers = {
            "generator": self.recipe.generator.optimizer(self.trained["generator"], config.learning_rate),
            "discriminator": self.recipe.discriminator.optimizer(self.trained["discriminator"], config.learning_rate),
        }
        self.averaged = ("generator",)
        self.count = 0

    def _checked(self, folder: Path) -> Path:
        """Return a folder of line maps; ``Misuse`` where it has none of these pictures."""
        if self.source.paired:
            raise Misuse("setting_invalid", name="maps", detail="pairs have their lines already")
        found = sum(map_path(folder, entry).is_file() for entry in self.split.train)
        if not found:
            raise Misuse("setting_invalid", name="maps", detail=f"no line map of these pictures in {folder}")
        logger.info("%d of %d training pictures have a line map", found, len(self.split.train))
        return folder

    def batches(self, start_step: int) -> Iterable[Batch]:
        """Yield batches of examples for ever, from any step on."""
        self.count, config = start_step, self.config
        options: dict[str, Any] = config.model_dump(include={"size", "seed", "white", "direction"})
        data = Pix2PixData(self.source, self.split.train, whitening=self.whitening, maps=self.maps, **options)
        return data.batches(config.batch_size, start=start_step, workers=config.workers)

    def step(self, batch: Batch, accelerator: Accelerator) -> Mapping[str, Tensor]:
        """Teach the discriminator, then, every so many steps, the generator."""
        self.count += 1
        generators_step = self.count % self.recipe.discriminator_steps == 0
        generator = self.modules["generator"]
        with torch.set_grad_enabled(generators_step):
            made = [generator(batch["source"], batch["noise"], batch["background"])]
        other_noise = torch.randn_like(batch["noise"])
        if self.recipe.seeking:
            made.append(generator(batch["source"], other_noise, batch["background"]))
        scalars = self._teach_discriminator(batch, made, accelerator)
        if generators_step:
            scalars |= self._teach_generator(batch, made, other_noise, accelerator)
        return {name: value.detach() for name, value in scalars.items()}

    def _teach_discriminator(self, batch: Batch, made: list[Tensor], accelerator: Accelerator) -> dict[str, Tensor]:
        source, target = batch["source"], batch["target"]
        set_requires_grad(self.trained["discriminator"], True)
        real_logits = self._logits(source, target)
        fake_logits = cat([self._logits(source, picture.detach()) for picture in made])
        loss = self.loss.discriminator(real_logits, fake_logits)
        scalars = {
            "discriminator": loss,
            "real_logit": real_logits.float().mean(),
            "fake_logit": fake_logits.float().mean(),
        }
        if self.recipe.penalty:
            scalars["penalty"] = gradient_penalty(lambda picture: self._logits(source, picture), target, made[0])
            loss = loss + self.recipe.penalty * scalars["penalty"]
        descend(self.optimizers["discriminator"], loss, accelerator)
        if self.recipe.clip is not None:
            with torch.no_grad():
                for weight in self.trained["discriminator"]:
                    weight.clamp_(-self.recipe.clip, self.recipe.clip)
        return scalars

    def _teach_generator(
        self, batch: Batch, made: list[Tensor], other_noise: Tensor, accelerator: Accelerator
    ) -> dict[str, Tensor]:
        source, target = batch["source"], batch["target"]
        set_requires_grad(self.trained["discriminator"], False)
        adversarial = self.loss.generator(self._logits(source, made[0]))
        l1 = (made[0].float() - target).abs().mean()
        scalars = {"generator": adversarial, "l1": l1}
        loss = adversarial + self.l1_weight * l1
        if self.recipe.seeking:
            seeking = mode_seeking(made[0], made[1], batch["noise"], other_noise)
            loss = loss + self.loss.generator(self._logits(source, made[1])) + self.recipe.seeking * seeking
            scalars["seeking"] = seeking
        if self.features is not None:
            self.features = self.features.to(accelerator.device)
            with accelerator.autocast():
                scalars["perceptual"] = perceptual_distance(self.features, rgb(made[0]), rgb(target))
            loss = loss + self.perceptual_weight * scalars["perceptual"]
        descend(self.optimizers["generator"], loss, accelerator)
        return scalars

    def _logits(self, source: Tensor, picture: Tensor) -> Tensor:
        """Return the discriminator's logits of a picture made or taken from these lines."""
        shown = augment(rgb(picture)) if self.recipe.projected else cat([source, picture], dim=1)
        logits: Tensor = self.modules["discriminator"](shown)
        return logits

    def generate(self, source: Tensor, noise: Tensor, background: Tensor) -> Tensor:
        """Run the generator, whichever form the trainer has put in place, on its own device."""
        generator = self.modules["generator"]
        device = next(generator.parameters()).device
        made: Tensor = generator(source.to(device), noise.to(device), background.to(device))
        return made.float().cpu()

    def preview(self) -> Image.Image:
        """Return rows of lines, real picture and what was made: pictures of three seeds, or lines; held-out only."""
        size, seed, rows = self.config.size, self.config.seed, []
        for entry in spaced(self.split.held_out, PREVIEWED):
            pair = load_pair(self.source, entry, self.config.direction)
            lines, real = lines_to_tensor(pair.lines, size), resized(pair, size)
            cells = [tensor_to_pixels(1 - 2 * lines.expand(3, -1, -1)), tensor_to_pixels(real)]
            noises = [noise_for(seed, number, STATISTICS_DIM) for number in range(3)]
            if self.config.direction == "edges_to_picture":
                cells += [generate_pair(self.generate, pair, size, noise) for noise in noises]
            else:
                made = self.generate(real[None], noises[0][None], torch.ones(1, 3))
                cells.append(tensor_to_pixels(rgb(-made)[0]))
            rows.append([Image.fromarray(cell) for cell in cells])
        return contact_sheet(rows, cell=size)

    def evaluate(self) -> Mapping[str, float]:
        """Return the metrics of ``evaluate_generator`` on evenly spaced held-out pictures."""
        if self.config.direction != "edges_to_picture":
            return {}
        entries = spaced(self.split.held_out, self.config.evaluated)
        options: dict[str, Any] = {"size": self.config.size, "noise_dim": STATISTICS_DIM, "seed": self.config.seed}
        train = spaced(self.split.train, len(entries))
        return evaluate_generator(self.generate, self.source, entries, train, **options)

    def export(self, folder: Path) -> None:
        """Write the generator as config.json and model.safetensors in half precision."""
        export_weights(self.config, {"generator": self.modules["generator"].state_dict()}, folder)


def rgb(picture: Tensor) -> Tensor:
    """Return three channels: lines are the same in each."""
    return picture.expand(-1, 3, -1, -1)


def export_weights(config: Pix2PixConfig, weights: Mapping[str, Mapping[str, Tensor]], folder: Path) -> None:
    """Write config.json and model.safetensors in half precision; a model card that is there stays."""
    hub.save_trained(make_generator(config), weights["generator"], folder)


def make_generator(config: Pix2PixConfig) -> Pix2PixGenerator:
    """Return an untrained generator of these settings."""
    forward = config.direction == "edges_to_picture"
    shape = config.model_dump(include={"base_channels", "levels", "size"})
    return Pix2PixGenerator(*((1, 3) if forward else (3, 1)), noise_dim=STATISTICS_DIM, **shape)
