from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL
from PIL import Image
from safetensors.torch import load_file

from pipelines import commands, systems
from pipelines.common.device import Placement
from pipelines.common.errors import Misuse
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.nn.perceptual import FeaturePair
from pipelines.stylemini.autoencoder.config import AutoencoderConfig
from pipelines.stylemini.autoencoder.data import DrawnPictures, cut, held_out_squares, random_square
from pipelines.stylemini.autoencoder.evaluation import reconstruction_metrics
from pipelines.stylemini.autoencoder.networks import hidden_color, open_autoencoder
from pipelines.stylemini.autoencoder.objective import AutoencoderObjective
from pipelines.stylemini.autoencoder.pipeline import AutoencoderPipeline
from pipelines.stylemini.teachers import STYLES
from pipelines.training.run import Run
from tests.pipelines.accelerators import in_float32
from tests.pipelines.stylemini.conftest import QUICK
from tests.pipelines.wrapped import Wrapped
from tests.tools import noisy_picture, trained


def test_it_learns_to_give_pictures_back(run: Run) -> None:
    lines = list(run.metrics())
    learnt = next(line for line in lines if line["kind"] == "evaluate")
    blank = AutoencoderObjective(AutoencoderConfig.parse(QUICK)).evaluate()
    assert learnt["psnr"] > blank["psnr"] + 1 and learnt["n"] > 1
    taught = [line for line in lines if line["kind"] == "train"]
    assert "discriminator" not in taught[0] and "discriminator" in taught[-1], "it begins later"
    assert Image.open(max(run.previews.iterdir())).size[1] == 2 * 32, "what is real above what is decoded"


def test_pictures_of_half_the_side_are_measured_too(run: Run) -> None:
    pipe, source = AutoencoderPipeline.from_pretrained(run.exports / "last", "cpu"), open_source("synthetic:40")
    metrics = pipe.evaluate(source, seed=0)
    small = held_out_squares(source, split_source(source).held_out, 16)
    assert small.shape[1:3] == (16, 16)
    expected = reconstruction_metrics(pipe.reconstruct, small)
    assert {name: metrics[f"{name}_half"] for name in ("psnr", "ssim")} == {k: expected[k] for k in ("psnr", "ssim")}
    assert metrics["psnr"] != metrics["psnr_half"] and metrics["n"] == expected["n"]


def test_stock_diffusers_opens_the_export_and_decodes_the_same(run: Run) -> None:
    folder = run.exports / "last"
    stock: Any = AutoencoderKL.from_pretrained(folder / "vae").float().eval()  # type: ignore[no-untyped-call]
    pipe = AutoencoderPipeline.from_pretrained(folder, "cpu")
    pipe.placement = Placement(torch.device("cpu"), torch.float32)
    picture = torch.rand(1, 3, 32, 32) * 2 - 1
    with torch.inference_mode():
        latents = stock.encode(picture).latent_dist.mode() * stock.config.scaling_factor
        made = stock.decode(latents / stock.config.scaling_factor).sample
    assert torch.allclose(pipe.encode(picture), latents, atol=1e-5) and latents.shape == (1, 4, 4, 4)
    assert torch.allclose(pipe.decode(latents), made, atol=1e-5)


def test_the_scaling_factor_is_measured_in_full_precision() -> None:
    objective = AutoencoderObjective(AutoencoderConfig.parse(QUICK))
    exact = objective.scaling_factor()
    with torch.autocast("cpu", torch.bfloat16):
        assert objective.scaling_factor() == exact


def test_latents_have_deviation_one(run: Run) -> None:
    pipe = AutoencoderPipeline.from_pretrained(run.exports / "last", "cpu")
    data = AutoencoderObjective(AutoencoderConfig.parse(QUICK)).data
    squares = torch.stack([data[0, number]["picture"] for number in range(len(data))])
    assert 0.7 < float(pipe.encode(squares.float() / 127.5 - 1).std()) < 1.4


def test_an_exported_checkpoint_is_what_the_run_exported(run: Run, tmp_path: Path) -> None:
    assert commands.export(systems.find("autoencoder"), run.path, tmp_path / "last") == 60
    folders = [folder / "vae" for folder in (tmp_path / "last", run.exports / "last")]
    config, other = (json.loads((folder / "config.json").read_text()) for folder in folders)
    assert config["scaling_factor"] == other["scaling_factor"] and config["block_out_channels"] == [8, 16, 32, 64]
    weights = [(folder / "diffusion_pytorch_model.safetensors").read_bytes() for folder in folders]
    assert weights[0] == weights[1]


