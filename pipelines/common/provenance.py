"""How a picture was made, carried inside its PNG so that it can be made again."""

from __future__ import annotations

import hashlib
import io
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin

from pipelines import __version__
from pipelines.common.errors import Misuse
from pipelines.common.images import measure

CHUNK = "chimera-studio"  # keyword of the PNG text chunk
SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_HEAD = 2_000_000  # bytes before the pixels that are looked at: a colour profile may be large
MAX_CHUNKS = 200
MAX_TEXT = 64_000  # bytes; what is written here has about one thousand
MAX_DEPTH = 8


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
            values = json.loads(text, parse_constant=refuse)
            check_value(values)
            made = cls(**values)
        except (TypeError, ValueError, RecursionError) as error:
            raise Misuse("provenance_unreadable") from error
        if not all(fits(getattr(made, one.name)) for one in fields(cls) for fits in [FITS[one.name]]):
            raise Misuse("provenance_unreadable")
        return made


def of_strip(origins: Sequence[Provenance]) -> Provenance:
    """Return how pictures that lie side by side on one were made: arguments that differ are lists, one a picture."""
    first = origins[0]
    given = [{**one.arguments, "index": one.index} for one in origins]
    values = {name: [one.get(name) for one in given] for name in given[0]}
    differing = {name: each for name, each in values.items() if any(one != each[0] for one in each)}
    return replace(first, arguments={**first.arguments, **differing})


def encode_png(image: Image.Image, provenance: Provenance | None) -> bytes:
    """Return PNG bytes of a picture, with its provenance in a text chunk unless that is None."""
    info = PngImagePlugin.PngInfo()
    if provenance is not None:
        info.add_text(CHUNK, provenance.to_json())
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", pnginfo=info)
    return buffer.getvalue()


def read(source: bytes | Path) -> Provenance:
    """Read the provenance back from a PNG, of which nothing is decoded.

    Raises:
        Misuse: not a picture, one without provenance, or with one that nothing here has written.
    """
    try:
        if isinstance(source, Path):
            with source.open("rb") as file:
                head = file.read(MAX_HEAD)
        else:
            head = source[:MAX_HEAD]
    except OSError as error:
        raise Misuse("image_unreadable") from error
    if not head.startswith(SIGNATURE):
        measure(source)  # says so where it is no picture
        raise Misuse("provenance_missing")
    for name, body in chunks(head):
        keyword, _, text = body.partition(b"\0")
        if name == b"tEXt" and keyword == CHUNK.encode():
            if len(text) > MAX_TEXT:
                raise Misuse("provenance_unreadable")
            return Provenance.from_json(text.decode("latin-1"))
    raise Misuse("provenance_missing")


def chunks(head: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield names and contents of a PNG's chunks before its pixels.

    Raises:
        Misuse: cut off before them.
    """
    position = len(SIGNATURE)
    for number in range(MAX_CHUNKS):
        length, name = int.from_bytes(head[position : position + 4]), head[position + 4 : position + 8]
        body = head[position + 8 : position + 8 + length]
        cut = len(head) < position + 8 + (0 if name == b"IDAT" else length)
        if (number == 0 and name != b"IHDR") or (cut and len(head) < MAX_HEAD):
            raise Misuse("image_unreadable")
        if cut or name in (b"IDAT", b"IEND"):
            return
        yield name, body
        position += 12 + length


def check_value(value: Any, depth: int = 0) -> None:
    """Refuse what no answer of the page could carry: deep nesting, numbers past 64 bits, halves of characters.

    Raises:
        ValueError: such a value.
    """
    if depth > MAX_DEPTH or (isinstance(value, int) and abs(value) >= 2**63):
        raise ValueError("too deep, or too large")
    if isinstance(value, float) and not math.isfinite(value):  # what 1e999 is read as
        raise ValueError("too large")
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, dict):
        for key, one in value.items():
            key.encode()
            check_value(one, depth + 1)
    elif isinstance(value, list):
        for one in value:
            check_value(one, depth + 1)


def refuse(constant: str) -> float:
    """Refuse NaN and the infinities, which are no JSON."""
    raise ValueError(constant)


def is_text(value: Any) -> bool:
    """Say whether a field is a text."""
    return isinstance(value, str)


def is_count(value: Any) -> bool:
    """Say whether a field is a whole number from 0."""
    return type(value) is int and value >= 0


def is_table(value: Any) -> bool:
    """Say whether a field is a mapping of texts."""
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


FITS: dict[str, Callable[[Any], bool]] = {
    "system": is_text,
    "weights": is_text,
    "weights_sha256": is_text,
    "seed": is_count,
    "index": is_count,
    "arguments": lambda value: isinstance(value, dict),
    "input_sha256": lambda value: value is None or isinstance(value, str),
    "code_version": is_text,
    "other_weights": is_table,
    "other_inputs": is_table,
}


def image_sha256(image: Image.Image) -> str:
    """Return the digest of a picture's size, mode and pixels, whatever file it came in."""
    digest = hashlib.sha256(f"{image.mode} {image.width} {image.height}\n".encode())
    digest.update(image.tobytes())
    return digest.hexdigest()
