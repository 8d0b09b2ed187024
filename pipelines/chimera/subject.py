"""What a visitor's picture comes to, found once for all the animals that are made of it."""

from __future__ import annotations

import functools

from torch import Tensor

from pipelines.chimera.inputs import Drawing
from pipelines.chimera.rendering import Renderer
from pipelines.chimera.styles import Codes


class Subject:
    """A drawing as the generator sees it; each part is found when it is first asked for.

    Args:
        drawing: what was found in the picture.
        renderer: what is going to make animals of it.
    """

    def __init__(self, drawing: Drawing, renderer: Renderer) -> None:
        self.drawing, self._renderer = drawing, renderer
        for shared in (drawing.lines, drawing.picture, drawing.regions.narrow, drawing.regions.wide):
            shared.setflags(write=False)  # by all calls on the same picture

    @functools.cached_property
    def features(self) -> list[Tensor]:
        """What the generator's encoder makes of it, whatever the style."""
        return self._renderer.encode(self.drawing.source(self._renderer.size))

    @functools.cached_property
    def own(self) -> Tensor | None:
        """The animal as it is coloured already, as ``Drawing.own_colors`` gives it."""
        return self.drawing.own_colors()

    @functools.cached_property
    def own_codes(self) -> Codes:
        """The codes of its own colours, place by place.

        Raises:
            ValueError: it has none.
        """
        if self.own is None:
            raise ValueError("a drawing without colours of its own")
        return self._renderer.local_codes(self.own)
