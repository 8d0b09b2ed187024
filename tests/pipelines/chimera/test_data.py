from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from pipelines.chimera.data import ChimeraData, held_out_example, read_drawings, rgba_tensor, training_example
from pipelines.common.errors import Misuse
from pipelines.data import synthetic
from pipelines.data.sources import open_source
from pipelines.edges.regions import source_tensor
from pipelines.edges.tracing import bundled_detector
from pipelines.metrics.lines import distance_to

SOURCE = open_source("synthetic:24")
DETECT = bundled_detector()


def packed(count: int = 3) -> np.ndarray:  # type: ignore[type-arg]
    lines = np.zeros((count, 256, 256), np.uint8)
    for number in range(count):
        lines[number, 40 : 200 + number, 60] = lines[number, 40, 60:180] = 1
    return np.packbits(lines, axis=-1)


def data(seed: int = 1, size: int = 64, drawings: bool = True) -> ChimeraData:
    return ChimeraData(SOURCE, SOURCE.entries, size=size, seed=seed, drawings=packed() if drawings else None)


def test_an_example_is_a_function_of_seed_epoch_and_number() -> None:
    one, again, other, later = data()[0, 3], data()[0, 3], data(seed=2)[0, 3], data()[1, 3]
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert not torch.equal(one["rgba"], other["rgba"]) and not torch.equal(one["rgba"], later["rgba"])


def test_shapes_and_ranges() -> None:
    example = data()[0, 1]
    assert {name: tuple(value.shape) for name, value in example.items()} == {
        "source": (3, 64, 64),
        "rgba": (4, 64, 64),
        "drawing": (3, 64, 64),
        "index": (),
    }
    for name in ("source", "rgba", "drawing"):
        assert example[name].dtype == torch.uint8 and example[name].min() < 8 and example[name].max() > 247
    assert "drawing" not in data(drawings=False)[0, 1]


def test_a_worker_gets_the_data_without_the_network() -> None:
    whole = data()
    before = whole[0, 2]
    again = pickle.loads(pickle.dumps(whole))  # noqa: S301 (our own)
    assert len(pickle.dumps(whole)) < 300_000
    assert all(torch.equal(before[name], again[0, 2][name]) for name in before)


def test_lines_lie_on_the_animal_and_bend_with_it() -> None:
    near = []
    for seed in range(12):
        example = training_example(synthetic.draw(2), np.random.default_rng(seed), DETECT)
        assert example.lines.shape == (256, 256) and set(np.unique(example.lines)) <= {0, 255}
        mask = (example.rgba[..., 3] > 0.5).astype(np.uint8) * np.uint8(255)
        inside = distance_to(mask)[example.lines > 0]
        near.append(float((inside <= 2).mean()))
    assert np.mean(near) > 0.97


def test_some_lines_are_dense_some_sparse_and_some_broken() -> None:
    counts = [
        (training_example(synthetic.draw(6), np.random.default_rng(seed), DETECT).lines > 0).sum() for seed in range(24)
    ]
    assert max(counts) > 1.5 * min(counts) > 0


def test_the_held_out_example_has_the_whole_outline() -> None:
    example = held_out_example(synthetic.draw(3), DETECT)
    mask = example.rgba[..., 3] > 0.5
    border = mask & ~(np.roll(mask, 1, 0) & np.roll(mask, -1, 0) & np.roll(mask, 1, 1) & np.roll(mask, -1, 1))
    assert (distance_to(example.lines)[border] <= 1.5).mean() > 0.99


def test_what_the_generator_is_given() -> None:
    lines = np.zeros((256, 256), np.uint8)
    lines[60:200, 60] = lines[60:200, 199] = lines[60, 60:200] = lines[199, 60:200] = 255
    full, small = source_tensor(lines, 256), source_tensor(lines, 64)
    assert torch.equal(full[0] > 0, torch.from_numpy(lines > 0))
    for given, middle in ((full, 128), (small, 32)):
        assert given[1:, middle, middle].tolist() == [0, 0] and given[1:, 2, 2].tolist() == [1, 1]
    assert small[0].max() <= 1 and small[0, 20, 15] > 0.3, "a thin line fades and does not vanish"


def test_colours_are_multiplied_by_alpha() -> None:
    rgba = rgba_tensor(held_out_example(synthetic.draw(3), DETECT).rgba, 64)
    assert bool((rgba[:3] <= rgba[3:] + 1e-5).all()) and rgba.shape == (4, 64, 64)


def test_drawings_are_read_and_anything_else_refused(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "good.npz", lines=packed())
    assert np.array_equal(read_drawings(tmp_path / "good.npz"), packed())
    np.savez_compressed(tmp_path / "flat.npz", lines=packed().reshape(3, -1))
    np.savez_compressed(tmp_path / "other.npz", drawings=packed())
    (tmp_path / "text.npz").write_text("no archive")
    for name in ("flat", "other", "text", "none"):
        with pytest.raises(Misuse) as error:
            read_drawings(tmp_path / f"{name}.npz")
        assert error.value.values["name"] == "drawings"


def test_what_is_found_once_is_the_same_the_second_time() -> None:
    kept = data()
    kept[0, 4], kept[1, 4]  # the second may use what the first found
    for index in ((2, 4), (3, 4), (4, 4)):
        one, fresh = kept[index], data()[index]
        assert all(torch.equal(one[name], fresh[name]) for name in one)


def test_a_drawing_is_given_as_it_is_or_mirrored() -> None:
    kept = ChimeraData(SOURCE, SOURCE.entries, size=64, seed=1, drawings=packed(1))
    one = [kept[epoch, 4]["drawing"] for epoch in range(12)]
    mirrored = [torch.equal(drawing, one[0].flip(-1)) for drawing in one]
    assert all(torch.equal(drawing, one[0]) != other for drawing, other in zip(one, mirrored, strict=True))
    assert any(mirrored) and not all(mirrored)
