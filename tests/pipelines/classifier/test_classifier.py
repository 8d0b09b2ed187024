from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

from pipelines.__main__ import main
from pipelines.backbones.wide_resnet import WideResNet
from pipelines.classifier.config import ClassifierConfig
from pipelines.classifier.evaluation import evaluate_classifier
from pipelines.classifier.objective import ClassifierObjective
from pipelines.classifier.pipeline import ClassifierPipeline
from pipelines.common.errors import Misuse
from pipelines.data.resident import Resident
from pipelines.data.sources import open_source
from pipelines.data.superclasses import FINE
from pipelines.metrics.descriptors import bundled_extractors
from pipelines.metrics.pretrained import NetworkExtractor, classifier
from pipelines.training.run import Run
from tests.once import Once
from tests.tools import noisy_picture

DATA = "synthetic:96"


@pytest.fixture(scope="module")
def run(once: Once) -> Run:
    """A classifier that has learnt a little."""
    quick = {"steps": 40, "batch_size": 32, "width": 1, "blocks": 1, "learning_rate": 0.1, "hidden": 0.1}
    quick |= {"ema_decay": 0.8, "log_every": 20, "checkpoint_every": 20, "preview_every": 40, "evaluate_every": 40}
    config = ClassifierConfig.parse({**quick, "size": 32, "data": DATA})
    return once.run("classifier", config)


@pytest.fixture(scope="module")
def pipe(run: Run) -> ClassifierPipeline:
    return ClassifierPipeline.from_pretrained(run.exports / "last", "cpu")


def test_parameters_are_those_of_the_paper() -> None:
    """WRN-16-4 of the paper has 2.7 million parameters on CIFAR, WRN-28-10 36.5 million."""
    for width, blocks, millions in ((4, 2, 2.7), (10, 4, 36.5)):
        network = WideResNet(("a",) * 10, width=width, blocks=blocks)
        assert sum(weight.numel() for weight in network.parameters()) / 1e6 == pytest.approx(millions, rel=0.02)


@pytest.mark.parametrize("size", [32, 64])
def test_shapes(size: int) -> None:
    network = WideResNet(("a", "b", "c"), width=1, blocks=1, size=size).eval()
    assert network(torch.zeros(2, 3, size, size)).shape == (2, 3)
    assert network.pooled(torch.zeros(2, 3, size, size)).shape == (2, 64)


def test_it_has_learnt_what_an_untrained_one_cannot(pipe: ClassifierPipeline) -> None:
    metrics = pipe.evaluate(open_source(DATA), seed=0)
    chance = 1 / len(pipe.network.classes)
    assert metrics["n"] > 2 and metrics["accuracy"] > max(2 * chance, 0.5)
    assert "superclass_accuracy" not in metrics


def test_a_picture_is_named_and_says_how(pipe: ClassifierPipeline) -> None:
    result = pipe(Image.new("RGB", (300, 200), "red"), top=3)
    likely = list(result.probabilities.values())
    assert len(likely) == 3 and likely == sorted(likely, reverse=True) and sum(likely) <= 1.001
    assert result.images[0].width == 256 and result.provenance[0].arguments == {"top": 3}
    with pytest.raises(Misuse, match="top"):
        pipe(Image.new("RGB", (30, 20)), top=0)


def test_on_the_command_line(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "red.png"
    Image.new("RGB", (40, 40), "red").save(picture)
    weights = ["--weights", str(run.exports / "last")]
    assert main(["generate", "classifier", str(picture), *weights, "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.strip().endswith("red-classes.png")
    assert main(["evaluate", "classifier", "--data", DATA, *weights, "--json"]) == 0
    assert {"accuracy", "top5_accuracy", "n"} <= json.loads(capsys.readouterr().out).keys()


def test_evaluation_by_hand() -> None:
    """Three pictures of CIFAR-100's classes: right, right in the superclass alone, and wrong."""
    beaver, dolphin, rose = (FINE.index(name) for name in ("beaver", "dolphin", "rose"))
    logits = torch.full((3, 100), -20.0)
    logits[0, beaver] = logits[1, dolphin] = logits[2, rose] = 0
    data = Resident(torch.zeros(3, 3, 32, 32, dtype=torch.uint8), torch.tensor([beaver] * 3), FINE)
    metrics = evaluate_classifier(lambda x: logits, data)
    assert metrics["accuracy"] == pytest.approx(1 / 3) and metrics["superclass_accuracy"] == pytest.approx(2 / 3)
    assert metrics["cross_entropy"] == pytest.approx(40 / 3, abs=0.01)
    both = Resident(torch.zeros(3, 3, 32, 32, dtype=torch.uint8), torch.tensor([beaver, beaver, rose]), FINE)
    found = evaluate_classifier(lambda x: logits, both, each=True)
    assert found["superclass_accuracy_aquatic_mammals"] == 1 == found["superclass_accuracy_flowers"]
    assert not {name for name in found if name.startswith("superclass_accuracy_")} - {
        "superclass_accuracy_aquatic_mammals",
        "superclass_accuracy_flowers",
    }
    assert metrics.keys() == {"accuracy", "top5_accuracy", "superclass_accuracy", "cross_entropy", "n"}


def test_the_bundled_one_knows_a_rocket_and_measures_generators() -> None:
    found = ClassifierPipeline.from_pretrained("classifier", "cpu")(Image.fromarray(data.rocket()))
    assert next(iter(found.probabilities)) == "rocket" and found.probabilities["rocket"] > 0.5
    extractor = classifier()
    assert extractor.classes == tuple(FINE) and extractor.features(np.zeros((1, 32, 32, 3), np.uint8)).shape == (1, 128)


def test_the_one_of_photographs_measures_generators() -> None:
    (extractor,) = (one for one in bundled_extractors() if one.name == "classifier_photos")
    cat, cup = (np.asarray(Image.fromarray(one()).resize((96, 96))) for one in (data.chelsea, data.coffee))
    features = extractor.features(np.stack([cat, cat[:, ::-1], cup]))
    assert np.linalg.norm(features[0] - features[1]) < 0.7 * np.linalg.norm(features[0] - features[2])
    assert isinstance(extractor, NetworkExtractor)
    feline = [extractor.classes.index(name) for name in ("lion", "cat", "leopards", "wild_cat", "tabby", "cougar_face")]
    of_cat, _, of_cup = extractor.probabilities(features)[:, feline].sum(axis=1)
    assert of_cat > 0.2 > 0.02 > of_cup, "trained weights, not just any"


def test_one_class_alone_is_refused(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / "cat").mkdir(exist_ok=True)
        noisy_picture(number, 32, 32).save(tmp_path / "cat" / f"{number}.png")
    with pytest.raises(Misuse, match="two classes or more"):
        ClassifierObjective(ClassifierConfig.parse({"data": f"folder:{tmp_path}", "size": 32}))
