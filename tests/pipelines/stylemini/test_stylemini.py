from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
import yaml
from diffusers import StableDiffusionInstructPix2PixPipeline
from diffusers.models.attention_processor import AttnProcessor
from PIL import Image
from safetensors.torch import load_file

from pipelines import commands, systems
from pipelines.__main__ import main
from pipelines.common import provenance
from pipelines.common.errors import Misuse
from pipelines.data.resident import square
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.diffusion.sampling import draw_noise
from pipelines.stylemini.autoencoder.config import AutoencoderConfig
from pipelines.stylemini.autoencoder.data import DRAWN
from pipelines.stylemini.autoencoder.objective import AutoencoderObjective
from pipelines.stylemini.autoencoder.objective import export_weights as export_autoencoder
from pipelines.stylemini.captions import PHRASES, all_words, caption
from pipelines.stylemini.config import Drawn, StyleMiniConfig
from pipelines.stylemini.latents import cache_folder, load_latents
from pipelines.stylemini.objective import StyleMiniObjective
from pipelines.stylemini.pipeline import StyleMiniArguments, StyleMiniPipeline
from pipelines.stylemini.vocabulary import make_tokenizer, words_of
from pipelines.training.run import Run
from tests.once import Once
from tests.pipelines.diffusion.folders import open_stock, write_model
from tests.tools import noisy_picture

DATA = "synthetic:40"
QUICK: dict[str, Any] = {"data": DATA, "size": 32, "small": 0.0, "pictures": 12, "drawings": 3, "batch_size": 8}
QUICK |= {"channels": 16, "deep_channels": 16, "text_channels": 32, "text_layers": 1, "learning_rate": 2e-3}
QUICK |= {"steps": 60, "ema_decay": 0.8, "evaluated": 20}
QUICK |= {"log_every": 20, "preview_every": 60, "evaluate_every": 60, "checkpoint_every": 30}


@pytest.fixture(scope="module")
def autoencoder(once: Once) -> Path:
    def export(folder: Path) -> None:
        given = {"data": DATA, "size": 32, "autoencoder_channels": 8, "perceptual_weight": 0.0}
        config = AutoencoderConfig.parse(given)
        untrained = AutoencoderObjective(config).modules["autoencoder"].state_dict()
        export_autoencoder(config, {"autoencoder": untrained}, folder)

    return once.folder("autoencoder", export)


@pytest.fixture(scope="module")
def config(autoencoder: Path, tmp_path_factory: pytest.TempPathFactory) -> StyleMiniConfig:
    kept = tmp_path_factory.mktemp("latents")  # tests add to it
    return StyleMiniConfig.parse({**QUICK, "autoencoder": str(autoencoder), "latents": str(kept)})


@pytest.fixture(scope="module")
def run(config: StyleMiniConfig, once: Once) -> Run:
    return once.run("stylemini", config)


@pytest.fixture(scope="module")
def pipe(run: Run) -> StyleMiniPipeline:
    return StyleMiniPipeline.from_pretrained(run.exports / "last", "cpu")


def test_it_learns_to_predict(run: Run, config: StyleMiniConfig) -> None:
    learnt = next(line for line in run.metrics() if line["kind"] == "evaluate")
    assert learnt["velocity"] < 0.9 * StyleMiniObjective(config).evaluate()["velocity"] and learnt["n"] == 20
    sheet = Image.open(max(run.previews.iterdir()))
    assert sheet.width > sheet.height and sheet.width >= 12 * 32, "the picture, then every style"


def test_latents_are_those_of_the_drawings(config: StyleMiniConfig) -> None:
    objective = StyleMiniObjective(config)
    source = open_source(DATA)
    split = split_source(source)
    held_out = load_latents(config, source, split, "held_out", 32, folder=cache_folder(config, source))
    assert held_out.styles.tolist() == [list(range(len(DRAWN)))] * len(split.held_out)
    keys = {entry.label for entry in split.held_out}
    assert set(held_out.labels) <= keys and len(held_out.labels) == len(split.held_out)
    photos = np.stack([square(source.load(entry), 32) for entry in split.held_out])
    latents = objective.model().encode(photos)
    found = [float((latents - photo.float()).abs().mean(dim=(1, 2, 3)).min()) for photo in held_out.photos]
    assert max(found) < 0.01, "each is the latent of a held-out picture"
    training = load_latents(config, source, split, "train", 32, folder=cache_folder(config, source))
    assert training.drawings.shape == (12, 3, 4, 4, 4) and len({*training.styles.flatten().tolist()}) > 5


