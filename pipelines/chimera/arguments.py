"""What a call of chimera takes besides the picture, from code and from the command line."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal

from PIL import Image
from pydantic import BeforeValidator, Field

from pipelines.chimera import styles
from pipelines.common.errors import check_choice, check_range, check_whole
from pipelines.common.images import decode
from pipelines.pipeline import MAX_SEED, Arguments

LOOKS = ("auto", *styles.LOOKS, "own")


@dataclass(frozen=True)
class Style:
    """Where the furs of an animal come from.

    Attributes:
        look: ``natural`` and ``wild`` draw from the training pictures' codes by the seed; ``own`` takes the colours of
            the input, where it has any, and natural ones where not; ``auto`` mixes the two.
        fur: picture whose fur it is to be; a crop of fur suffices.
        toward: another seed, to whose style the way leads.
        share: how far on the way, 0 to 1.
        other_fur: picture of a second fur.
        other_seed: or a seed whose style is the second fur.
        place: where the second fur begins: x and y of its middle, 0 to 1 from the left and the top.
        reach: its radius as a share of the side, 0.05 to 1.
    """

    look: str = "auto"
    fur: Image.Image | None = None
    toward: int | None = None
    share: float = 0.5
    other_fur: Image.Image | None = None
    other_seed: int | None = None
    place: tuple[float, float] = (0.5, 0.5)
    reach: float = 0.3

    def check(self) -> None:
        """Raise ``Misuse`` for a value out of its range."""
        check_choice("look", self.look, LOOKS)
        for name, seed in (("toward", self.toward), ("other_seed", self.other_seed)):
            if seed is not None:
                check_whole(name, seed, 0, MAX_SEED)
        check_range("share", self.share, 0.0, 1.0)
        check_range("reach", self.reach, 0.05, 1.0)
        for value in self.place:
            check_range("place", value, 0.0, 1.0)

    def arguments(self) -> dict[str, Any]:
        """Return what provenance keeps: everything but pictures."""
        second = {"place": list(self.place), "reach": self.reach} if self.has_second() else {}
        way = {"toward": self.toward, "share": self.share} if self.toward is not None else {}
        seed = {"other_seed": self.other_seed} if self.other_seed is not None else {}
        return {"look": self.look, **way, **seed, **second}

    def takes_own(self) -> bool:
        """Say whether the input's own colours count."""
        return self.fur is None and self.look in ("auto", "own")

    def is_natural(self) -> bool:
        """Say whether all furs are natural ones of seeds."""
        return self.look != "wild" and self.fur is None and self.other_fur is None

    def has_second(self) -> bool:
        """Say whether there is a second fur."""
        return self.other_fur is not None or self.other_seed is not None


def read_picture(given: Any) -> Image.Image:
    """Return the picture of an argument that is one, or names a file."""
    return given if isinstance(given, Image.Image) else decode(Path(str(given)))


Picture = Annotated[Image.Image, BeforeValidator(read_picture)]
Share = Annotated[float, Field(ge=0, le=1)]


class ChimeraArguments(Arguments):
    """What a call takes, as the command line gives it."""

    kind: Literal["auto", "drawing", "photo"] = Field("auto", description="what the input is taken for")
    sensitivity: float = Field(0.5, ge=0, le=1, description="more finds more lines")
    detector: Literal["auto", "learned", "canny"] = Field("auto", description="what finds a photograph's lines")
    ink: float = Field(0.3, ge=0, le=1, description="how strongly the lines are laid over the animal as creases")
    detail: float = Field(0.5, ge=0, le=1, description="how strongly a picture's own light and shade are laid over it")
    background: str = Field("#ffffff", description="#rrggbb, paper or transparent")
    behind: Picture | None = Field(None, description="file of a picture to lay it on instead")
    look: Literal["auto", "natural", "wild", "own"] = Field(
        "auto", description="furs by the seed, the input's own colours, or both"
    )
    fur: Picture | None = Field(None, description="file of a picture whose fur it is to be; a crop suffices")
    toward: int | None = Field(None, ge=0, le=MAX_SEED, description="another seed, to whose style the way leads")
    share: float = Field(0.5, ge=0, le=1, description="how far on that way")
    other_fur: Picture | None = Field(None, description="file of a picture of a second fur")
    other_seed: int | None = Field(None, ge=0, le=MAX_SEED, description="or the seed of a second fur")
    place: tuple[Share, Share] = Field((0.5, 0.5), description="[x, y], where the second fur begins, 0 to 1")
    reach: float = Field(0.3, ge=0.05, le=1, description="radius of the second fur, of the side")

    def call(self) -> dict[str, Any]:
        """Return them as the keyword arguments of a call: those of the style in one."""
        values = dict(self)
        style = Style(**{field.name: values.pop(field.name) for field in fields(Style)})
        return {**values, "style": style}
