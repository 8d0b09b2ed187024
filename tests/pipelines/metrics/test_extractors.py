from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from pipelines.backbones.inception import InceptionV3
from pipelines.backbones.lite0 import NAME as LITE0
from pipelines.backbones.lite0 import EfficientNetLite0
from pipelines.backbones.wide_resnet import OF_PHOTOGRAPHS, WideResNet
from pipelines.common.errors import Misuse
from pipelines.metrics.descriptors import ScatteringExtractor, bundled_extractors
from pipelines.metrics.extractors import ClassifyingExtractor
from pipelines.metrics.pretrained import (
    NetworkExtractor,
    classifier,
    efficientnet_lite0,
    efficientnet_lite0_places,
    efficientnet_lite0_style,
    inception,
)
from pipelines.weights import hub


def pictures(seed: int, count: int = 3, side: int = 32) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def inception_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(1)
    state = {name: value.half() for name, value in InceptionV3().network.state_dict().items() if value.ndim}
    file = tmp_path_factory.mktemp("inception") / "inception.safetensors"
    auxiliary = {"AuxLogits.fc.weight": torch.zeros(2, 2)}  # of the published file; sampling needs none of it
    counters = {name: value for name, value in InceptionV3().network.state_dict().items() if not value.ndim}
    save_file({**state, **counters, **auxiliary}, file)
    return file


def tiny_classifier(folder: Path) -> NetworkExtractor:
    torch.manual_seed(2)
    hub.save_model(WideResNet(("bee", "cup", "sea"), width=1, blocks=1), folder)
    return classifier(folder)


def test_lite0_gives_the_backbones_features_and_imagenets_classes() -> None:
    extractor, shown = efficientnet_lite0(), pictures(1, 2, 224)
    features = extractor.features(shown)
    x = torch.from_numpy(shown).permute(0, 3, 1, 2).float() / 127.5 - 1
    with torch.inference_mode():
        logits = EfficientNetLite0.from_pretrained()(x)
    np.testing.assert_allclose(extractor.probabilities(features), logits.softmax(dim=1).numpy(), atol=1e-5)
    assert features.shape == (2, 1280) and features.dtype == np.float64
    np.testing.assert_array_equal(bundled_extractors()[0].features(list(shown)), features)


def test_the_classifier_is_seen_at_its_own_size(tmp_path: Path) -> None:
    extractor = tiny_classifier(tmp_path / "tiny")
    shown = pictures(1)
    with torch.inference_mode():
        logits = WideResNet.from_weights(tmp_path / "tiny")(
            torch.from_numpy(shown).permute(0, 3, 1, 2).float() / 127.5 - 1
        )
    features = extractor.features(shown)
    np.testing.assert_allclose(extractor.probabilities(features), logits.softmax(dim=1).numpy(), atol=1e-6)
    assert features.shape == (3, 64) and extractor.classes == ("bee", "cup", "sea")
    small, large = (np.full((1, side, side, 3), (90, 200, 30), np.uint8) for side in (32, 80))
    np.testing.assert_allclose(extractor.features(large), extractor.features(small), atol=1e-6)


def test_digests_tell_weights_apart(tmp_path: Path) -> None:
    one = tiny_classifier(tmp_path / "one")
    torch.manual_seed(3)
    hub.save_model(WideResNet(("bee", "cup", "sea"), width=1, blocks=1), tmp_path / "other")
    assert one.sha256 == classifier(tmp_path / "one").sha256 != classifier(tmp_path / "other").sha256
    assert ScatteringExtractor().sha256 != ScatteringExtractor(32).sha256
    assert len(one.sha256) == len(efficientnet_lite0().sha256) == len(ScatteringExtractor().sha256) == 12


def test_scattering_does_not_classify_and_names_its_side() -> None:
    small, usual = ScatteringExtractor(32), ScatteringExtractor()
    assert not isinstance(small, ClassifyingExtractor) and isinstance(efficientnet_lite0(), ClassifyingExtractor)
    assert (usual.name, small.name) == ("scattering", "scattering_32")
    shown = pictures(1, 2)
    assert bundled_extractors()[1].features(list(shown)).shape == small.features(shown).shape == (2, 1251)


