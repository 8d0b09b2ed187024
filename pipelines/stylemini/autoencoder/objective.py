"""How the autoencoder is taught."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from accelerate import Accelerator
from PIL import Image
from torch import Tensor, nn

from pipelines.backbones.vgg import VGGFeatures
from pipelines.common.device import choose
from pipelines.common.errors import Misuse
from pipelines.common.sheets import contact_sheet
from pipelines.data.loading import endless_loader
from pipelines.data.resident import to_unit
from pipelines.data.sources import open_source
from pipelines.data.splits import spaced, split_source
from pipelines.diffusion.model import encoder_sha256
from pipelines.nn.adversarial import LOSSES, descend, set_requires_grad
from pipelines.nn.patchgan import PatchDiscriminator
from pipelines.nn.perceptual import FeaturePair
from pipelines.nn.projected import Shown, detached, shown_to
from pipelines.nn.projected_vgg import projected_discriminator
from pipelines.stylemini.autoencoder.config import AutoencoderConfig
from pipelines.stylemini.autoencoder.data import DRAWN, DrawnPictures, cut, held_out_squares
from pipelines.stylemini.autoencoder.evaluation import BATCH, reconstruct_all, reconstruction_metrics
from pipelines.stylemini.autoencoder.networks import Autoencoder, hidden_color
from pipelines.stylemini.autoencoder.restyler import Restyler
from pipelines.stylemini.teachers import STYLES, draw_in_style
from pipelines.stylemini.teachers.canvas import LATENT
from pipelines.training.beginning import averaged_to_begin_with
from pipelines.training.objective import Batch, unwrapped

logger = logging.getLogger("pipelines.training")
HINGE = LOSSES["hinge"]
BETAS = {"autoencoder": (0.9, 0.99), "discriminator": (0.5, 0.9)}  # of Adam
PREVIEWED = 10  # pictures a row of the sheet
SCALED = 16  # training pictures by which VGG features are scaled
MEASURED = 256  # training pictures whose latents are scaled to deviation 1


class AutoencoderObjective:
    """Give pictures back through small latents: L1, VGG features, a little divergence, later a patch discriminator.

    L1 counts also between means over a latent's square, some pictures' colours are exchanged, and latents must tell
    coarse colours linearly: without that their four numbers went into lightness, and of hues only blue and orange were
    told apart. Drawings are compared by textures too: latents seldom tell in full where their marks lie, and a blurred
    mark is further from the style than a displaced one.

    Esser et al., Taming transformers, 2021, and Rombach et al., High-resolution image synthesis with latent diffusion
    models, 2022, appendix G.

    Args:
        config: the settings.
        progress: show a progress bar while the data is read.

    Raises:
        Misuse: the data cannot be used.
    """

    def __init__(self, config: AutoencoderConfig, *, progress: bool = False) -> None:
        self.config = config
        self.source = open_source(config.data)
        self.split = split_source(self.source, progress=progress)
        logger.info("%s: %s", config.data, self.split.report())
        shares: dict[str, Any] = {"styled": config.styled, "exchanged": config.exchanged}
        self.data = DrawnPictures(self.source, self.split.train, config.size, seed=config.seed, **shares)
        torch.manual_seed(config.seed)
        self.modules: dict[str, nn.Module] = {"autoencoder": make_autoencoder(config)}
        if config.decoder_of:
            weights, self.begun_with = averaged_to_begin_with(config.decoder_of, self.modules)
            try:
                self.modules["autoencoder"].load_state_dict(weights["autoencoder"])
            except (KeyError, RuntimeError) as error:
                detail = str(error).splitlines()[0]
                raise Misuse("weights_mismatch", name=config.decoder_of, detail=detail) from error
            set_requires_grad(encoder_parameters(self.modules["autoencoder"]), False)
        self.restyler = self._new_restyler() if config.restyled_by else None
        rates = {"autoencoder": config.learning_rate}
        if config.adversarial_weight:
            self.modules["discriminator"] = self._new_discriminator()
            rates["discriminator"] = config.discriminator_rate
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            name: torch.optim.Adam(learning(self.modules[name]), rate, BETAS[name]) for name, rate in rates.items()
        }
        self.discriminator_weights = learning(self.modules["discriminator"]) if config.adversarial_weight else []
        self.averaged = ("autoencoder",)
        compared = config.perceptual_weight or config.texture_weight
        self.features = VGGFeatures.from_pretrained() if compared else None
        self.batches_done = 0

    def _new_restyler(self) -> Restyler:
        """Open the diffusion model.

        Raises:
            StudioError: it cannot be opened, or draws latents of another encoder than the one that stays.
        """
        name, config = str(self.config.restyled_by), self.config
        if not config.decoder_of or config.crop:
            raise Misuse("setting_invalid", name="restyled_by", detail="it takes decoder_of, and no crop")
        restyler = Restyler(name, choose(config.device).device)
        if encoder_sha256(restyler.model.vae) != encoder_sha256(self.modules["autoencoder"].vae):
            raise Misuse("weights_mismatch", name=name, detail="its latents are of another encoder")
        return restyler

    def _new_discriminator(self) -> nn.Module:
        channels = self.config.discriminator_channels
        if self.config.discriminator == "patch":
            return PatchDiscriminator(3, channels)
        real = torch.stack([self.data[0, number]["picture"] for number in range(min(SCALED, len(self.data)))])
        return projected_discriminator(to_unit(real), channels)

    def batches(self, start_step: int) -> Iterable[Batch]:
        """Yield pictures for ever, from any step on."""
        config, self.batches_done = self.config, start_step
        options: dict[str, Any] = {"seed": config.seed, "start": start_step, "workers": config.workers}
        loader: Iterable[Batch] = endless_loader(self.data, len(self.data), config.batch_size, **options)
        return loader

    def step(self, batch: Batch, accelerator: Accelerator) -> Mapping[str, Tensor]:
        """Take one step: the autoencoder, and from ``adversarial_from`` on first the discriminator."""
        pictures, drawn = batch["picture"], batch["drawn"]
        if self.config.crop:
            pictures = cut(pictures, min(self.config.crop, self.config.size), self.config.parts)
            drawn = drawn.repeat_interleave(self.config.parts)
        real = to_unit(pictures)
        with accelerator.autocast():
            made, latents, divergence = self.modules["autoencoder"](real, self._restyled(batch))
        begins = self.config.adversarial_from * self.config.accumulate
        adversarial = "discriminator" in self.modules and self.batches_done >= begins
        self.batches_done += 1
        difference = made - real
        terms = {"l1": difference.abs().mean(), "kl": divergence}
        terms["coarse"] = F.avg_pool2d(difference, LATENT).abs().mean()
        if self.config.color_weight:
            terms["color"] = hidden_color(latents, real)
        pair = None
        if self.features is not None:
            with accelerator.autocast():
                scale = self.config.perceptual_scale
                pair = FeaturePair.of(self.features.to(real.device), made, real, scale=scale)
                terms["perceptual"] = pair.distance()
                if self.config.texture_weight:
                    terms["texture"] = (drawn * pair.texture_distance()).mean()
        scalars = {}
        if adversarial:
            seen_real, seen_made = self._seen(real, made, pair, accelerator)
            scalars["discriminator"] = self._teach_discriminator(seen_real, seen_made, accelerator)
            set_requires_grad(self.discriminator_weights, False)
            terms["adversarial"] = HINGE.generator(self.modules["discriminator"](seen_made))
        loss = torch.stack([getattr(self.config, f"{name}_weight") * term for name, term in terms.items()]).sum()
        descend(self.optimizers["autoencoder"], loss, accelerator)
        return {name: value.detach() for name, value in {**terms, **scalars}.items()}

    def _restyled(self, batch: Batch) -> Tensor | None:
        """Return latents (B, C, h, w) that the diffusion model draws of some pictures, NaN for the others."""
        if self.restyler is None:
            return None
        rows = torch.rand(len(batch["photo"])) < self.config.restyled
        if not rows.any():
            return None
        vae = unwrapped(self.modules["autoencoder"]).vae
        with torch.no_grad():
            sources: Tensor = vae.encode(to_unit(batch["photo"][rows])).latent_dist.mode().float()
        styles = [tuple(STYLES)[number] for number in batch["style"][rows].tolist()]
        given = sources.new_full((len(rows), *sources.shape[1:]), torch.nan)
        given[rows] = self.restyler.latents(sources, styles)
        return given

    def _seen(
        self, real: Tensor, made: Tensor, pair: FeaturePair | None, accelerator: Accelerator
    ) -> tuple[Shown, Shown]:
        """Return what the discriminator's learned part sees of the real and of the made.

        Frozen features where it is projected: those that were compared already, if they are of the same scale.
        """
        discriminator: Any = unwrapped(self.modules["discriminator"])
        with accelerator.autocast():
            if pair is None or self.config.perceptual_scale != 1 or self.config.discriminator == "patch":
                return shown_to(discriminator, real), shown_to(discriminator, made)
            scaled = discriminator.backbone.scaled
            return discriminator.mixed(scaled(pair.real)), discriminator.mixed(scaled(pair.made))

    def _teach_discriminator(self, real: Shown, made: Shown, accelerator: Accelerator) -> Tensor:
        set_requires_grad(self.discriminator_weights, True)
        loss = HINGE.discriminator(*(self.modules["discriminator"](detached(seen)) for seen in (real, made)))
        descend(self.optimizers["discriminator"], loss, accelerator)
        return loss

    def reconstruct(self, pictures: Tensor) -> Tensor:
        """Run the autoencoder on the mean latents, whichever form the trainer has put in place."""
        vae = unwrapped(self.modules["autoencoder"]).vae
        with torch.no_grad():
            made: Tensor = vae.decode(vae.encode(pictures.to(vae.device)).latent_dist.mode()).sample
        return made.float().cpu()

    def preview(self) -> Image.Image:
        """Return held-out pictures, photographs and in styles, each row above what becomes of it."""
        squares = held_out_squares(self.source, spaced(self.split.held_out, 2 * PREVIEWED), self.config.size)
        numbered = enumerate(squares[:PREVIEWED])
        styled = [draw_in_style(one, DRAWN[number % len(DRAWN)], number) for number, one in numbered]
        shown = np.stack([*squares, *styled])
        rows = []
        for start in range(0, len(shown), PREVIEWED):
            part = shown[start : start + PREVIEWED]
            rows += [[Image.fromarray(one) for one in row] for row in (part, reconstruct_all(self.reconstruct, part))]
        width = max(map(len, rows))
        blank = Image.new("RGB", (1, 1), "white")
        padded = [row + [blank] * (width - len(row)) for row in rows]
        return contact_sheet(padded, cell=self.config.size, abreast=1)

    def evaluate(self) -> Mapping[str, float]:
        """Return the metrics of ``reconstruction_metrics`` on evenly spaced held-out pictures."""
        entries = spaced(self.split.held_out, self.config.evaluated)
        return reconstruction_metrics(self.reconstruct, held_out_squares(self.source, entries, self.config.size))

    def scaling_factor(self) -> float:
        """Return what brings training latents to deviation 1, in float32 (Rombach et al., appendix G)."""
        vae = unwrapped(self.modules["autoencoder"]).vae
        squares = held_out_squares(self.source, spaced(self.split.train, MEASURED), self.config.size)
        stack = to_unit(torch.from_numpy(squares).permute(0, 3, 1, 2))
        with torch.no_grad(), torch.autocast(vae.device.type, enabled=False):
            latents = [vae.encode(part.to(vae.device)).latent_dist.mode().float() for part in torch.split(stack, BATCH)]
        return 1 / float(torch.cat(latents).std())

    def export(self, folder: Path) -> None:
        """Write ``vae`` in diffusers' layout, in half precision, with the latents' scaling factor.

        Where a diffusion model draws latents, it is written beside it, and the factor is the one it was taught with.
        """
        factor = self.restyler.model.factor if self.restyler else self.scaling_factor()
        save_autoencoder(self.config, self.modules["autoencoder"].state_dict(), factor, folder)
        if self.restyler:
            self.restyler.copy(folder)


def export_weights(config: AutoencoderConfig, weights: Mapping[str, Mapping[str, Tensor]], folder: Path) -> None:
    """Write what ``AutoencoderObjective.export`` does; the run's data must be there still."""
    objective = AutoencoderObjective(config)
    objective.modules["autoencoder"].load_state_dict(weights["autoencoder"])
    objective.modules["autoencoder"].eval()
    objective.export(folder)


def save_autoencoder(config: AutoencoderConfig, state: Mapping[str, Tensor], factor: float, folder: Path) -> None:
    """Write weights with their scaling factor."""
    autoencoder = make_autoencoder(config)
    autoencoder.load_state_dict(state)
    autoencoder.vae.register_to_config(scaling_factor=round(factor, 5))
    autoencoder.vae.half().save_pretrained(folder / "vae")


def learning(module: nn.Module) -> list[nn.Parameter]:
    """Return the weights of a network that are not frozen."""
    return [parameter for parameter in module.parameters() if parameter.requires_grad]


def encoder_parameters(autoencoder: nn.Module) -> list[nn.Parameter]:
    """Return the weights that latents depend on."""
    vae = unwrapped(autoencoder).vae
    return [*vae.encoder.parameters(), *vae.quant_conv.parameters()]


def make_autoencoder(config: AutoencoderConfig) -> Autoencoder:
    """Return an untrained autoencoder of these settings."""
    return Autoencoder(config.autoencoder_channels, config.autoencoder_layers, config.latent_channels, config.size)
