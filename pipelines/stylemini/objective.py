"""How the diffusion model is taught."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from diffusers.models.attention_processor import AttnProcessor
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from pipelines.common.device import choose
from pipelines.common.sheets import contact_sheet
from pipelines.data.loading import process_of_all
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.diffusion.model import LatentModel, encoder_sha256
from pipelines.diffusion.sampling import Sampling, draw_noise, restyle
from pipelines.nn.adversarial import descend
from pipelines.stylemini.autoencoder.data import DRAWN
from pipelines.stylemini.autoencoder.networks import open_autoencoder
from pipelines.stylemini.captions import PHRASES, all_words, caption
from pipelines.stylemini.config import StyleMiniConfig
from pipelines.stylemini.latents import Latents, cache_folder, load_latents
from pipelines.stylemini.networks import make_scheduler, make_text_encoder, make_unet, save_folder
from pipelines.stylemini.vocabulary import LONGEST, make_tokenizer, words_of
from pipelines.training.objective import Batch, unwrapped
from pipelines.weights import hub

logger = logging.getLogger("pipelines.training")
PREVIEWED = 4  # pictures of a sheet, each in every style
PREVIEW = Sampling(steps=6, guidance_scale=1.0)
BATCH = 32
EMPHASIS = 3  # times as often as another an emphasized style is chosen


class StyleMiniObjective:
    """Predict the velocity of a drawing's noisy latents, from the photograph's latents and a caption.

    Salimans and Ho, Progressive distillation, 2022 (v-prediction); Brooks et al., InstructPix2Pix, 2023 (the source's
    latents as an input, left out at times as captions are, so that there is something to be guided away from).

    Args:
        config: the settings.
        progress: show a progress bar while the latents are made.

    Raises:
        StudioError: the data or the autoencoder cannot be used.
    """

    def __init__(self, config: StyleMiniConfig, *, progress: bool = False) -> None:
        self.config = config
        self.source = open_source(config.data)
        split = split_source(self.source, progress=progress)
        sizes = [config.size] + ([config.size // 2] if config.small else [])
        folder = cache_folder(config, self.source)
        load = partial(load_latents, config, self.source, split, folder=folder, progress=progress)
        self.latents = {size: load("train", size) for size in sizes}
        self.held_out = load("held_out", config.size)
        logger.info("%s: %s; %d drawn in styles", config.data, split.report(), len(self.latents[config.size].labels))
        said = all_words({entry.label for entry in self.source.entries})
        self.words, self.tokenizer = words_of(said), make_tokenizer(said)
        vae: Any = open_autoencoder(hub.resolve(config.autoencoder))
        self.vae, self.factor = vae, float(vae.config.scaling_factor)
        self.given = {"autoencoder": encoder_sha256(vae)}
        self.scheduler: Any = make_scheduler()
        torch.manual_seed(config.seed)
        unet = make_unet(config, vae.config.latent_channels)
        if choose(config.device).device.type == "cpu":
            unet.set_attn_processor(AttnProcessor())  # its products of bfloat16 are learned through fastest
        with torch.no_grad():  # the source's latents come as the autoencoder gives them
            unet.conv_in.weight[:, unet.config.out_channels :] *= self.factor
        self.modules: dict[str, nn.Module] = {"unet": unet, "text_encoder": make_text_encoder(config, self.tokenizer)}
        parameters = [value for module in self.modules.values() for value in module.parameters()]
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "unet": torch.optim.AdamW(parameters, config.learning_rate, (0.9, 0.99), weight_decay=0.01)
        }
        self.averaged = ("unet", "text_encoder")

    def batches(self, start_step: int) -> Iterator[Batch]:
        """Yield latents, sources and captions' tokens for ever, from any step on; of several processes each its share.

        Raises:
            Misuse: a batch smaller than the number of processes.
        """
        rank, world = process_of_all(self.config.batch_size, len(self.latents[self.config.size].labels))
        number = start_step
        while True:
            yield {name: part[rank::world] for name, part in self.batch(number).items()}
            number += 1

    def batch(self, number: int) -> Batch:
        """Return the batch of a step: ``target`` and ``source`` (B, 4, h, w), ``tokens`` (B, L)."""
        config = self.config
        rng = np.random.default_rng([config.seed, number])
        size = config.size // 2 if rng.random() < config.small else config.size
        latents = self.latents[size]
        chosen = rng.integers(len(latents.labels), size=config.batch_size)
        which = self.chosen_drawings(latents.styles[chosen], rng)
        target = latents.drawings[chosen, which].float()
        styles = [DRAWN[style] for style in latents.styles[chosen, which].tolist()]
        source = latents.photos[chosen].float()
        for row in np.flatnonzero(rng.random(config.batch_size) < config.photos):
            target[row], styles[row] = source[row], "photo"
        said = [caption(latents.labels[one], style, rng) for one, style in zip(chosen, styles, strict=True)]
        unsaid = rng.random(config.batch_size) < config.text_dropout
        tokens = self.tokens(["" if nothing else text for text, nothing in zip(said, unsaid, strict=True)])
        source[rng.random(config.batch_size) < config.source_dropout] = 0
        return {"target": target * self.factor, "source": source, "tokens": tokens}

    def chosen_drawings(self, styles: Tensor, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return the number of one drawing of each picture (B,), of those in the styles (B, K)."""
        often = [DRAWN.index(style) for style in self.config.emphasized]
        weights = np.where(np.isin(styles.numpy(), often), EMPHASIS, 1).cumsum(axis=1)
        chosen: NDArray[np.int64] = (weights <= rng.integers(weights[:, -1])[:, None]).sum(axis=1)
        return chosen

    def tokens(self, prompts: list[str]) -> Tensor:
        """Return the tokens of texts (B, L)."""
        options: dict[str, Any] = {"padding": "max_length", "max_length": LONGEST, "truncation": True}
        found: Tensor = self.tokenizer(prompts, return_tensors="pt", **options).input_ids
        return found

    def step(self, batch: Batch, accelerator: Accelerator) -> Mapping[str, Tensor]:
        """Take one step."""
        target = batch["target"]
        timesteps = torch.randint(self.scheduler.config.num_train_timesteps, (len(target),), device=target.device)
        loss = self.loss(batch, torch.randn_like(target), timesteps, accelerator).mean()
        descend(self.optimizers["unet"], loss, accelerator)
        return {"velocity": loss.detach()}

    def loss(self, batch: Batch, noise: Tensor, timesteps: Tensor, accelerator: Accelerator | None = None) -> Tensor:
        """Return the mean squared error of what is predicted of each picture (B,)."""
        target: Any = batch["target"]
        noisy = self.scheduler.add_noise(target, noise, timesteps)
        velocity = self.scheduler.get_velocity(target, noise, timesteps)
        given = torch.cat([noisy, batch["source"]], dim=1)
        with accelerator.autocast() if accelerator else torch.inference_mode():
            text = self.modules["text_encoder"](batch["tokens"])[0]
            found = self.modules["unet"](given, timesteps, encoder_hidden_states=text, return_dict=False)[0]
        error: Tensor = (found.float() - velocity).square().mean(dim=(1, 2, 3))
        return error

    def model(self) -> LatentModel:
        """Return the model as it is now, whichever form the trainer has put in place."""
        networks = {name: unwrapped(module) for name, module in self.modules.items()}
        vae = self.vae.to(networks["unet"].device)
        return LatentModel(vae=vae, tokenizer=self.tokenizer, scheduler=self.scheduler, **networks)

    def preview(self) -> Image.Image:
        """Return held-out pictures through the autoencoder, then in every style, a picture a row."""
        model, photos = self.model(), self.held_out.photos[:PREVIEWED].float()
        columns = [model.decode(photos)]
        noise = torch.cat([draw_noise(photos.shape[1:], number) for number in range(len(photos))])
        for style in PHRASES:
            made = restyle(model, photos, [PHRASES[style][0]] * len(photos), noise, 1.0, PREVIEW)
            columns.append(model.decode(made if made is not None else photos))
        rows = [list(row) for row in zip(*columns, strict=True)]
        return contact_sheet(rows, cell=self.config.size, abreast=1)

    def evaluate(self) -> Mapping[str, float]:
        """Return ``velocity``, the error on held-out drawings at even times with noise of a seed; ``n`` of them."""
        latents, rng = self.held_out, np.random.default_rng(self.config.seed)
        pairs = [(one, style) for one in range(len(latents.labels)) for style in range(len(DRAWN))]
        chosen = rng.permutation(len(pairs))[: self.config.evaluated]
        errors = []
        for start in range(0, len(chosen), BATCH):
            part = [pairs[number] for number in chosen[start : start + BATCH]]
            batch = self._held_out_batch(latents, part)
            timesteps = torch.linspace(0, self.scheduler.config.num_train_timesteps - 1, len(part)).long()
            noise = torch.randn(batch["target"].shape, generator=torch.Generator().manual_seed(start))
            device = unwrapped(self.modules["unet"]).device
            moved = {name: value.to(device) for name, value in batch.items()}
            errors.append(self.loss(moved, noise.to(device), timesteps.to(device)).cpu())
        return {"velocity": float(torch.cat(errors).mean()), "n": len(chosen)}

    def _held_out_batch(self, latents: Latents, pairs: list[tuple[int, int]]) -> Batch:
        ones, styles = (list(column) for column in zip(*pairs, strict=True))
        tokens = self.tokens([PHRASES[DRAWN[style]][0] for style in styles])
        target = latents.drawings[ones, styles].float() * self.factor
        return {"target": target, "source": latents.photos[ones].float(), "tokens": tokens}

    def export(self, folder: Path) -> None:
        """Write Stable Diffusion's layout, in half precision, with the autoencoder."""
        self._export({name: module.state_dict() for name, module in self.modules.items()}, folder)

    def _export(self, states: Mapping[str, Mapping[str, Tensor]], folder: Path) -> None:
        unet = make_unet(self.config, self.vae.config.latent_channels)
        text_encoder = make_text_encoder(self.config, self.tokenizer)
        unet.load_state_dict(states["unet"])
        text_encoder.load_state_dict(states["text_encoder"])
        vae = copy.deepcopy(self.vae)  # what the latents are of, even where another of its name is live by now
        save_folder(folder, vae, unet, text_encoder, self.tokenizer, self.words)


def export_weights(config: StyleMiniConfig, weights: Mapping[str, Mapping[str, Tensor]], folder: Path) -> None:
    """Write what ``StyleMiniObjective.export`` does; the run's data and latents must be there still."""
    anywhere = config.model_copy(update={"device": "cpu"})  # nothing is taught
    StyleMiniObjective(anywhere)._export(weights, folder)
