from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pipelines import commands
from pipelines.common.errors import Misuse
from pipelines.data.resident import to_unit
from pipelines.stylemini.autoencoder.config import AutoencoderConfig
from pipelines.stylemini.autoencoder.data import DRAWN
from pipelines.stylemini.autoencoder.networks import open_autoencoder
from pipelines.stylemini.autoencoder.objective import AutoencoderObjective
from pipelines.stylemini.autoencoder.restyler import Restyler
from pipelines.stylemini.config import StyleMiniConfig
from pipelines.stylemini.networks import make_text_encoder, make_unet, save_folder
from pipelines.stylemini.pipeline import StyleMiniPipeline
from pipelines.stylemini.teachers import STYLES
from pipelines.stylemini.vocabulary import make_tokenizer
from pipelines.training.run import Run
from tests.pipelines.stylemini.conftest import QUICK
from tests.tools import trained


@pytest.fixture(scope="module")
def diffusion(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run's autoencoder with an untrained diffusion model for its latents."""
    words = "photo style texture " + " ".join(DRAWN)
    config = StyleMiniConfig.parse({"size": 32, "small": 0.0, "channels": 16, "deep_channels": 16, "text_channels": 32})
    tokenizer = make_tokenizer(words)
    torch.manual_seed(1)
    networks = (make_unet(config), make_text_encoder(config, tokenizer))
    folder = tmp_path_factory.mktemp("diffusion")
    save_folder(folder, open_autoencoder(run.exports / "last"), *networks, tokenizer, words.split())
    return folder


def test_a_decoder_learns_on_what_a_diffusion_model_draws(run: Run, diffusion: Path, tmp_path: Path) -> None:
    given = {**QUICK, "decoder_of": str(run.path), "restyled_by": str(diffusion), "crop": 0, "steps": 8}
    after = trained(tmp_path, "autoencoder", AutoencoderConfig.parse({**given, "checkpoint_every": 8}))
    pipe, before = (StyleMiniPipeline.from_pretrained(one, "cpu") for one in (after.exports / "last", diffusion))
    assert pipe.model.factor == before.model.factor and pipe.model.encoder_sha256 == before.model.encoder_sha256
    others = [dict(one.model.unet.state_dict()) | dict(one.model.text_encoder.state_dict()) for one in (pipe, before)]
    assert all(torch.equal(others[0][name], others[1][name]) for name in others[0])
    latents = before.encode(np.full((1, 32, 32, 3), 90, np.uint8))
    assert pipe.decode(latents)[0].tobytes() != before.decode(latents)[0].tobytes(), "the decoder has learned"

    assert commands.promote(after.path, "last", "here")[0].name == "stylemini", "whole: the tab draws with it"
    assert StyleMiniPipeline.from_pretrained(device_name="cpu").weights_sha256 == pipe.weights_sha256
    assert commands.promote(run.path, "last", "here")[0].name == "autoencoder", "a part"


def test_what_it_learns_on_is_drawn_in_the_picture_s_style(run: Run, diffusion: Path) -> None:
    given = {**QUICK, "decoder_of": str(run.path), "restyled_by": str(diffusion), "crop": 0, "restyled": 0.5}
    objective = AutoencoderObjective(AutoencoderConfig.parse(given))
    batch = next(iter(objective.batches(0)))
    torch.manual_seed(4)
    drawn = objective._restyled(batch)
    assert drawn is not None
    rows = ~drawn.isnan().flatten(1).any(dim=1)
    assert drawn[~rows].isnan().all() and 0 < int(rows.sum()) < len(rows), "some pictures' own latents are decoded"
    autoencoder = objective.modules["autoencoder"]
    real = to_unit(batch["picture"])
    made, latents, _ = autoencoder(real, drawn)
    assert torch.equal(latents[rows], drawn[rows]) and not latents.isnan().any()
    assert torch.allclose(made[rows], autoencoder.vae.decode(drawn[rows]).sample, atol=1e-4)


def test_each_is_drawn_of_its_photograph_in_its_style(
    run: Run, diffusion: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def nothing_drawn(self: Restyler, sources: torch.Tensor, styles: list[str]) -> torch.Tensor:
        asked.extend(styles)
        return sources

    monkeypatch.setattr(Restyler, "latents", nothing_drawn)
    given = {**QUICK, "decoder_of": str(run.path), "restyled_by": str(diffusion), "crop": 0, "restyled": 1.0}
    objective = AutoencoderObjective(AutoencoderConfig.parse(given))
    batch = next(iter(objective.batches(0)))
    expected = objective.modules["autoencoder"].vae.encode(to_unit(batch["photo"])).latent_dist.mode()
    found = objective._restyled(batch)
    assert found is not None and torch.allclose(found, expected, atol=1e-5)
    assert asked == [list(STYLES)[number] for number in batch["style"].tolist()]


@pytest.mark.parametrize(
    ("change", "said"), [({"decoder_of": None}, "decoder_of"), ({"crop": 24}, "crop"), ({"seed": 5}, "another encoder")]
)
def test_a_diffusion_model_that_does_not_fit_is_refused(
    run: Run, diffusion: Path, change: dict[str, Any], said: str, tmp_path: Path
) -> None:
    given = {**QUICK, "decoder_of": str(run.path), "restyled_by": str(diffusion), "crop": 0, **change}
    if "seed" in change:  # an encoder that was taught otherwise
        shutil.copytree(diffusion, tmp_path / "other")
        other = open_autoencoder(diffusion)
        with torch.no_grad():
            other.encoder.conv_in.bias += 1
        other.half().save_pretrained(tmp_path / "other" / "vae")
        given["restyled_by"] = str(tmp_path / "other")
    with pytest.raises(Misuse, match=said):
        AutoencoderObjective(AutoencoderConfig.parse(given))
