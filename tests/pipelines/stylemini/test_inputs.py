"""What StyleMini is taught on: its pictures, its autoencoder, its share of a batch, settings that cannot be."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from pipelines.__main__ import main
from pipelines.common import provenance
from pipelines.common.errors import Misuse
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.diffusion.model import encoder_sha256
from pipelines.stylemini.autoencoder.config import AutoencoderConfig
from pipelines.stylemini.autoencoder.networks import open_autoencoder
from pipelines.stylemini.autoencoder.objective import AutoencoderObjective, export_weights
from pipelines.stylemini.config import StyleMiniConfig
from pipelines.stylemini.latents import cache_folder, load_latents
from pipelines.stylemini.objective import StyleMiniObjective
from tests.tools import noisy_picture

SMALL: dict[str, Any] = {"size": 32, "small": 0.0, "pictures": 10, "drawings": 1, "channels": 16, "deep_channels": 16}
SMALL |= {"text_channels": 32, "text_layers": 1, "batch_size": 4}


def exported(folder: Path, seed: int) -> Path:
    """Write an autoencoder that has learnt nothing."""
    given = {"data": "synthetic:20", "size": 32, "autoencoder_channels": 8, "perceptual_weight": 0.0, "seed": seed}
    config = AutoencoderConfig.parse(given)
    weights = AutoencoderObjective(config).modules["autoencoder"].state_dict()
    export_weights(config, {"autoencoder": weights}, folder)
    return folder


def pictures(folder: Path, seed: int) -> str:
    """Write pictures whose names are the same whatever the seed."""
    for number in range(12):
        path = folder / "cat" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        noisy_picture(seed + number, 40, 40).save(path)
    return f"folder:{folder}"


def test_latents_are_of_the_pictures_and_not_of_their_names(tmp_path: Path) -> None:
    encoder = str(exported(tmp_path / "encoder", 1))
    found = []
    for name, seed in (("one", 0), ("other", 100)):
        data = pictures(tmp_path / name, seed)
        config = StyleMiniConfig.parse(
            {**SMALL, "data": data, "autoencoder": encoder, "latents": str(tmp_path / "kept")}
        )
        source = open_source(data)
        found.append(
            load_latents(config, source, split_source(source), "train", 32, folder=cache_folder(config, source)).photos
        )
    assert found[0].shape != found[1].shape or not torch.equal(*found)


def test_an_export_has_the_encoder_that_its_latents_are_of(tmp_path: Path) -> None:
    folder = exported(tmp_path / "live", 1)
    given = {**SMALL, "data": "synthetic:20", "autoencoder": str(folder), "latents": str(tmp_path / "kept")}
    objective = StyleMiniObjective(StyleMiniConfig.parse(given))
    before = encoder_sha256(open_autoencoder(folder))
    shutil.rmtree(folder)
    exported(folder, 2)  # as when other weights of that name are promoted meanwhile
    objective.export(tmp_path / "export")
    assert encoder_sha256(open_autoencoder(tmp_path / "export")) == before
    assert next(objective.vae.parameters()).dtype == torch.float32, "the training goes on as it was"


def test_processes_share_a_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = exported(tmp_path / "encoder", 1)
    given = {**SMALL, "data": "synthetic:20", "autoencoder": str(folder), "latents": str(tmp_path / "kept")}
    objective = StyleMiniObjective(StyleMiniConfig.parse(given))
    whole = next(objective.batches(3))["target"]
    parts = []
    for rank in (0, 1):
        state = SimpleNamespace(process_index=rank, num_processes=2)
        monkeypatch.setattr("accelerate.state.PartialState", lambda found=state: found)
        parts.append(next(objective.batches(3))["target"])
    assert torch.equal(torch.stack(parts, dim=1).flatten(0, 1), whole)
    state = SimpleNamespace(process_index=0, num_processes=5)
    monkeypatch.setattr("accelerate.state.PartialState", lambda: state)
    with pytest.raises(Misuse, match="batch_size"):
        next(objective.batches(0))


@pytest.mark.parametrize(
    ("config", "given", "named"),
    [
        (StyleMiniConfig, {"size": 32}, "size: must be 64 or more, or small 0"),
        (AutoencoderConfig, {"crop": 16}, "crop: must be 0, or 24 or more"),
    ],
)
def test_settings_that_would_end_a_training_later_are_refused_at_once(config: Any, given: Any, named: str) -> None:
    with pytest.raises(Misuse, match=named):
        config.parse(given)


@pytest.mark.parametrize("prompt", ["photo #2, mosaic style", "", "a cat: wood texture", "1984", "yes", "[mosaic]"])
def test_a_text_is_taken_as_it_is_written(prompt: str, tmp_path: Path) -> None:
    noisy_picture(1, 40, 40).save(tmp_path / "cat.png")
    asked = ["generate", "stylemini", str(tmp_path / "cat.png"), "--steps", "1", "--out", str(tmp_path / "made")]
    assert main([*asked, "--prompt", prompt]) == 0
    (made,) = (tmp_path / "made").iterdir()
    assert provenance.read(made).arguments["prompt"] == prompt
