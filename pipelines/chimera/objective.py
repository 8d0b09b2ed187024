"""How chimera is taught: pairs, drawings without pictures, two discriminators and a style encoder."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import torch
from accelerate import Accelerator
from PIL import Image
from torch import Tensor, nn

from pipelines.backbones import lite0
from pipelines.backbones.line_detector import NAME as LINES
from pipelines.backbones.line_detector import LineDetector
from pipelines.backbones.vgg import VGGFeatures
from pipelines.chimera.assembly import assemble, export_model, export_weights
from pipelines.chimera.bank import GrowingBank
from pipelines.chimera.config import ChimeraConfig
from pipelines.chimera.data import ChimeraData, read_drawings
from pipelines.chimera.evaluation import evaluate_generator
from pipelines.chimera.losses import glow, line_recall, spill
from pipelines.chimera.networks import ChimeraGenerator, ChimeraModel, PairDiscriminator, StyleEncoder
from pipelines.chimera.networks.discriminators import feature_distance
from pipelines.chimera.networks.encoder import filled
from pipelines.chimera.preview import preview_sheet
from pipelines.chimera.rendering import Renderer, on_white
from pipelines.chimera.scene import Scene, choose_styles
from pipelines.chimera.styles import FURS
from pipelines.chimera.views import boxes_of, random_views, whole_or_part
from pipelines.common import device
from pipelines.common.errors import Misuse
from pipelines.data.sources import open_source, unpaired
from pipelines.data.splits import reserve, spaced, split_source
from pipelines.nn.adversarial import LOSSES, descend, set_requires_grad
from pipelines.nn.augment import augment
from pipelines.nn.perceptual import perceptual_distance
from pipelines.nn.projected import ProjectedDiscriminator
from pipelines.training.objective import Batch, unwrapped
from pipelines.weights import hub

logger = logging.getLogger("pipelines.training")
HINGE = LOSSES["hinge"]
MAX_NORM = 50.0  # of the gradients of generator and encoder together

__all__ = ["ChimeraObjective", "export_weights"]


class ChimeraObjective:
    """BicycleGAN's two directions (Zhu et al., 2017) with a map of codes, alpha, and lines that have to stay visible.

    Three in four pairs are rebuilt in their own style: the code of a random view of the animal, or the local codes of
    the animal where it stands. The fourth, and drawings without a picture, are made in the styles of others. The pair
    discriminator sees what is made of drawings without seeing their lines.

    Args:
        config: the settings.
        progress: show a progress bar while the data is read.

    Raises:
        Misuse: the data cannot be used, or size and levels do not fit.
    """

    def __init__(self, config: ChimeraConfig, *, progress: bool = False) -> None:
        if config.size < 2 ** len(config.widths):
            allowed = config.size.bit_length() - 1
            raise Misuse("argument_out_of_range", name="widths", given=len(config.widths), low=5, high=allowed)
        self.config = config
        self.source = unpaired(open_source(config.data))
        self.split = reserve(split_source(self.source, progress=progress), config.reserved)
        logger.info("%s: %s", config.data, self.split.report())
        self.drawings = None if config.drawings is None else read_drawings(Path(config.drawings))
        self.detector = LineDetector.from_weights(hub.BUNDLED / LINES)  # whatever was promoted: see bundled_detector
        self.features = VGGFeatures.from_pretrained() if config.perceptual_weight else None
        torch.manual_seed(config.seed)
        backbone = lite0.EfficientNetLite0.from_pretrained()
        self.modules: dict[str, nn.Module] = {
            "generator": ChimeraGenerator(config.widths, config.head_channels, config.style_dim),
            "encoder": StyleEncoder(config.encoder_channels, config.style_dim),
            "pair": PairDiscriminator(config.discriminator_channels),
            "unconditional": ProjectedDiscriminator(backbone, lite0.CHANNELS[1:], skip=1),
            "bank": GrowingBank(len(self.split.train), config.style_dim),
        }
        self.trained = {
            name: [weight for weight in module.parameters() if weight.requires_grad]
            for name, module in self.modules.items()
        }
        of_generator = self.trained["generator"] + self.trained["encoder"]
        of_discriminators = self.trained["pair"] + self.trained["unconditional"]
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "generator": torch.optim.Adam(of_generator, config.learning_rate, (0.5, 0.99)),
            "discriminator": torch.optim.Adam(of_discriminators, config.discriminator_rate, (0.0, 0.99)),
        }
        self.averaged = ("generator", "encoder")
        self.of_data = ("bank",)
        self.steady_from = config.warm_up + 1
        self.count = 0

    def batches(self, start_step: int) -> Iterable[Batch]:
        """Yield batches of examples for ever, from any step on."""
        self.count, config = start_step, self.config
        data = ChimeraData(self.source, self.split.train, size=config.size, seed=config.seed, drawings=self.drawings)
        return data.batches(config.batch_size, start=start_step, workers=config.workers)

    def step(self, batch: Batch, accelerator: Accelerator) -> Mapping[str, Tensor]:
        """Teach the discriminators, then, unless these still warm up, generator and encoder."""
        self.count += 1
        self._place(accelerator.device)
        scene = self._scene(batch)
        scalars = self._teach_discriminators(scene, accelerator)
        if self.count > self.config.warm_up * self.config.accumulate:
            scalars |= self._teach_generator(scene, accelerator)
        return {name: value.detach() for name, value in scalars.items()}

    def _scene(self, batch: Batch) -> Scene:
        """Encode, choose styles, and make pictures of pairs and drawings in one batch."""
        source, rgba = batch["source"] / 255, batch["rgba"] / 255
        beside = math.ceil(self.config.drawing_share * len(source))
        drawings = batch["drawing"][:beside] / 255 if "drawing" in batch else source[:0]
        colors, alpha = on_white(rgba)
        whole = self.modules["encoder"](*random_views(colors, alpha))
        local, presence = unwrapped(self.modules["encoder"]).local(colors, alpha)
        self._bank().remember(batch["index"], whole.mean.detach())
        known = self._bank().draw(len(source) // 4 + len(drawings), FURS, batch["index"])
        everything = torch.cat([source, drawings])
        boxes = boxes_of(torch.cat([alpha, 1 - drawings[:, 2:3]]))
        styles = choose_styles(whole.sample(), filled(local.sample(), presence), known, boxes)
        colors, made_alpha = self.modules["generator"](everything, styles.maps)
        background = self._backgrounds(len(everything), source)
        made = colors * made_alpha + background * (1 - made_alpha)
        real = rgba[:, :3] * 2 - alpha + background[: len(source)] * (1 - alpha)
        return Scene(everything, real, alpha, made, made_alpha, styles, whole, local, presence)

    def _backgrounds(self, count: int, like: Tensor) -> Tensor:
        white = torch.rand(count, 1, 1, 1, device=like.device) < self.config.white
        colors = torch.rand(count, 3, 1, 1, device=like.device) * 2 - 1
        return torch.where(white, torch.ones_like(colors), colors)

    def _teach_discriminators(self, scene: Scene, accelerator: Accelerator) -> dict[str, Tensor]:
        self._free_discriminators(True)
        real_pairs, _ = self.modules["pair"](scene.shown_lines, scene.shown_real)
        made_pairs, _ = self.modules["pair"](scene.shown_lines, scene.made.detach())
        pair = torch.stack([HINGE.discriminator(r, m) for r, m in zip(real_pairs, made_pairs, strict=True)]).mean()
        real = self.modules["unconditional"](augment(scene.real))
        made = self.modules["unconditional"](augment(scene.made.detach()))
        unconditional = HINGE.discriminator(real, made)
        descend(self.optimizers["discriminator"], pair + unconditional, accelerator)
        return {"pair_discriminator": pair, "unconditional_discriminator": unconditional}

    def _teach_generator(self, scene: Scene, accelerator: Accelerator) -> dict[str, Tensor]:
        self._free_discriminators(False)
        terms = self._adversarial_terms(scene) | self._distances(scene, accelerator)
        terms |= {"kl": scene.divergence(), "code": self._code_distance(scene)} | self._line_terms(scene, accelerator)
        loss = torch.stack([getattr(self.config, f"{name}_weight") * term for name, term in terms.items()]).sum()
        descend(self.optimizers["generator"], loss, accelerator, max_norm=MAX_NORM)
        return terms

    def _adversarial_terms(self, scene: Scene) -> dict[str, Tensor]:
        pairs, rebuilt = scene.pairs, scene.styles.rebuilt
        logits, made_features = self.modules["pair"](scene.shown_lines, scene.made)
        with torch.no_grad():
            _, real_features = self.modules["pair"](scene.lines[:rebuilt], scene.real[:rebuilt])
        terms = {
            "unconditional": HINGE.generator(self.modules["unconditional"](augment(scene.made))),
            "pair": torch.stack([HINGE.generator(scale[:pairs]) for scale in logits]).mean(),
            "feature": feature_distance([layer[:rebuilt] for layer in made_features], real_features),
        }
        if len(scene.made) > pairs:
            terms["texture"] = torch.stack([HINGE.generator(scale[pairs:]) for scale in logits]).mean()
        return terms

    def _distances(self, scene: Scene, accelerator: Accelerator) -> dict[str, Tensor]:
        """Return how far rebuilt pairs are from the real ones, and alpha from the mattes and the drawings' outlines."""
        pairs, rebuilt = scene.pairs, scene.styles.rebuilt
        made, real = scene.made[:rebuilt], scene.real[:rebuilt]
        terms = {"l1": (made - real).abs().mean(), "alpha": (scene.made_alpha[:pairs] - scene.alpha).abs().mean()}
        if len(scene.made) > pairs:
            terms["spill"] = spill(scene.made_alpha[pairs:], scene.outside[pairs:])
        if self.features is not None:
            # The whole at half its size or a quarter of it at its own, by chance: both cost the same.
            whole, corner = torch.rand((), device=made.device) < 0.5, torch.rand(2, device=made.device)
            seen = (whole_or_part(picture, whole, corner) for picture in (made, real))
            with accelerator.autocast():
                terms["perceptual"] = perceptual_distance(self.features, *seen, scale=1.0)
        return terms

    def _code_distance(self, scene: Scene) -> Tensor:
        """Return how far the code read off a picture is from the foreign one that it was made in alone."""
        styles, pairs = scene.styles, slice(scene.styles.rebuilt, scene.pairs)
        if len(styles.foreign) == 0:
            return scene.made.new_zeros(())
        set_requires_grad(self.trained["encoder"], False)
        read = self.modules["encoder"](scene.made[pairs], scene.made_alpha[pairs])
        set_requires_grad(self.trained["encoder"], True)
        distances = (read.mean - styles.foreign).abs().mean(dim=1)
        distance: Tensor = (distances * styles.plain).sum() / styles.plain.sum().clamp_min(1)
        return distance

    def _line_terms(self, scene: Scene, accelerator: Accelerator) -> dict[str, Tensor]:
        """Return where pairs' line maps differ by a frozen detector, and what it misses of drawings."""
        pairs, rebuilt = scene.pairs, scene.styles.rebuilt
        with accelerator.autocast():
            seen = self.detector.probabilities(scene.made)
            with torch.no_grad():
                wanted = self.detector.probabilities(scene.real[:rebuilt])
        terms = {"agreement": (seen[:rebuilt] - wanted).abs().mean()}
        if len(seen) > pairs:
            lines = scene.lines[pairs:]
            terms |= {
                "recall": line_recall(seen[pairs:], lines),
                "glow": glow(scene.made[pairs:], lines, scene.outside[pairs:]),
            }
        return terms

    def _place(self, where: torch.device) -> None:
        """Move what is never trained to where the rest is."""
        for frozen in (self.detector, self.features):
            if frozen is not None and next(frozen.parameters()).device != where:
                frozen.to(where, memory_format=device.memory_format(where))  # type: ignore[call-overload]

    def _free_discriminators(self, wanted: bool) -> None:
        set_requires_grad(self.trained["pair"] + self.trained["unconditional"], wanted)

    def _bank(self) -> GrowingBank:
        bank = unwrapped(self.modules["bank"])
        assert isinstance(bank, GrowingBank)
        return bank

    def renderer(self) -> Renderer:
        """Return what makes pictures with the generator that the trainer has put in place."""
        return Renderer(self.model())

    def model(self) -> ChimeraModel:
        """Return generator, encoder and bank as one model, in full precision."""
        state = {name: unwrapped(self.modules[name]).state_dict() for name in ("generator", "encoder", "bank")}
        return assemble(self.config, state, [entry.label for entry in self.split.train])

    def preview(self) -> Image.Image:
        """Return the sheet of ``preview_sheet``: held-out pictures, then drawings."""
        return preview_sheet(self.renderer(), self.source, self.split.held_out, self.drawings)

    def evaluate(self) -> Mapping[str, float]:
        """Return the metrics of ``evaluate_generator`` on evenly spaced held-out pictures."""
        entries = spaced(self.split.held_out, self.config.evaluated)
        train = spaced(self.split.train, len(entries))
        return evaluate_generator(self.renderer(), self.source, entries, train, seed=self.config.seed)

    def export(self, folder: Path) -> None:
        """Write generator, encoder and bank as config.json and model.safetensors in half precision."""
        export_model(self.model(), self.source, self.split.train, folder)
