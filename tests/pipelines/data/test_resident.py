from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from pipelines.common.errors import Misuse
from pipelines.data.resident import load_resident
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.data.superclasses import FINE, SUPERCLASSES, superclass_numbers
from tests.tools import noisy_picture

# Fine class -> superclass by alphabetical index, as the published superclass work lists it.
PUBLISHED = {0: (4, 30, 55, 72, 95), 5: (22, 39, 40, 86, 87), 12: (34, 63, 64, 66, 75), 18: (8, 13, 48, 58, 90)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for part, count in (("train", 6), ("test", 2)):
        for label in ("rose", "bee"):
            (tmp_path / part / label).mkdir(parents=True)
            for number in range(count):
                noisy_picture(number, 50, 40).save(tmp_path / part / label / f"{number}.png")
    return tmp_path


def test_superclasses_are_the_published_ones() -> None:
    assert len(FINE) == 100 and len(SUPERCLASSES) == 20
    numbers = superclass_numbers(FINE)
    assert numbers is not None
    for superclass, indices in PUBLISHED.items():
        assert [number for number, its in enumerate(numbers) if its == superclass] == list(indices)
    assert superclass_numbers(["fish", "trout"]) == [1, 1] and superclass_numbers(["cat"]) is None


def test_a_source_in_train_and_test_is_split_so(folder: Path) -> None:
    split = split_source(open_source(f"folder:{folder}"))
    assert (len(split.train), len(split.held_out)) == (12, 4)
    assert {entry.label for entry in split.train} == {"rose", "bee"}
    (folder / "train" / "bee" / "bad.png").write_bytes(b"no picture")
    split = split_source(open_source(f"folder:{folder}"))
    assert len(split.train) == 12 and list(split.skipped) == ["train/bee/bad.png"]
    (folder / "test").rename(folder / "held_out")
    assert len(split_source(open_source(f"folder:{folder}")).held_out) == 4, "as prepare calls it"
    (folder / "extra").mkdir()
    noisy_picture(9, 50, 40).save(folder / "extra" / "one.png")
    assert len(split_source(open_source(f"folder:{folder}")).train) != 12, "what lies beside them is not left out"


def test_pictures_are_in_memory_as_bytes_and_bad_ones_are_left_out(folder: Path) -> None:
    (folder / "train" / "bee" / "bad.png").write_bytes(b"no picture")
    source = open_source(f"folder:{folder}")
    data = load_resident(source, split_source(source).train, 32)
    assert data.pictures.shape == (12, 3, 32, 32) and data.pictures.dtype == torch.uint8
    assert data.classes == ("bee", "rose") and data.labels.bincount().tolist() == [6, 6]
    middle = np.asarray(
        Image.open(folder / "train" / "bee" / "0.png").convert("RGB").crop((5, 0, 45, 40)).resize((32, 32))
    )
    first = data.pictures[0].permute(1, 2, 0).numpy()
    assert np.abs(first.astype(int) - middle.astype(int)).mean() < 3, "the middle square"
    with pytest.raises(Misuse, match="rose"):
        load_resident(source, split_source(source).train, 32, classes=("bee",))


def test_batches_are_a_function_of_the_seed_and_their_number(folder: Path) -> None:
    source = open_source(f"folder:{folder}")
    data = load_resident(source, split_source(source).train, 16)
    run = data.batches(4, seed=1, start=0)
    batches = [next(run) for _ in range(5)]
    later = next(data.batches(4, seed=1, start=4))
    assert torch.equal(batches[4]["picture"], later["picture"])
    assert sum(batch["label"].sum() for batch in batches[:3]) == 6, "an epoch shows every picture once"
    assert not torch.equal(batches[0]["picture"], next(data.batches(4, seed=2, start=0))["picture"])
