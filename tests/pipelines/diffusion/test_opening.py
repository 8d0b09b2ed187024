from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import torch
from torch import Tensor
from transformers import CLIPImageProcessor

from pipelines.common.device import Placement
from pipelines.common.errors import Misuse, StudioError
from pipelines.diffusion.opening import check_memory, open_model
from pipelines.diffusion.sampling import Sampling, restyle
from pipelines.stylemini.pipeline import Networks, StyleMiniPipeline
from tests.pipelines.diffusion.folders import CPU, PROMPTS, noise, pictures, write_model


def test_pickled_weights_are_not_opened(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "model", sees_source=False)
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    torch.save({}, weights.with_suffix(".bin"))
    weights.unlink()
    with pytest.raises(Misuse, match="model"):
        open_model(folder, CPU)


def test_a_damaged_folder_gets_a_sentence(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "model", sees_source=False)
    (folder / "unet" / "config.json").write_text("{")
    with pytest.raises(Misuse, match="model"):
        open_model(folder, CPU)


def test_words_it_was_not_taught_are_named(plain: Path) -> None:
    assert open_model(plain, CPU).unknown_words("a wombat") == [], "it was taught on texts of all kinds"
    (plain / "words.txt").write_text("oil\npainting\nof\na\nred\ncat\n")
    model = open_model(plain, CPU)
    (plain / "words.txt").unlink()
    assert model.unknown_words("Oil painting of a wombat, a red wombat & 猫") == ["wombat", "猫"]
    assert model.unknown_words("'red', (cat); oil-painting: 12 😀 don't!") == ["12", "😀", "don't"]
    assert model.unknown_words("“red” — cat… a cat’s… painting，猫") == ["cat's", "猫"]


def test_a_model_that_does_not_fit_is_not_opened(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=100_000))
    with pytest.raises(StudioError, match=r"plain needs about 0\.\d GB of memory, 0\.0 GB are free"):
        open_model(plain, CPU)


def test_files_that_are_not_opened_need_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_model(tmp_path / "model", sees_source=False)
    needed = sum(file.stat().st_size for file in folder.rglob("*.safetensors"))
    unet = folder / "unet" / "diffusion_pytorch_model.safetensors"
    for other in (unet.with_name("diffusion_pytorch_model.non_ema.safetensors"), folder / "whole.safetensors"):
        shutil.copy(unet, other)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=2.2 * needed))
    assert not check_memory(folder, CPU.device, torch.float32), "neither short nor scarce"


def test_scarce_memory_changes_nothing_but_how_attention_is_computed(
    plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = open_model(plain, CPU)
    size = sum(file.stat().st_size for file in plain.rglob("*.safetensors"))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1.5 * size))
    narrow = open_model(plain, CPU)
    kinds = [{type(one).__name__ for one in model.unet.attn_processors.values()} for model in (wide, narrow)]
    assert kinds[0] != kinds[1] and kinds[1] == {"SlicedAttnProcessor"}
    latents = wide.encode(pictures())
    made = [restyle(model, latents, PROMPTS, noise(), 0.5, Sampling(4)) for model in (wide, narrow)]
    assert made[0] is not None and made[1] is not None and torch.allclose(made[0], made[1], atol=1e-3)


def test_a_model_of_all_kinds_without_a_safety_checker_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = write_model(tmp_path / "model", sees_source=False)
    open_model(folder, CPU)
    assert "model has no safety checker" in caplog.text
    caplog.clear()
    (folder / "words.txt").write_text("oil\n")
    open_model(folder, CPU)
    assert not caplog.text, "it was taught on pictures for everybody"


def test_what_the_safety_checker_refuses_is_black(plain: Path) -> None:
    model = open_model(plain, CPU)
    asked: list[tuple[int, ...]] = []

    def checker(images: Tensor, clip_input: Tensor) -> tuple[Tensor, list[bool]]:
        asked.append(tuple(clip_input.shape))
        return images, [False, True]

    checked = replace(model, safety_checker=checker, feature_extractor=CLIPImageProcessor())
    latents = model.encode(pictures())
    first, second = checked.decode(latents)
    assert asked == [(2, 3, 224, 224)] and second.getextrema() == ((0, 0),) * 3
    assert first.tobytes() == model.decode(latents)[0].tobytes()


def test_a_network_of_another_kind_is_refused(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "model", sees_source=False)
    config = folder / "unet" / "config.json"
    config.write_text(config.read_text().replace('"in_channels": 4', '"in_channels": 9'))
    with pytest.raises(Misuse, match="9 channels"):
        open_model(folder, CPU)


def test_weights_are_opened_where_they_stay_and_in_half_precision_on_a_gpu(plain: Path) -> None:
    elsewhere = Placement(torch.device("meta"), torch.float16)  # a device that any machine has
    model = open_model(plain, elsewhere)
    pipe = StyleMiniPipeline(Networks(model), elsewhere)
    for network in (model.unet, model.vae, model.text_encoder, pipe.network.unet, pipe.network.vae):
        parameters = list(network.parameters())
        assert {str(one.device) for one in parameters} == {"meta"} and {one.dtype for one in parameters} == {torch.half}
    assert {one.dtype for one in open_model(plain, CPU).unet.parameters()} == {torch.float32}