def test_a_picture_comes_back_at_the_size_of_the_training(run: Run) -> None:
    pipe = AutoencoderPipeline.from_pretrained(run.exports / "last", "cpu")
    result = pipe(noisy_picture(1, 50, 40))
    assert result.images[0].size == (32, 32) and result.provenance[0].system == "autoencoder"
    assert pipe(noisy_picture(1, 50, 40)).images[0].tobytes() == result.images[0].tobytes()
    assert pipe(noisy_picture(1, 50, 40), size=48).images[0].size == (48, 48)
    with pytest.raises(Misuse, match="size"):
        pipe(noisy_picture(1), size=50)
    with pytest.raises(Misuse):
        AutoencoderPipeline.from_pretrained(run.exports, "cpu")


def test_pickled_weights_are_not_opened(run: Run, tmp_path: Path) -> None:
    shutil.copytree(run.exports / "last", tmp_path / "weights")
    vae = tmp_path / "weights" / "vae"
    weights = load_file(vae / "diffusion_pytorch_model.safetensors")
    (vae / "diffusion_pytorch_model.safetensors").unlink()
    torch.save(weights, vae / "diffusion_pytorch_model.bin")
    with pytest.raises(Misuse):
        open_autoencoder(tmp_path / "weights")


def test_a_training_picture_is_a_function_of_seed_epoch_and_number() -> None:
    source = open_source("synthetic:12")
    data = DrawnPictures(source, source.entries, 32, 1.0, seed=1)
    assert torch.equal(data[0, 3]["picture"], data[0, 3]["picture"])
    assert not torch.equal(data[0, 3]["picture"], data[1, 3]["picture"])
    plain = DrawnPictures(source, source.entries, 32, 0.0, seed=1)
    assert not torch.equal(plain[0, 3]["picture"], data[0, 3]["picture"]), "drawn in a style"
    same = DrawnPictures(source, source.entries, 32, 0.0, seed=1, exchanged=1.0)
    pairs = [(plain[0, number]["picture"], same[0, number]["picture"]) for number in range(12)]
    assert all({*map(as_bytes, one)} == {*map(as_bytes, other)} for one, other in pairs), "the same three channels"
    assert any(not torch.equal(one, other) for one, other in pairs)


def test_a_training_picture_comes_with_the_photograph_and_the_name_of_its_style() -> None:
    source = open_source("synthetic:12")
    plain, drawn = (DrawnPictures(source, source.entries, 32, share, seed=1, exchanged=1.0) for share in (0.0, 1.0))
    for number in range(12):
        one, other = plain[0, number], drawn[0, number]
        assert torch.equal(one["photo"], one["picture"]) and not one["drawn"] and one["style"] == 0
        assert {*map(as_bytes, one["photo"])} == {*map(as_bytes, other["photo"])}, "the same, in other colours"
        assert other["drawn"] and not torch.equal(other["photo"], other["picture"])
    styles = {int(drawn[epoch, number]["style"]) for epoch in range(4) for number in range(12)}
    assert len(styles) > 6 and next(iter(STYLES)) == "photo" and 0 not in styles


def as_bytes(channel: torch.Tensor) -> bytes:
    return channel.numpy().tobytes()