def test_inception_opens_from_a_file(inception_file: Path, tmp_path: Path) -> None:
    extractor = inception(inception_file)
    features = extractor.features(pictures(1, 2))
    assert features.shape == (2, 2048) and extractor.name == "inception"
    x = torch.nn.functional.interpolate(
        torch.from_numpy(pictures(1, 2)).permute(0, 3, 1, 2).float() / 127.5 - 1, (299, 299), mode="bilinear"
    )
    network = InceptionV3.from_file(inception_file)
    with torch.inference_mode():
        probabilities = network(x).softmax(dim=1)
    np.testing.assert_allclose(extractor.probabilities(features), probabilities.numpy(), atol=1e-6)
    as_pickle = tmp_path / "inception.pth"
    torch.save(network.network.state_dict(), as_pickle)
    torch.testing.assert_close(InceptionV3.from_file(as_pickle).network.fc.weight, network.network.fc.weight)


@pytest.mark.parametrize("name", ["wrong.safetensors", "wrong.pth", "damaged.safetensors", "damaged.pth", "list.pth"])
def test_a_wrong_file_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    path, state = tmp_path / name, {"fc.weight": torch.zeros(1008, 2048)}
    if "damaged" in name:
        path.write_bytes(b"no weights")
    elif path.suffix == ".pth":
        torch.save([1] if "list" in name else state, path)
    else:
        save_file(state, path)
    with pytest.raises(Misuse, match="do not fit the network") as error:
        inception(path)
    assert error.value.code == "weights_mismatch" and name in str(error.value) and "\n" not in str(error.value)


def test_a_pickle_that_would_run_code_is_refused(tmp_path: Path) -> None:
    torch.save({"fc.weight": Path("x")}, tmp_path / "code.pth")
    with pytest.raises(Misuse) as error:
        inception(tmp_path / "code.pth")
    assert error.value.code == "weights_mismatch"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"gone\.pth"):
        inception(tmp_path / "gone.pth")


def test_places_tell_a_picture_from_its_mirror_where_pooled_features_hardly_do() -> None:
    smooth = torch.nn.functional.interpolate(torch.rand(1, 3, 6, 6, generator=torch.Generator().manual_seed(3)), 224)
    shown = (smooth * 255).byte().permute(0, 2, 3, 1).numpy()
    near = []
    for extractor in (efficientnet_lite0(), efficientnet_lite0_places()):
        one, mirrored = extractor.features(np.concatenate([shown, shown[:, :, ::-1]]))
        near.append(one @ mirrored / np.linalg.norm(one) / np.linalg.norm(mirrored))
    assert near[0] > near[1] + 0.1 and efficientnet_lite0_places().features(shown).shape == (1, 112 * 14 * 14)


def test_style_is_what_stays_when_things_move_and_goes_when_the_picture_is_smoothed() -> None:
    rng = np.random.default_rng(5)
    shown = (rng.integers(0, 2, (1, 64, 64, 1)) * np.array([200, 120, 60])).astype(np.uint8)
    moved = np.roll(shown, 32, axis=2)
    smoothed = np.broadcast_to(shown.mean(axis=(1, 2), keepdims=True), shown.shape).astype(np.uint8)
    one, same, other = efficientnet_lite0_style(64).features(np.concatenate([shown, moved, smoothed]))
    assert np.isfinite([one, same, other]).all()
    assert np.abs(one - same).mean() < 0.2 * np.abs(one - other).mean()


def test_the_classifier_of_photographs_measures_where_its_weights_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / LITE0).symlink_to(hub.BUNDLED / LITE0)
    monkeypatch.setattr(hub, "BUNDLED", tmp_path)
    assert [one.name for one in bundled_extractors(32)] == ["efficientnet_lite0", "scattering_32"]
    tiny_classifier(tmp_path / OF_PHOTOGRAPHS)
    extractors = bundled_extractors(32)
    assert [one.name for one in extractors][2:] == ["classifier_photos"]
    assert extractors[2].sha256 == classifier(tmp_path / OF_PHOTOGRAPHS).sha256
