"""How a picture was made, carried inside its PNG so that it can be made again."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin

from pipelines import __version__
from pipelines.common.errors import Misuse

CHUNK = "chimera-studio"  # keyword of the PNG text chunk


@dataclass(frozen=True)
class Provenance:
    """Everything needed to make one picture again.

    Attributes:
        system: which pipeline.
        weights: name the weights were asked by.
        weights_sha256: digest of the safetensors files.
        seed: the visitor's seed.
        index: the picture's number among those made from this seed.
        arguments: every other argument of the call.
        input_sha256: digest of the decoded input picture, None where there was none.
        code_version: version of this code.
        other_weights: digests of other weights that had a part in it, by name.
        other_inputs: digests of other pictures that had a part in it, by the names of their arguments.
    """

    system: str
    weights: str
    weights_sha256: str
    seed: int
    index: int
    arguments: Mapping[str, Any] = field(default_factory=dict)
    input_sha256: str | None = None
    code_version: str = __version__
    other_weights: Mapping[str, str] = field(default_factory=dict)
    other_inputs: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the canonical JSON form: sorted keys, ASCII."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Provenance:
        """Parse ``to_json``'s form.

        Raises:
            Misuse: the text is not a provenance.
        """
        try:
            return cls(**json.loads(text))
        except (TypeError, ValueError) as error:
            raise Misuse("provenance_missing") from error


def encode_png(image: Image.Image, provenance: Provenance | None) -> bytes:
    """Return PNG bytes of a picture, with its provenance in a text chunk unless that is None."""
    info = PngImagePlugin.PngInfo()
    if provenance is not None:
        info.add_text(CHUNK, provenance.to_json())
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", pnginfo=info)
    return buffer.getvalue()


def read(source: bytes | Path) -> Provenance:
    """Read the provenance back from a PNG.

    Raises:
        Misuse: not a picture, or one without provenance.
    """
    try:
        with Image.open(
            io.BytesIO(source) if isinstance(source, bytes) else source, formats=("PNG", "JPEG", "WEBP")
        ) as image:
            text = getattr(image, "text", {}).get(CHUNK)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Misuse("image_unreadable") from error
    if text is None:
        raise Misuse("provenance_missing")
    return Provenance.from_json(text)


def image_sha256(image: Image.Image) -> str:
    """Return the digest of a picture's size, mode and pixels, whatever file it came in."""
    digest = hashlib.sha256(f"{image.mode} {image.width} {image.height}\n".encode())
    digest.update(image.tobytes())
    return digest.hexdigest()
