"""How BigGAN is taught."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from accelerate import Accelerator
from PIL import Image
from torch import Tensor, nn

from pipelines.backbones.lite0 import CHANNELS, EfficientNetLite0
from pipelines.biggan.config import WATCHED, BigGANConfig
from pipelines.biggan.evaluation import evaluate_samples, independent_kid, open_reference
from pipelines.biggan.losses import LeCam, consistency, guidance, init_weights, orthogonality
from pipelines.biggan.networks import (
    AuxiliaryClassifier,
    BigGANDiscriminator,
    BigGANGenerator,
    ProjectedClassDiscriminator,
)
from pipelines.biggan.networks.projected import FINE
from pipelines.biggan.sampling import class_sheet, sample
from pipelines.biggan.widening import begin_wider
from pipelines.common import device
from pipelines.common.errors import Misuse
from pipelines.data.entries import Entry
from pipelines.data.resident import load_resident, to_unit
from pipelines.data.sources import open_source
from pipelines.data.splits import Split, spaced, split_source
from pipelines.data.superclasses import SUPERCLASSES, superclass_numbers
from pipelines.metrics.report import FEWEST, Reference
from pipelines.nn.adversarial import LOSSES, descend, set_requires_grad
from pipelines.nn.augment import augment, cutout, flip
from pipelines.nn.projected import Shown, detached, shown_to
from pipelines.training.objective import Batch, unwrapped
from pipelines.weights import hub

logger = logging.getLogger("pipelines.training")
PREVIEWED = 10  # pictures of each class
SIZE = 32
JITTER = {"brightness": 0.2, "contrast": 0.2, "saturation": 0.2, "hue": 0.1}


class BigGANObjective:
    """A generator against a discriminator that also asks for the class; hinge loss.

    Args:
        config: the settings.
        progress: show a progress bar while the data is read.

    Raises:
        Misuse: the data cannot be used, or settings that do not go together.
    """

    def __init__(self, config: BigGANConfig, *, progress: bool = False) -> None:
        if config.hierarchical and (not config.shared_dim or config.noise_dim % 4):
            detail = "needs shared_dim, and a noise_dim that four divides"
            raise Misuse("setting_invalid", name="hierarchical", detail=detail)
        if config.discriminator_steps > 1 and config.accumulate > 1:
            detail = "must be 1 where the discriminator takes several steps"
            raise Misuse("setting_invalid", name="accumulate", detail=detail)
        if config.quantization and config.projected:
            raise Misuse("setting_invalid", name="quantization", detail="a projected discriminator quantises none")
        if config.classification and not config.projected:
            raise Misuse("setting_invalid", name="classification", detail="needs a projected discriminator")
        self.config = config
        source = open_source(config.data)
        split = split_source(source, progress=progress)
        logger.info("%s: %s", config.data, split.report())
        train, held_out = relabelled_split(split, config.superclasses)
        self.data = load_resident(source, train, SIZE, progress=progress)
        self.held_out = load_resident(source, spaced(held_out, 2000), SIZE, classes=self.data.classes)
        counts = config.evaluated, len(self.held_out)
        if config.watch == WATCHED and min(counts) < FEWEST:
            wanted = f"{WATCHED} needs {FEWEST} samples and {FEWEST} held-out pictures"
            detail = f"{wanted}, got {counts[0]} and {counts[1]}: give more, or set watch to null"
            raise Misuse("setting_invalid", name="watch", detail=detail)
        torch.manual_seed(config.seed)
        self.modules: dict[str, nn.Module] = {
            "generator": make_generator(config, self.data.classes),
            "discriminator": make_discriminator(config, len(self.data.classes)),
            "lecam": LeCam(),
        }
        if config.classification:
            self.modules["classifier"] = AuxiliaryClassifier(len(self.data.classes), CHANNELS[FINE:])
        for name in ("generator", "discriminator"):
            init_weights(self.modules[name], config.init)
        self.begun_with = begin_wider(self.modules, config) if config.widened_from else []
        taught = [self.modules[name] for name in ("discriminator", "classifier") if name in self.modules]
        self.trained = [weight for module in taught for weight in module.parameters() if weight.requires_grad]
        generator = self.modules["generator"].parameters()
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "generator": torch.optim.Adam(generator, config.generator_rate, (0.0, 0.999), eps=1e-6),
            "discriminator": torch.optim.Adam(self.trained, config.discriminator_rate, (0.0, 0.999), eps=1e-6),
        }
        self.averaged = ("generator",)
        self.steady_from = 2

    def batches(self, start_step: int) -> Iterable[Batch]:
        """Yield pictures and labels for ever, from any step on."""
        config = self.config
        size = config.batch_size * config.discriminator_steps
        resident = self.data.to(device.choose(config.device).device)
        batches = resident.batches(size, seed=config.seed, start=start_step)
        return jittered(batches, config.seed, start_step) if config.jitter else batches

    def step(self, batch: Batch, accelerator: Accelerator) -> Mapping[str, Tensor]:
        """Teach the discriminator, so many times, then the generator, by what the discriminator was shown last."""
        real = self._mirrored(to_unit(batch["picture"]))
        scalars: dict[str, Tensor] = {}
        count = self.config.discriminator_steps
        parts = (torch.chunk(part, count) for part in (real, batch["label"]))
        for number, (pictures, labels) in enumerate(zip(*parts, strict=True), 1):
            with torch.set_grad_enabled(number == count):
                fake = self._make(labels)
                seen = self._seen(self._changed(fake), accelerator)
            scalars = self._teach_discriminator(pictures, fake, seen, labels, accelerator)
        scalars |= self._teach_generator(seen, labels, scalars.get("classifier"), accelerator)
        return {name: value.detach() for name, value in scalars.items()}

    def _teach_discriminator(
        self, real: Tensor, fake: Tensor, seen_fake: Shown, labels: Tensor, accelerator: Accelerator
    ) -> dict[str, Tensor]:
        config = self.config
        set_requires_grad(self.trained, True)
        logits, commitments = [], []
        with torch.no_grad():
            seen_real = self._seen(self._changed(real), accelerator)
        for seen in (seen_real, detached(seen_fake)):
            logits.append(self._logits(seen, labels))
            if config.quantization:
                commitments.append(unwrapped(self.modules["discriminator"]).commitment())
        real_logits, fake_logits = logits
        loss = LOSSES["hinge"].discriminator(real_logits, fake_logits)
        scalars = {"discriminator": loss, "real_logit": real_logits.float().mean()}
        scalars["fake_logit"] = fake_logits.float().mean()
        if config.classification:
            scalars["classifier"] = self._cross_entropy(seen_real, labels)
            loss = loss + scalars["classifier"]
        if config.lecam:
            scalars["lecam"] = self.modules["lecam"](real_logits, fake_logits)
            loss = loss + config.lecam * scalars["lecam"]
        if config.quantization:
            scalars["commitment"] = torch.stack(commitments).mean()
            loss = loss + config.quantization * scalars["commitment"]
        if config.consistency:
            shown = (real_logits, real), (fake_logits, fake.detach())
            pairs = [(logits_of, augment(self._mirrored(x))) for logits_of, x in shown]
            scalars["consistency"] = consistency(lambda x: self._logits(x, labels), pairs)
            loss = loss + config.consistency * scalars["consistency"]
        descend(self.optimizers["discriminator"], loss, accelerator)
        return scalars

    def _teach_generator(
        self, seen: Shown, labels: Tensor, class_of_real: Tensor | None, accelerator: Accelerator
    ) -> dict[str, Tensor]:
        set_requires_grad(self.trained, False)
        loss = LOSSES["hinge"].generator(self._logits(seen, labels))
        scalars = {"generator": loss}
        if class_of_real is not None:
            self.modules["classifier"].eval()  # by the statistics of real pictures
            scalars["class_of_made"] = self._cross_entropy(seen, labels)
            self.modules["classifier"].train()
            loss = loss + self.config.classification * guidance(scalars["class_of_made"], class_of_real)
        if self.config.orthogonal:
            loss = loss + self.config.orthogonal * orthogonality(self.modules["generator"])
        descend(self.optimizers["generator"], loss, accelerator)
        return scalars

    def _cross_entropy(self, seen: Shown, labels: Tensor) -> Tensor:
        maps = unwrapped(self.modules["discriminator"]).class_maps(seen)
        return F.cross_entropy(self.modules["classifier"](maps), labels)

    def _make(self, labels: Tensor) -> Tensor:
        noise = torch.randn(len(labels), self.config.noise_dim, device=labels.device)
        made: Tensor = self.modules["generator"](noise, labels)
        return made

    def _mirrored(self, x: Tensor) -> Tensor:
        return flip(x) if self.config.flips else x

    def _changed(self, x: Tensor) -> Tensor:
        return cutout(augment(x), 0.5) if self.config.augmentation else x

    def _seen(self, x: Tensor, accelerator: Accelerator) -> Shown:
        with accelerator.autocast():
            return shown_to(unwrapped(self.modules["discriminator"]), x)

    def _logits(self, seen: Shown, labels: Tensor) -> Tensor:
        logits: Tensor = self.modules["discriminator"](seen, labels)
        return logits

    def generate(self, noise: Tensor, labels: Tensor) -> Tensor:
        """Run the generator, whichever form the trainer has put in place, on its own device."""
        generator = self.modules["generator"]
        device = next(generator.parameters()).device
        made: Tensor = generator(noise.to(device), labels.to(device))
        return made.float().cpu()

    def preview(self) -> Image.Image:
        """Return ten pictures of each class, the same noise every time."""
        labels = [label for label in range(len(self.data.classes)) for _ in range(PREVIEWED)]
        made = sample(self.generate, labels, self.config.noise_dim, seed=self.config.seed)
        return class_sheet(made, PREVIEWED)

    def evaluate(self) -> Mapping[str, float]:
        """Return ``evaluate_samples`` of as many of each class, against held-out pictures, and ``independent_kid``."""
        labels = [number % len(self.data.classes) for number in range(self.config.evaluated)]
        made = sample(self.generate, labels, self.config.noise_dim, seed=self.config.seed)
        metrics = evaluate_samples(made, labels, self.data.classes, self.reference)
        return metrics | independent_kid(metrics, self.reference)

    @functools.cached_property
    def reference(self) -> Reference:
        """Held-out pictures, and as many training ones, as the extractors see them: once a training."""
        chosen = torch.linspace(0, len(self.data) - 1, len(self.held_out)).long()
        parts = self.held_out.pictures, self.data.pictures[chosen]
        real, train = (np.ascontiguousarray(part.permute(0, 2, 3, 1).numpy()) for part in parts)
        return open_reference(real, train, self.data.classes)

    def export(self, folder: Path) -> None:
        """Write the generator as config.json and model.safetensors in half precision."""
        generator = make_generator(self.config, self.data.classes)
        hub.save_trained(generator, self.modules["generator"].state_dict(), folder)


def relabelled_split(split: Split, superclasses: bool) -> tuple[Sequence[Entry], Sequence[Entry]]:
    """Return what trains and what is held out, relabelled both or neither."""
    before = [*split.train, *split.held_out]
    entries = relabelled(before, superclasses)
    if entries is not before:
        known, taught = (len({entry.label for entry in those}) for those in (before, entries))
        logger.info("%d classes are CIFAR-100's: taught as %d superclasses", known, taught)
    return entries[: len(split.train)], entries[len(split.train) :]


def relabelled(entries: Sequence[Entry], superclasses: bool) -> Sequence[Entry]:
    """Return entries with their superclasses for labels, where that is wanted and they are CIFAR-100's classes.

    Classes that are all of one superclass, such as three kinds of flowers, stay what they are.
    """
    labels = [entry.label for entry in entries]
    numbers = superclass_numbers(labels) if superclasses else None
    if numbers is None or len(set(numbers)) < 2 <= len(set(labels)):
        return entries
    names = list(SUPERCLASSES)
    return [Entry(entry.key, names[number]) for entry, number in zip(entries, numbers, strict=True)]


def export_weights(config: BigGANConfig, weights: Mapping[str, Mapping[str, Tensor]], folder: Path) -> None:
    """Write config.json and model.safetensors in half precision; the run's data must be there still."""
    train, _ = relabelled_split(split_source(open_source(config.data)), config.superclasses)
    classes = tuple(sorted({entry.label for entry in train}))
    hub.save_trained(make_generator(config, classes), weights["generator"], folder)


