from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from pipelines.common.device import Placement
from pipelines.common.errors import Misuse
from pipelines.diffusion.model import LatentModel
from pipelines.diffusion.opening import open_model
from pipelines.diffusion.sampling import Sampling
from pipelines.replay.buffer import LatentBuffer
from pipelines.replay.replaying import Replayer
from pipelines.replay.selection import choose_latents
from tests.pipelines.diffusion.folders import write_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> LatentModel:
    folder = write_model(tmp_path_factory.mktemp("models") / "plain", sees_source=False)
    return open_model(folder, Placement(torch.device("cpu"), torch.float32))


def task(centres: int = 3, each: int = 20, spread: float = 0.1) -> torch.Tensor:
    rng = torch.Generator().manual_seed(1)
    middles = 5 * torch.randn(centres, 1, 4, 4, 4, generator=rng)
    return (middles + spread * torch.randn(centres, each, 4, 4, 4, generator=rng)).flatten(0, 1)


def test_k_means_keeps_the_nearest_of_each_cluster() -> None:
    latents = task()
    kept = choose_latents(latents, 6, classes=3)
    assert [int((kept // 20 == cluster).sum()) for cluster in range(3)] == [2, 2, 2]
    for cluster in range(3):
        own = latents[20 * cluster : 20 * cluster + 20]
        distances = (own - own.mean(dim=0)).flatten(1).norm(dim=1)
        nearest = set((distances.argsort()[:2] + 20 * cluster).tolist())
        assert set(kept[kept // 20 == cluster].tolist()) == nearest


def test_a_small_cluster_leaves_its_places_to_the_others() -> None:
    latents = torch.cat([task(2, 10), 40 + torch.zeros(1, 4, 4, 4)])
    kept = choose_latents(latents, 9, classes=3)
    assert len(set(kept.tolist())) == 9 and 20 in kept


def test_a_reservoir_gives_each_the_same_chance() -> None:
    latents = torch.zeros(12, 4, 1, 1)
    counts = np.zeros(12)
    for seed in range(600):
        counts[choose_latents(latents, 4, method="reservoir", seed=seed)] += 1
    assert counts.sum() == 2400 and counts.min() > 150 and counts.max() < 250  # 200 each, deviation 11.5


@pytest.mark.parametrize("method", ["k-means", "reservoir", "random"])
def test_the_same_seed_keeps_the_same(method: str) -> None:
    latents = task(2, 10, 1.0)
    one, same, other = (choose_latents(latents, 5, method=method, classes=2, seed=seed) for seed in (0, 0, 3))
    assert one.tolist() == same.tolist() and len(set(one.tolist())) == 5
    assert method == "k-means" or one.tolist() != other.tolist()


def test_bad_choices_are_named() -> None:
    for given, said in (({"count": 0}, "count"), ({"count": 99}, "count"), ({"count": 2, "method": "best"}, "method")):
        with pytest.raises(Misuse, match=said):
            choose_latents(task(2, 5), **given)


def test_a_buffer_comes_back_from_disk(tmp_path: Path) -> None:
    buffer = LatentBuffer("abc")
    kept = buffer.add("birds", task(), 6, classes=3, sizes=range(100, 100 + len(task())))
    assert len(kept) == 6 and buffer.size_of_pictures == sum(100 + number for number in kept)
    buffer.add("fish & chips", task(1, 4), 50)
    buffer.save(tmp_path / "buffer.safetensors")
    read = LatentBuffer.load(tmp_path / "buffer.safetensors")
    assert list(read.tasks) == ["birds", "fish & chips"] and len(read) == 10 and read.autoencoder == "abc"
    assert torch.equal(read.latents(), buffer.latents()) and torch.equal(read.latents(["birds"]), buffer.latents()[:6])
    assert 10 * 64 * 2 < buffer.size == read.size == (tmp_path / "buffer.safetensors").stat().st_size
    assert buffer.size_of_pixels == 10 * 32 * 32 * 3
    assert buffer.size_of_pictures is None, "of one task it is not known"
    assert read.pictures == buffer.pictures and buffer.pictures.keys() == {"birds"}
    assert [path.name for path in tmp_path.iterdir()] == ["buffer.safetensors"]


def test_a_task_that_comes_again_takes_its_place(tmp_path: Path) -> None:
    buffer = LatentBuffer("abc")
    buffer.add("birds", task(), 6)
    buffer.add("birds", task(1, 8), 3)
    assert len(buffer) == 3
    other = buffer.copy()
    other.add("fish", task(1, 8), 2, sizes=[7] * 8)
    assert len(buffer) == 3 and not buffer.pictures, "a copy changes on its own"
    with pytest.raises(Misuse, match="latents"):
        buffer.add("large ones", torch.zeros(5, 4, 8, 8), 2)


def test_other_files_are_no_buffers(tmp_path: Path) -> None:
    (tmp_path / "notes.safetensors").write_text("these are notes")
    save_file({"0": torch.zeros(2, 4, 4, 4)}, tmp_path / "weights.safetensors")
    buffer = LatentBuffer("abc")
    buffer.add("birds", task(), 3)
    buffer.tasks["birds"][0, 0, 0, 0] = float("nan")
    buffer.save(tmp_path / "endless.safetensors")
    for name in ("notes", "weights", "endless", "missing"):
        with pytest.raises(Misuse, match=name):
            LatentBuffer.load(tmp_path / f"{name}.safetensors")


def test_pictures_are_drawn_with_texts_and_strengths_by_chance(model: LatentModel) -> None:
    replayer = Replayer(model, ("oil painting", "a red cat"), (0.3, 0.8), Sampling(10, 1.0))
    latents = task(3, 4)
    made = list(replayer.draw(latents, seed=3, copies=2))
    assert sorted(one.number for one in made) == sorted([*range(12)] * 2)
    strengths = [one.strength for one in made]
    assert 0.3 <= min(strengths) < 0.45 and 0.65 < max(strengths) <= 0.8 and len(set(strengths)) == 24
    assert {one.prompt for one in made} == set(replayer.prompts)
    again = list(replayer.draw(latents, seed=3, copies=2))
    assert [one.image.tobytes() for one in again] == [one.image.tobytes() for one in made]
    other = {one.number: one.image.tobytes() for one in replayer.draw(latents, seed=4)}
    assert other != {one.number: one.image.tobytes() for one in replayer.draw(latents, seed=3)}


def test_a_replay_can_be_cancelled(model: LatentModel) -> None:
    replayer = Replayer(model, ("oil painting",), (0.3, 0.8), Sampling(10, 1.0))
    assert list(replayer.draw(task(3, 4), seed=3, cancelled=lambda: True)) == []


@pytest.mark.parametrize("strengths", [(0.0, 0.5), (0.6, 0.5), (0.5, 1.1), (0.01, 0.5)])
def test_a_range_of_strengths_that_cannot_be_is_refused(model: LatentModel, strengths: tuple[float, float]) -> None:
    with pytest.raises(Misuse, match="strength"):
        Replayer(model, ("oil painting",), strengths)