def test_parts_are_of_the_same_picture() -> None:
    pictures = torch.arange(2 * 3 * 32 * 32).reshape(2, 3, 32, 32)
    parts = cut(pictures, 16, 3)
    assert parts.shape == (6, 3, 16, 16) and len({int(part[0, 0, 0]) for part in parts}) > 2
    for number, part in enumerate(parts):
        windows = pictures[number // 3].unfold(1, 16, 8).unfold(2, 16, 8)  # along the squares of latents
        assert (windows == part[:, None, None]).all(dim=(0, 3, 4)).any()


def test_squares_are_parts_of_the_picture_on_white() -> None:
    source = open_source("synthetic:2")  # cut out to transparency
    assert held_out_squares(source, source.entries, 32)[:, 0, 0].min() == 255
    ramp = Image.fromarray(np.tile(np.arange(90, dtype=np.uint8)[None, :, None], (60, 1, 3)))
    seen = [random_square(ramp, 32, np.random.default_rng(seed)) for seed in range(8)]
    assert len({one.tobytes() for one in seen}) > 4 and max(int(one.max()) for one in seen) <= 90


def test_a_decoder_learns_for_latents_that_exist(run: Run, tmp_path: Path) -> None:
    given = {**QUICK, "decoder_of": str(run.path), "steps": 20, "adversarial_from": 5}
    after = trained(tmp_path, "autoencoder", AutoencoderConfig.parse(given))
    files = [folder / "last" / "vae" / "diffusion_pytorch_model.safetensors" for folder in (run.exports, after.exports)]
    before, now = (load_file(file) for file in files)
    same = {name for name in now if torch.equal(before[name], now[name])}
    assert same == {name for name in now if name.startswith(("encoder.", "quant_conv."))}


def test_a_decoder_of_another_size_is_refused(run: Run) -> None:
    with pytest.raises(Misuse, match="do not fit"):
        AutoencoderObjective(
            AutoencoderConfig.parse({**QUICK, "decoder_of": str(run.path), "autoencoder_channels": 16})
        )


def test_latents_that_tell_all_but_one_hue_are_seen() -> None:
    pictures = torch.rand(6, 3, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1
    red, green, blue = torch.nn.functional.avg_pool2d(pictures, 8).unbind(1)
    nothing = torch.zeros_like(red)
    told = torch.stack([red + green + blue, red - green, red + green - 2 * blue, nothing], dim=1)
    assert float(hidden_color(3 * told + 1, pictures)) < 0.05, "any linear form of the colours tells them"
    told[:, 1] = 0
    assert 0.25 < float(hidden_color(told, pictures)) < 0.4, "red and green are told apart no more, one of three"
    assert float(hidden_color(torch.zeros_like(told), pictures)) > 0.9


def test_latents_are_taught_to_tell_colors() -> None:
    nothing_else = {"l1_weight": 0.0, "coarse_weight": 0.0, "kl_weight": 0.0, "adversarial_weight": 0.0, "steps": 40}
    objective = AutoencoderObjective(AutoencoderConfig.parse({**QUICK, **nothing_else, "color_weight": 1.0}))
    batches = iter(objective.batches(0))
    left = [float(objective.step(next(batches), in_float32())["color"]) for _ in range(40)]
    assert np.mean(left[-8:]) < 0.8 * np.mean(left[:8])


def test_a_projected_discriminator_teaches_the_decoder_and_its_features_stay() -> None:
    settings = {"discriminator": "projected", "adversarial_from": 0, "adversarial_weight": 0.1, "crop": 32, "parts": 1}
    objective = AutoencoderObjective(AutoencoderConfig.parse({**QUICK, **settings}))
    before = {name: value.clone() for name, value in objective.modules["discriminator"].state_dict().items()}
    discriminator = objective.modules["discriminator"]
    wrapped = objective.modules["discriminator"] = Wrapped(discriminator)
    scalars = objective.step(next(iter(objective.batches(0))), in_float32())
    assert {"adversarial", "discriminator"} <= scalars.keys() and wrapped.calls == 3
    after = discriminator.state_dict()
    changed = {name.partition(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"heads"}


def test_features_that_are_compared_are_those_that_the_discriminator_sees() -> None:
    settings = {"discriminator": "projected", "adversarial_from": 0, "adversarial_weight": 0.1, "crop": 32, "parts": 1}
    settings |= {"perceptual_weight": 0.3, "perceptual_scale": 1.0}
    objective = AutoencoderObjective(AutoencoderConfig.parse({**QUICK, **settings}))
    assert objective.features is not None
    real, made = torch.rand(2, 2, 3, 32, 32) * 2 - 1
    accelerator = in_float32()
    pair = FeaturePair.of(objective.features, made, real, scale=1.0)
    for shared, own in zip(
        objective._seen(real, made, pair, accelerator), objective._seen(real, made, None, accelerator), strict=True
    ):
        assert all(torch.allclose(one, other, atol=1e-4) for one, other in zip(shared, own, strict=True))
    scalars = objective.step(next(iter(objective.batches(0))), accelerator)
    assert {"perceptual", "adversarial", "discriminator"} <= scalars.keys()


def test_the_distance_of_textures_is_learned_down_where_it_counts() -> None:
    settings = {**QUICK, "crop": 32, "parts": 2, "adversarial_weight": 0.0, "texture_weight": 3.0, "styled": 1.0}
    objective = AutoencoderObjective(AutoencoderConfig.parse(settings))
    batch = next(iter(objective.batches(0)))
    steps = [objective.step(batch, in_float32()) for _ in range(40)]
    distances = [float(step["texture"]) for step in steps]
    assert np.mean(distances[-5:]) < 0.9 * np.mean(distances[:5])
    photographs = {**batch, "drawn": torch.zeros_like(batch["drawn"])}
    assert objective.step(photographs, in_float32())["texture"] == 0, "drawings alone"
    plain = AutoencoderObjective(AutoencoderConfig.parse(QUICK))
    assert plain.features is None and "texture" not in plain.step(batch, in_float32())