def test_latents_are_made_once_and_more_are_added(config: StyleMiniConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    source = open_source(DATA)
    split = split_source(source)
    first = load_latents(config, source, split, "train", 32, folder=cache_folder(config, source))
    monkeypatch.setattr("pipelines.stylemini.latents.SHARD", 6)
    more = config.model_copy(update={"pictures": 18})
    second = load_latents(more, source, split, "train", 32, folder=cache_folder(more, source))
    assert torch.equal(second.photos[:12], first.photos) and len(second.labels) == 18
    monkeypatch.setattr("pipelines.stylemini.latents.draw_in_style", None)
    assert torch.equal(
        load_latents(more, source, split, "train", 32, folder=cache_folder(more, source)).drawings, second.drawings
    )


def test_a_batch_says_what_it_shows(config: StyleMiniConfig) -> None:
    objective = StyleMiniObjective(
        config.model_copy(update={"text_dropout": 0.0, "source_dropout": 0.0, "photos": 0.5})
    )
    latents = objective.latents[32]
    batch, again = objective.batch(3), objective.batch(3)
    assert all(torch.equal(batch[name], again[name]) for name in batch)
    phrases = {style: set(said) for style, said in PHRASES.items()}
    for target, source, tokens in zip(batch["target"], batch["source"], batch["tokens"], strict=True):
        text = objective.tokenizer.decode(tokens, skip_special_tokens=True).replace(" - ", "-")
        number = int((latents.photos.float() - source).abs().sum(dim=(1, 2, 3)).argmin())
        candidates = [latents.photos[number], *latents.drawings[number]]
        which = min(range(4), key=lambda n: float((candidates[n].float() * objective.factor - target).abs().sum()))
        style = "photo" if which == 0 else DRAWN[int(latents.styles[number, which - 1])]
        assert any(phrase in text for phrase in phrases[style]), (style, text)


def test_emphasized_styles_are_chosen_three_times_as_often(config: StyleMiniConfig) -> None:
    assert get_args(Drawn) == DRAWN
    objective = StyleMiniObjective(config.model_copy(update={"emphasized": ["comic", "mosaic"]}))
    styles = torch.arange(len(DRAWN)).repeat(8000, 1)
    chosen = objective.chosen_drawings(styles, np.random.default_rng(0))
    shares = np.bincount(chosen, minlength=len(DRAWN)) / len(chosen)
    wanted = [3 if style in ("comic", "mosaic") else 1 for style in DRAWN]
    assert np.abs(shares - np.array(wanted) / sum(wanted)).max() < 0.02


def test_captions_and_sources_are_left_out_at_times(config: StyleMiniConfig) -> None:
    all_out = config.model_copy(update={"text_dropout": 1.0, "source_dropout": 1.0})
    batch = StyleMiniObjective(all_out).batch(0)
    assert not batch["source"].any() and len({tuple(row) for row in batch["tokens"].tolist()}) == 1


def test_stock_diffusers_opens_the_folder_and_gives_the_same_bytes(run: Run, pipe: StyleMiniPipeline) -> None:
    picture = noisy_picture(40, 40)
    made = pipe(picture, prompt="mosaic style", seed=5, steps=4, guidance_scale=3).images[0]
    stock = open_stock(StableDiffusionInstructPix2PixPipeline, run.exports / "last", torch.channels_last)
    noise = draw_noise((4, 4, 4), int(np.random.default_rng((5, 0)).integers(2**63 - 1)))
    options: dict[str, Any] = {"image": Image.fromarray(square(picture, 32)), "latents": noise}
    image = stock("mosaic style", num_inference_steps=4, guidance_scale=3, image_guidance_scale=1, **options).images[0]
    assert image.tobytes() == made.tobytes()


def test_a_picture_depends_on_seed_number_and_text(pipe: StyleMiniPipeline) -> None:
    picture = noisy_picture(64, 48)
    both = pipe(picture, seed=1, count=2, steps=2)
    assert both.images[0].size == (32, 32) and both.images[0].tobytes() != both.images[1].tobytes()
    second = pipe(picture, seed=1, first=1, steps=2)
    assert second.images[0].tobytes() == both.images[1].tobytes() and second.provenance[0].index == 1
    other = pipe(picture, seed=1, steps=2, prompt="comic style").images[0]
    assert other.tobytes() != both.images[0].tobytes()
    assert pipe(picture, seed=1, steps=2, size=64).images[0].size == (64, 64)


def test_a_call_that_is_cancelled_keeps_what_is_done(pipe: StyleMiniPipeline) -> None:
    done: list[int] = []
    result = pipe(
        noisy_picture(40, 40), count=3, steps=2, cancelled=lambda: bool(done), on_picture=lambda n, _: done.append(n)
    )
    assert done == [0] and len(result.images) == len(result.provenance) == 1


def test_a_picture_that_is_broken_off_leaves_those_before_it(pipe: StyleMiniPipeline) -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) == 5  # in the middle of the second picture

    result = pipe(noisy_picture(40, 40), count=3, steps=2, cancelled=cancelled)
    assert len(result.images) == len(result.provenance) == 1