def jittered(batches: Iterable[Mapping[str, Tensor]], seed: int, start: int) -> Iterable[Batch]:
    """Change the colours of pictures, each by its own amount, which its batch's number and the seed decide."""
    from torchvision.transforms import v2  # here, since it takes a second

    jitter = v2.ColorJitter(**JITTER)
    for number, batch in enumerate(batches, start):
        with torch.random.fork_rng([]):
            torch.default_generator.manual_seed(int(np.random.default_rng([seed, number]).integers(2**31)))
            changed = torch.stack([jitter(picture) for picture in batch["picture"]])
        yield {**batch, "picture": changed}


def make_generator(config: BigGANConfig, classes: tuple[str, ...]) -> BigGANGenerator:
    """Return an untrained generator of these settings."""
    shape = config.model_dump(include={"base_channels", "noise_dim", "shared_dim", "hierarchical", "attention"})
    return BigGANGenerator(classes, **shape)


def make_discriminator(config: BigGANConfig, classes: int) -> nn.Module:
    """Return an untrained discriminator of these settings."""
    if not config.projected:
        quantized = config.quantization > 0
        return BigGANDiscriminator(classes, config.discriminator_channels, config.attention, quantized)
    backbone, channels = EfficientNetLite0.from_pretrained(), config.discriminator_channels
    # The finest map that is used has a place for each pixel of the picture: with less, stripes would go unseen.
    skip = 0 if config.enlarged < 4 * SIZE else 1
    shape: dict[str, int] = {"skip": skip, "side": config.enlarged, "channels": channels}
    return ProjectedClassDiscriminator(classes, backbone, CHANNELS[skip:], **shape)
