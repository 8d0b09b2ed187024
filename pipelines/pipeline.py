"""What every system's pipeline has: opening, placement, provenance, and arguments that one definition describes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

import torch
from PIL import Image
from pydantic import BaseModel, ConfigDict, ValidationError
from torch import nn

from pipelines.common import device
from pipelines.common.describe import first_error
from pipelines.common.errors import Misuse, check_whole
from pipelines.common.provenance import Provenance, image_sha256
from pipelines.data.entries import Source
from pipelines.metrics.extractors import Extractor
from pipelines.weights import hub

MAX_SEED = 2**31 - 1
MAX_COUNT = 16
Network = TypeVar("Network", bound=nn.Module)


class Cancelled(Exception):
    """The call was cancelled in the middle of a picture."""


@dataclass(frozen=True)
class Result:
    """What a call made.

    Attributes:
        images: the pictures.
        provenance: how each was made, in the same order.
    """

    images: list[Image.Image]
    provenance: list[Provenance]


class Arguments(BaseModel):
    """What a call takes besides pictures, seed and count; the command line lists it with ranges and defaults."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=True)

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Validate arguments as the command line or an archive of settings gives them.

        Raises:
            Misuse: an unknown argument, or one out of its range, with its value and what is allowed.
        """
        for name in sorted(set(values) - set(cls.model_fields)):
            raise Misuse("argument_unknown", name="--set", given=name, allowed=", ".join(cls.model_fields))
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            raise first_error(error, "arguments") from error

    @classmethod
    def texts(cls) -> set[str]:
        """Return the names of those that are texts, whatever is written in them."""
        return {name for name, field in cls.model_fields.items() if field.annotation is str}

    def call(self) -> dict[str, Any]:
        """Return them as the keyword arguments of a call."""
        return dict(self)


class Pipeline(Generic[Network]):
    """A model at work.

    Attributes:
        system: name of the system.
        bundled: name of the weights that are opened where none are named or live; the system's own where it is empty.
        network_class: the class whose ``config.json`` and ``model.safetensors`` are opened.
        arguments_class: what ``apply`` takes.
        seeded: whether seed and count mean anything.
        takes_pictures: whether it works on pictures; it makes them of its arguments alone where not.
        needs_pictures: whether it does nothing without one, where it takes them.
        cuts_out: whether it takes ``background=transparent``.
        keeps_precision: whether weights stay in the number format that ``open_network`` chose; else it is float32.
        compares: whether ``evaluate`` compares distributions of pictures, and so has use for ``extractors``.
        suffix: what the command line adds to an input's name; seed and number of the picture where it is empty.
        cell: side of a picture on a sheet, pixels.
        folder: where the weights were opened from; none where they were not.
        extractors: by which ``evaluate`` compares besides the system's own.

    Args:
        network: the network.
        placement: where it runs.
        weights: name to record in the provenance.
        weights_sha256: digest to record.
    """

    system: ClassVar[str]
    bundled: ClassVar[str] = ""
    network_class: ClassVar[type[nn.Module]]
    arguments_class: ClassVar[type[Arguments]]
    seeded: ClassVar[bool] = True
    takes_pictures: ClassVar[bool] = True
    needs_pictures: ClassVar[bool] = True
    cuts_out: ClassVar[bool] = False
    keeps_precision: ClassVar[bool] = False
    compares: ClassVar[bool] = True
    suffix: ClassVar[str] = ""
    cell: ClassVar[int] = 128

    def __init__(
        self, network: Network, placement: device.Placement, weights: str = "", weights_sha256: str = ""
    ) -> None:
        self.placement, self.weights, self.weights_sha256 = placement, weights, weights_sha256
        self.folder: Path | None = None
        self.extractors: tuple[Extractor, ...] = ()
        layout: Any = torch.channels_last  # forward passes are faster in it everywhere
        chosen = network if self.keeps_precision else network.float()
        moved = chosen.eval().requires_grad_(False).to(placement.device)
        self.network: Network = moved.to(memory_format=layout)

    @classmethod
    def from_pretrained(cls, name: str | Path | None = None, device_name: str = "auto") -> Self:
        """Open weights.

        Args:
            name: live or bundled name, folder, or Hub id; by default the system's own, live or bundled.
            device_name: ``auto``, ``cpu``, ``cuda`` or ``mps``.

        Raises:
            StudioError: no such weights or device, or weights of another network.
        """
        placement = device.choose(device_name)
        own = cls.system if not cls.bundled or hub.live_folder(cls.system) is not None else cls.bundled
        wanted = own if name is None else name
        folder = hub.resolve(wanted)
        network: Any = cls.open_network(folder, placement)
        pipe = cls(network, placement, hub.public_name(wanted), hub.weights_sha256(folder))
        pipe.folder = folder
        return pipe

    @classmethod
    def open_network(cls, folder: Path, placement: device.Placement) -> nn.Module:
        """Open a folder's weights.

        Args:
            folder: what ``hub.resolve`` found.
            placement: where the network is going to be; it may still be elsewhere.

        Raises:
            Misuse: they are of another network.
        """
        return hub.load_model(cls.network_class, folder)

    def __call__(self, *args: Any, **kwargs: Any) -> Result:
        """Run on one picture, the first argument; on none where it takes none.

        Raises:
            Misuse: an argument out of its range, or a picture that this system can do nothing with.
        """
        raise NotImplementedError

    def apply(
        self, image: Image.Image | None, arguments: Arguments, *, seed: int, count: int, first: int = 0
    ) -> Result:
        """Run on one picture, or on none, with arguments as the command line gives them."""
        numbers = {"seed": seed, "count": count, "first": first} if self.seeded else {}
        return self(*([] if image is None else [image]), **numbers, **arguments.call())

    def sample(
        self,
        picture: Callable[[int], Image.Image],
        origin: Provenance,
        count: int,
        *,
        on_picture: Callable[[int, Image.Image], None] | None,
        cancelled: Callable[[], bool],
    ) -> tuple[list[Image.Image], list[Provenance]]:
        """Make pictures one after another.

        Args:
            picture: makes the picture of a number.
            origin: provenance of the first picture; its ``index`` is the first number.
            count: of pictures.
            on_picture: called with number and picture as each is done.
            cancelled: called before each picture; true ends the call with the pictures done so far.
        """
        images: list[Image.Image] = []
        provenance: list[Provenance] = []
        for index in range(origin.index, origin.index + count):
            if cancelled():
                break
            try:
                images.append(picture(index))
            except Cancelled:
                break
            provenance.append(replace(origin, index=index))
            if on_picture is not None:
                on_picture(index, images[-1])
        return images, provenance

    def stem(self, origin: Provenance) -> str:
        """Return what the file name of a picture made of no other begins with."""
        return self.system

    def row(self, image: Image.Image, result: Any) -> list[Image.Image]:
        """Return what a sheet shows of one input: the picture, then what became of it."""
        return [image, *result.images]

    def rows(self, image: Image.Image | None, result: Any) -> list[list[Image.Image]]:
        """Return the rows of a sheet of one call."""
        return [list(result.images) if image is None else self.row(image, result)]

    def evaluate(self, source: Source, *, seed: int, progress: bool = False) -> dict[str, Any]:
        """Return the system's metrics on a source's held-out pictures, with their number ``n``."""
        raise NotImplementedError

    def metrics(self) -> dict[str, Any]:
        """Return what ``evaluate`` said of these weights, as ``metrics.json`` beside them has it; empty without it."""
        try:
            found: dict[str, Any] = json.loads(((self.folder or Path()) / "metrics.json").read_text())
        except (OSError, ValueError):
            return {}
        return found

    def sheet(self, columns: int, rows: int, arguments: Arguments, *, seed: int) -> tuple[Image.Image, Provenance]:
        """Draw a sheet of so many pictures, where the system makes pictures of arguments alone.

        Raises:
            Misuse: it does not, or not so many.
        """
        raise Misuse("argument_unknown", name=self.system, given="a sheet of columns x rows", allowed="a file's name")

    def made(
        self,
        image: Image.Image | None,
        arguments: Mapping[str, Any],
        *,
        seed: int = 0,
        index: int = 0,
        other_weights: Mapping[str, str] = {},
        other_inputs: Mapping[str, str] = {},
    ) -> Provenance:
        """Return the provenance of a picture made of a decoded one, or of none."""
        return Provenance(
            self.system,
            self.weights,
            self.weights_sha256,
            seed,
            index,
            arguments,
            None if image is None else image_sha256(image),
            other_weights=other_weights,
            other_inputs=other_inputs,
        )


def check_seeds(seed: int, count: int, first: int = 0) -> None:
    """Raise ``Misuse`` unless a call may make ``count`` pictures of a seed, from number ``first`` on."""
    check_whole("seed", seed, 0, MAX_SEED)
    check_whole("count", count, 1, MAX_COUNT)
    check_whole("first", first, 0, MAX_SEED)