def test_nothing_is_made_before_all_texts_are_checked(pipe: StyleMiniPipeline) -> None:
    asked = StyleMiniArguments(steps=4)
    with pytest.raises(Misuse, match="too long"):
        next(pipe.rows_of([noisy_picture(40, 40)], ["mosaic style", "oil " * 40], asked, seed=1))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"strength": 0}, "strength"),
        ({"strength": 0.01, "steps": 5}, "strength"),
        ({"steps": 0}, "steps"),
        ({"prompt": "oil " * 40}, "too long"),
        ({"size": 33}, "size"),
        ({"mood": 1}, "mood"),
    ],
)
def test_bad_arguments_are_named(pipe: StyleMiniPipeline, given: dict[str, Any], said: str) -> None:
    with pytest.raises(Misuse, match=said):
        pipe(noisy_picture(40, 40), **given)


@pytest.mark.parametrize(
    ("kind", "strength", "steps", "guidance"),
    [
        ({"sees_source": True}, 1.0, 6, 2.0),
        ({"sees_source": False}, 0.6, 20, 7.5),
        ({"sees_source": False, "scheduler": "lcm"}, 0.6, 6, 1.0),
        ({"sees_source": False, "scheduler": "turbo"}, 0.6, 6, 1.0),
        ({"sees_source": False, "scheduler": "lcm", "guidance": 16}, 0.6, 6, 7.5),
    ],
)
def test_what_is_not_set_suits_the_model(
    kind: dict[str, Any], strength: float, steps: int, guidance: float, tmp_path: Path
) -> None:
    write_model(tmp_path / "model", **kind)
    noisy_picture(40, 40).save(tmp_path / "noise.png")
    usual = {"strength": strength, "steps": steps, "guidance_scale": guidance}
    call = ["generate", "stylemini", str(tmp_path / "noise.png"), "--weights", str(tmp_path / "model")]
    for given, expected in (([], usual), (["--set", "steps=4"], {**usual, "steps": 4})):
        out = tmp_path / f"out{len(given)}"
        assert main([*call, "--out", str(out), *given]) == 0
        (made,) = out.iterdir()
        arguments = provenance.read(made).arguments
        assert {name: arguments[name] for name in usual} == expected


def test_on_a_processor_it_attends_by_plain_products(config: StyleMiniConfig) -> None:
    unet: Any = StyleMiniObjective(config).modules["unet"]
    assert {type(one) for one in unet.attn_processors.values()} == {AttnProcessor}


def test_an_exported_checkpoint_is_what_the_run_exported(run: Run, tmp_path: Path) -> None:
    copied = shutil.copytree(run.path, tmp_path / "run")
    settings = yaml.safe_load((copied / "config.yaml").read_text())  # as if a GPU that is not here had taught it
    (copied / "config.yaml").write_text(yaml.safe_dump({**settings, "device": "cuda:7"}))
    assert commands.export(systems.find("stylemini"), copied, tmp_path / "last") == 60
    for part in ("unet/diffusion_pytorch_model", "text_encoder/model", "vae/diffusion_pytorch_model"):
        one, other = (load_file(folder / f"{part}.safetensors") for folder in (tmp_path / "last", run.exports / "last"))
        assert one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_the_folder_says_nothing_of_the_machine_it_was_made_on(run: Run, autoencoder: Path) -> None:
    written = [path.read_text() for path in (run.exports / "last").rglob("*.json")]
    assert len(written) > 4 and not any(str(autoencoder.parent) in text for text in written)


def test_the_folder_says_which_words_it_knows(pipe: StyleMiniPipeline) -> None:
    for said in PHRASES.values():
        assert [pipe.model.unknown_words(phrase) for phrase in said] == [[]] * len(said)
    assert pipe.model.unknown_words("a Kandinsky of a zebra") == ["kandinsky", "zebra"]
    assert pipe.model.unknown_words("xture of ainting") == ["xture", "ainting"], "parts of words are none"


def test_words_with_figures_and_endings_are_known_once_taught(pipe: StyleMiniPipeline) -> None:
    taught = words_of("an MP3 player, cat's cradle - one")
    assert taught == ["an", "mp", "3", "player", "cat", "'s", "cradle", "one"]
    model = replace(pipe.model, words=frozenset(taught))
    assert model.unknown_words("an mp3 player, the cat’s cradle") == ["the"]


def test_each_word_is_one_token_and_others_are_spelt() -> None:
    text = all_words(["grand_piano", "african-elephant"])
    tokenizer = make_tokenizer(text)
    for word in {*text.replace(",", " ").replace("-", " ").split()}:
        assert len(tokenizer.tokenize(word)) == 1, word
    assert len(tokenizer.tokenize("xylophone")) > 2 and tokenizer.tokenize("Oil") == tokenizer.tokenize("oil")
    assert tokenizer.get_vocab() == make_tokenizer(text).get_vocab()


def test_captions_name_the_style_always_and_the_class_at_times() -> None:
    rng = np.random.default_rng(0)
    said = [caption("grand_piano", "comic", rng) for _ in range(60)]
    assert all(any(phrase in one for phrase in PHRASES["comic"]) for one in said)
    assert 10 < sum("grand piano" in one for one in said) < 50 and len(set(said)) > 15
