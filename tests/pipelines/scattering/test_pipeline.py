from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from pipelines.common.errors import Misuse
from pipelines.nn.latents import slerp
from pipelines.scattering.pipeline import ScatteringPipeline
from pipelines.scattering.report import FILE, report_on
from pipelines.scattering.sampling import normal
from pipelines.training.run import Run
from tests.tools import noisy_picture


def different(one: Image.Image, other: Image.Image) -> float:
    """Mean absolute difference in bytes."""
    return float(np.abs(np.asarray(one, int) - np.asarray(other, int)).mean())


def test_a_picture_is_a_function_of_seed_and_number(pipe: ScatteringPipeline) -> None:
    one, more = pipe(seed=3), pipe(seed=3, count=3)
    assert one.images[0].tobytes() == more.images[0].tobytes() != more.images[1].tobytes()
    later = pipe(seed=3, first=2)
    assert later.images[0].tobytes() == more.images[2].tobytes() and later.provenance[0].index == 2
    assert one.images[0].tobytes() != pipe(seed=4).images[0].tobytes()
    assert one.images[0].size == (32, 32) and one.provenance[0].input_sha256 is None


def test_a_restored_picture_depends_on_no_seed_but_by_its_noise(pipe: ScatteringPipeline) -> None:
    picture = noisy_picture(1)
    restored = pipe(picture, seed=1)
    assert restored.images[0].tobytes() == pipe(picture, seed=2).images[0].tobytes()
    assert restored.provenance[0].input_sha256 is not None
    varied = pipe(picture, seed=1, count=2, noise=1.0).images
    assert len({image.tobytes() for image in [*varied, *restored.images]}) == 3
    assert restored.images[0].tobytes() == pipe.decoded(pipe.encode(picture)).tobytes()


@pytest.mark.parametrize(
    "options",
    [
        {"noise": 1.5},
        {"count": 0},
        {"seed": -1},
        {"temperature": 3},
        {"share": 2},
        {"components": [9]},
        {"components": [0.0] * 500},
        {"toward": -1},
    ],
)
def test_what_cannot_be_is_refused(pipe: ScatteringPipeline, options: dict[str, Any]) -> None:
    with pytest.raises(Misuse, match=next(iter(options))):
        pipe(**options)


def test_without_temperature_every_picture_is_that_of_the_mean_code(pipe: ScatteringPipeline) -> None:
    cold = pipe(seed=1, count=2, temperature=0).images
    assert cold[0].tobytes() == cold[1].tobytes() == pipe.decoded(torch.zeros(8)).tobytes()
    mild, hot = (pipe(seed=1, count=12, temperature=temperature).images for temperature in (0.3, 1))
    from_cold = [sum(different(cold[0], image) for image in images) for images in (mild, hot)]
    assert 0 < from_cold[0] < from_cold[1]


def test_one_goes_from_a_seed_s_picture_to_another_s(pipe: ScatteringPipeline) -> None:
    start, end = pipe(seed=1).images[0], pipe(seed=2).images[0]
    assert pipe(seed=1, toward=2, share=0).images[0].tobytes() == start.tobytes()
    assert different(pipe(seed=1, toward=2, share=1).images[0], end) < 1
    middle = pipe(seed=1, toward=2, share=0.5).images[0]
    assert min(different(middle, start), different(middle, end)) > 0
    frames = pipe.morph(1, 2, frames=5)
    assert len(frames.images) == 5 and frames.images[0].tobytes() == start.tobytes()
    assert different(frames.images[2], middle) < 1
    assert frames.provenance[2].arguments == {"frames": 5, "start": 1, "end": 2, "share": 0.5}


def test_one_goes_from_picture_to_picture(pipe: ScatteringPipeline) -> None:
    ends = [noisy_picture(number) for number in (1, 2)]
    frames = pipe.morph(*ends, frames=3)
    restored = [pipe(end).images[0] for end in ends]
    assert different(frames.images[0], restored[0]) < 1 and different(frames.images[2], restored[1]) < 1
    assert set(frames.provenance[0].other_inputs) == {"start", "end"}
    for wrong in ({"frames": 1}, {"frames": 65}):
        with pytest.raises(Misuse, match="frames"):
            pipe.morph(1, 2, **wrong)


def test_halfway_between_two_draws_is_as_long_as_they_are() -> None:
    ends = normal(1, 0, 128), normal(2, 0, 128)
    lengths = [float(slerp(*ends, share).norm()) for share in (0, 0.5, 1)]
    assert lengths[1] == pytest.approx((lengths[0] + lengths[2]) / 2, rel=1e-3)
    assert torch.equal(slerp(torch.zeros(4), torch.ones(4), 0.25), torch.full((4,), 0.25))
    assert torch.allclose(slerp(torch.ones(4), torch.ones(4), 0.3), torch.ones(4))
    assert torch.isfinite(slerp(torch.ones(4), -torch.ones(4), 0.3)).all()


def test_components_stand_in_for_the_first_of_the_code(pipe: ScatteringPipeline) -> None:
    own = normal(3, 0, 8)
    same = pipe(seed=3, components=[float(value) for value in own[:2]]).images[0]
    assert different(same, pipe(seed=3).images[0]) < 1
    assert different(pipe(seed=3, components=[3.0]).images[0], pipe(seed=3, components=[-3.0]).images[0]) > 1


def test_a_difference_is_grey_where_nothing_differs(pipe: ScatteringPipeline) -> None:
    picture = noisy_picture(1)
    seen = pipe.seen(picture)
    assert seen.size == (32, 32) and set(np.unique(np.asarray(pipe.difference(picture, seen)))) == {128}
    assert (np.asarray(pipe.difference(picture, Image.new("RGB", (32, 32), "white"))) >= 128).all()


def test_weights_tell_of_the_codes_of_held_out_pictures(run: Run, pipe: ScatteringPipeline) -> None:
    report = pipe.report()
    assert report is not None and report.n > 2 and len(report.spectrum) == 8
    assert report.spectrum == sorted(report.spectrum, reverse=True) and sum(report.spectrum) == pytest.approx(1, 1e-3)
    assert report.noise_shares == sorted(report.noise_shares), "what varies least is noise most"
    assert set(report.quantiles) == {"1", "8"} and "code_norm_ks" in report.figures
    folder = run.exports / "last"
    kept = (folder / FILE).read_text()
    try:
        for damaged in ("", "{}", json.dumps({"n": 3})):
            (folder / FILE).write_text(damaged)
            assert pipe.report() is None
    finally:
        (folder / FILE).write_text(kept)


def test_a_report_on_gaussian_codes_lies_on_the_expected_curves() -> None:
    codes = np.random.default_rng(0).normal(0, 1, (20_000, 64)).astype(np.float32)
    report = report_on(codes, np.linspace(2, 1, 64, dtype=np.float32), np.zeros(64, np.float32))
    assert np.abs(np.subtract(report.norm_density, report.norm_expected)).max() < 0.15 * max(report.norm_expected)
    assert np.abs(np.subtract(report.quantiles["64"], report.normal_quantiles)).max() < 0.1
    skewed = report_on(np.square(codes), np.ones(64, np.float32), np.zeros(64, np.float32))
    assert np.abs(np.subtract(skewed.quantiles["64"], skewed.normal_quantiles)).max() > 1
