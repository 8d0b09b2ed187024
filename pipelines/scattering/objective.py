"""How the decoder is taught to invert the scattering code."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator
from PIL import Image
from torch import Tensor, nn

from pipelines.backbones.vgg import VGGFeatures
from pipelines.common.sheets import contact_sheet
from pipelines.data.loading import EndlessBatches
from pipelines.data.resident import to_unit
from pipelines.data.sources import open_source, unpaired
from pipelines.data.splits import spaced_places
from pipelines.metrics.pretrained import efficientnet_lite0
from pipelines.metrics.report import Reference
from pipelines.nn.adversarial import LOSSES, descend, set_requires_grad
from pipelines.nn.augment import augment
from pipelines.nn.perceptual import perceptual_distance
from pipelines.nn.projected_vgg import projected_discriminator
from pipelines.scattering.config import ScatteringConfig, check_config
from pipelines.scattering.encoding import PARTS, Encoded, Part, encode_source, fitted_code, make_code
from pipelines.scattering.evaluation import l1_loss, reconstruction_metrics
from pipelines.scattering.networks import ScatteringCode, ScatteringDecoder, ScatteringModel
from pipelines.scattering.pictures import Pixels, as_rgb
from pipelines.scattering.report import CodeReport, report_on, write_report
from pipelines.scattering.sampling import decode_all, normals
from pipelines.scattering.views import random_view
from pipelines.training.objective import Batch, unwrapped
from pipelines.weights import hub

logger = logging.getLogger("pipelines.training")
HINGE = LOSSES["hinge"]
CALIBRATED = 64  # training pictures by which the discriminator's features are scaled
PREVIEWED = 10  # pictures a row of the sheet
VALIDATED = 1000  # held-out pictures at most, at the end of each epoch


class ScatteringObjective:
    """Reconstruct pictures from their codes: L1, with Gaussian noise on the codes (none for SGM).

    Beyond the published form, by their weights: a distance in VGG features, and a projected discriminator of
    reconstructions and of samples from noise.

    The code is fitted before the training and is a module so that checkpoints hold it; nothing trains it.

    Args:
        config: the settings.
        progress: show a progress bar while the data is encoded.

    Raises:
        StudioError: the data cannot be used, settings that do not go together, or a full disk.
    """

    def __init__(self, config: ScatteringConfig, *, progress: bool = False) -> None:
        check_config(config)
        self.config = config
        source = unpaired(open_source(config.data))
        self.split = encode_source(source, config, progress=progress)
        code = fitted_code(self.split, config, progress=progress)
        torch.manual_seed(config.seed)
        decoder = make_decoder(config)
        self.modules: dict[str, nn.Module] = {"code": code, "decoder": decoder}
        betas = (0.5, 0.99) if config.adversarial_weight else (0.9, 0.999)
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "decoder": torch.optim.Adam(decoder.parameters(), config.learning_rate, betas)
        }
        self.averaged = ("decoder",)
        self.trained: list[nn.Parameter] = []  # of the discriminator
        if config.adversarial_weight:
            real = to_unit(torch.from_numpy(np.array(self.split.pictures("train")[:CALIBRATED])))
            discriminator = projected_discriminator(real.expand(-1, 3, -1, -1), config.discriminator_channels)
            self.modules["discriminator"] = discriminator
            self.trained = [weight for weight in discriminator.parameters() if weight.requires_grad]
            self.optimizers["discriminator"] = torch.optim.Adam(self.trained, config.discriminator_rate, (0.0, 0.99))
        self.features = VGGFeatures.from_pretrained() if config.perceptual_weight else None
        self.per_epoch = max(1, len(self.split.pictures("train")) // config.batch_size)
        self.batches_done = 0
        self.losses: list[Tensor] = []  # of the batches of this epoch
        self.of_epoch: dict[str, Tensor] = {}  # what the last whole epoch came to

    @property
    def code(self) -> ScatteringCode:
        """The encoder."""
        code: ScatteringCode = unwrapped(self.modules["code"])
        return code

    def batches(self, start_step: int) -> Iterable[Batch]:
        """Yield pictures and whitened components for ever, from any step on."""
        config, self.batches_done = self.config, start_step
        pictures, whitened = self.split.pictures("train"), self.split.whitened(self.code, "train")
        for chosen in EndlessBatches(len(pictures), config.batch_size, config.seed, start_step):
            numbers = [number for _, number in chosen]
            yield {"picture": torch.from_numpy(pictures[numbers]), "code": torch.from_numpy(whitened[numbers])}

    def step(self, batch: Batch, accelerator: Accelerator) -> Mapping[str, Tensor]:
        """Take one step; return its losses and, from the first whole epoch on, the last one's two L1 losses.

        With a discriminator the decoder makes samples from noise beside the reconstructions, in one batch.
        """
        real = to_unit(batch["picture"])
        codes = batch["code"] * self.code.signal
        codes = codes + self.code.noise_deviations * torch.randn_like(codes)
        if self.config.adversarial_weight:
            codes = torch.cat([codes, torch.randn_like(codes)])
        made = self.modules["decoder"](codes)
        scalars: dict[str, Tensor] = {}
        if self.config.adversarial_weight:
            scalars["discriminator"] = self._teach_discriminator(real, made.detach(), accelerator)
        scalars |= self._teach_decoder(real, made, accelerator)
        scalars = {name: value.detach() for name, value in scalars.items()}
        return {**scalars, **self._count(scalars["l1"])}

    def _teach_discriminator(self, real: Tensor, made: Tensor, accelerator: Accelerator) -> Tensor:
        set_requires_grad(self.trained, True)
        discriminator = self.modules["discriminator"]
        seen_real, seen_made = random_view(real, made)
        loss = HINGE.discriminator(discriminator(augment(seen_real)), discriminator(augment(seen_made)))
        descend(self.optimizers["discriminator"], loss, accelerator)
        return loss

    def _teach_decoder(self, real: Tensor, made: Tensor, accelerator: Accelerator) -> dict[str, Tensor]:
        terms = {"l1": (made[: len(real)] - real).abs().mean()}
        if self.features is not None:
            self.features.to(real.device)
            seen_real, seen_made = random_view(real, made[: len(real)])
            with accelerator.autocast():
                terms["perceptual"] = perceptual_distance(self.features, seen_made, seen_real, scale=1.0)
        if self.config.adversarial_weight:
            set_requires_grad(self.trained, False)
            (seen_made,) = random_view(made)
            terms["adversarial"] = HINGE.generator(self.modules["discriminator"](augment(seen_made)))
        loss = torch.stack([getattr(self.config, f"{name}_weight") * term for name, term in terms.items()]).sum()
        descend(self.optimizers["decoder"], loss, accelerator)
        return terms

    def _count(self, loss: Tensor) -> Mapping[str, Tensor]:
        """Keep the batch's loss; at the end of an epoch measure the held-out pictures."""
        self.batches_done += 1
        self.losses.append(loss)
        if self.batches_done % self.per_epoch == 0:
            self.of_epoch = {"l1_epoch": torch.stack(self.losses).mean(), "l1_validation": self._validation_loss()}
            values = (float(value) for value in self.of_epoch.values())
            logger.info("epoch %d: train %.4f, validation %.4f", self.batches_done // self.per_epoch, *values)
            self.losses.clear()
        return self.of_epoch

    def _validation_loss(self) -> Tensor:
        """Return the loss on held-out pictures, with the same noise each time."""
        decoder = self.modules["decoder"].eval()
        with torch.no_grad():
            pictures, codes = self._sample("held_out", VALIDATED)
            loss = l1_loss(self.decode, self._noisy(codes), pictures)
        decoder.train()
        return torch.tensor(loss)

    def decode(self, codes: Tensor) -> Tensor:
        """Run the decoder, whichever form the trainer has put in place: (B, dim) to (B, C, S, S) in [-1, 1]."""
        decoder = self.modules["decoder"]
        made: Tensor = decoder(codes.to(next(decoder.parameters()).device)).float().cpu()
        return made

    def preview(self) -> Image.Image:
        """Return a sheet: rows of held-out pictures, each above what is reconstructed of it, then rows of samples."""
        pictures, codes = self._sample("held_out", 2 * PREVIEWED)
        samples = normals(self.config.seed, 4 * PREVIEWED, codes.shape[1])
        real, restored, made = as_rgb(pictures), decode_all(self.decode, codes), decode_all(self.decode, samples)
        rows = [*zip(rows_of(real), rows_of(restored), strict=True)]
        flat = [row for pair in rows for row in pair] + rows_of(made)
        return contact_sheet([padded(row) for row in flat], cell=self.config.size, abreast=1)

    def evaluate(self) -> Mapping[str, float]:
        """Return the loss, PSNR and SSIM of held-out and of training pictures, and how samples compare."""
        most = self.config.evaluated
        pictures, codes = self._sample("held_out", most)
        seen, of_seen = self._sample("train", most)
        taught = reconstruction_metrics(self.decode, of_seen, seen)
        made = list(decode_all(self.decode, normals(self.config.seed, len(codes), codes.shape[1])))
        return {
            **self.reference.compare(made),
            "l1": l1_loss(self.decode, self._noisy(codes), pictures),
            **reconstruction_metrics(self.decode, codes, pictures),
            **{f"{name}_train": taught[name] for name in ("psnr", "ssim")},
        }

    @functools.cached_property
    def reference(self) -> Reference:
        """Held-out and training pictures as the extractor sees them: once a training."""
        real, train = (list(as_rgb(self._sample(part, self.config.evaluated)[0])) for part in PARTS[::-1])
        return Reference(real, train, [efficientnet_lite0()])

    def _sample(self, part: Part, most: int) -> tuple[Pixels, Tensor]:
        """Return evenly spaced pictures (N, C, S, S) and their codes (N, dim) without noise, on the CPU."""
        pictures, whitened = self.split.pictures(part), self.split.whitened(self.code, part)
        chosen = list(spaced_places(len(pictures), most))
        codes = torch.from_numpy(np.array(whitened[chosen])) * self.code.signal.cpu()
        return np.array(pictures[chosen]), codes

    def _noisy(self, codes: Tensor) -> Tensor:
        """Add the noise of the first pictures of the seed."""
        return codes + self.code.noise_deviations.cpu() * normals(self.config.seed, *codes.shape)

    def export(self, folder: Path) -> None:
        """Write config.json, code and decoder in half precision, and a report on the codes of held-out pictures."""
        weights = {name: unwrapped(self.modules[name]).state_dict() for name in ("code", "decoder")}
        save_weights(self.config, weights, folder)
        write_report(report_of(self.split, self.code, self.config.seed), folder)


def export_weights(config: ScatteringConfig, weights: Mapping[str, Mapping[str, Tensor]], folder: Path) -> None:
    """Write what ``ScatteringObjective.export`` does; the run's data must be there still."""
    save_weights(config, weights, folder)
    code = make_code(config)
    code.load_state_dict(weights["code"])
    write_report(report_of(encode_source(open_source(config.data), config), code, config.seed), folder)


def report_of(split: Encoded, code: ScatteringCode, seed: int) -> CodeReport:
    """Report on the codes of a source's held-out pictures, with their noise."""
    deviations, white = code.noise_deviations.cpu(), torch.from_numpy(np.array(split.whitened(code, "held_out")))
    noisy = white * code.signal.cpu() + deviations * normals(seed, *white.shape)
    return report_on(noisy.numpy(), code.variances.cpu().numpy(), deviations.numpy())


def save_weights(config: ScatteringConfig, weights: Mapping[str, Mapping[str, Tensor]], folder: Path) -> None:
    """Write config.json, and in half precision mean, components, deviations and, in another file, the decoder."""
    shape = config.model_dump(include={"size", "channels", "scales", "angles", "noise", "base_channels"})
    model = ScatteringModel(dim=config.components, max_channels=config.max_channels, **shape)
    state = {f"{part}.{name}": value for part in ("code", "decoder") for name, value in weights[part].items()}
    hub.save_trained(model, state, folder)


def make_decoder(config: ScatteringConfig) -> ScatteringDecoder:
    """Return an untrained decoder of these settings."""
    shape = config.model_dump(include={"size", "channels", "base_channels", "max_channels"})
    return ScatteringDecoder(config.components, **shape)


def rows_of(pixels: Pixels) -> list[list[Image.Image]]:
    """Return pictures (N, S, S, 3) in rows of ``PREVIEWED``."""
    images = [Image.fromarray(picture) for picture in pixels]
    return [images[start : start + PREVIEWED] for start in range(0, len(images), PREVIEWED)]


def padded(row: Iterable[Image.Image]) -> list[Image.Image]:
    """Return a whole row, white where pictures are missing."""
    shown = list(row)
    return shown + [Image.new("RGB", (1, 1), "white")] * (PREVIEWED - len(shown))
