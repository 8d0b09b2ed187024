"""The training pictures that samples are nearest to, so that nobody takes memory for invention."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.common.files import write_atomically
from pipelines.common.home import studio_home
from pipelines.data.derived import note_source
from pipelines.data.entries import Entry, Source
from pipelines.data.resident import square
from pipelines.data.sources import contents_digest
from pipelines.data.splits import split_source
from pipelines.metrics.extractors import Extractor

SIZE = 32
BATCH = 1000  # pictures in memory at a time


@dataclass(frozen=True)
class Neighbours:
    """Features of all training pictures of a source, computed once and kept under ``STUDIO_HOME``.

    Attributes:
        source: the pictures.
        entries: those that train.
        features: (N, D), each of length 1.
        extractor: by which pictures are near to each other.
    """

    source: Source
    entries: Sequence[Entry]
    features: NDArray[np.float16]
    extractor: Extractor

    @classmethod
    def of(cls, source: Source, extractor: Extractor) -> Neighbours:
        """Read the features, or compute them where they are not there yet: a minute or two for 50,000 pictures."""
        entries = split_source(source).train
        name = hashlib.sha256(f"{extractor.sha256} {contents_digest(source)}".encode()).hexdigest()
        file = studio_home() / "neighbours" / f"{extractor.name}-{name[:16]}" / "features.npy"
        if not file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            note_source(file.parent, source.name)  # first: whoever is killed meanwhile leaves nothing that is not found
            write_features(file, compute(source, entries, extractor))
        return cls(source, entries, np.load(file), extractor)

    def nearest(self, image: Image.Image, count: int = 6) -> list[tuple[Image.Image, str]]:
        """Return the training pictures nearest to a picture by cosine, with their classes, the nearest first."""
        own = self.extractor.features([square(image, SIZE)])[0].astype(np.float32)
        parts = (self.features[start : start + BATCH] for start in range(0, len(self.features), BATCH))
        similarities = np.concatenate([part.astype(np.float32) @ own for part in parts])
        entries = [self.entries[number] for number in np.argsort(-similarities, kind="stable")[:count]]
        return [(Image.fromarray(square(self.source.load(entry), SIZE)), entry.label) for entry in entries]


def compute(source: Source, entries: Sequence[Entry], extractor: Extractor) -> NDArray[np.float16]:
    """Return the features (N, D) of pictures, each of length 1."""
    found = []
    for start in range(0, len(entries), BATCH):
        pictures = [square(source.load(entry), SIZE) for entry in entries[start : start + BATCH]]
        features = extractor.features(pictures)
        found.append((features / np.linalg.norm(features, axis=1, keepdims=True)).astype(np.float16))
    return np.concatenate(found)


def write_features(file: Path, features: NDArray[np.float16]) -> None:
    """Write an array whole or not at all."""
    kept = io.BytesIO()
    np.save(kept, features)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, kept.getvalue())
