"""How a model draws where nothing is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.diffusion.model import LatentModel

WITH_SOURCE: dict[str, Any] = {"strength": 1.0, "steps": 6, "guidance_scale": 2.0}
# Of Stable Diffusion's family, which sees the picture through the noise alone: at full strength nothing of it is left.
WITHOUT_SOURCE: dict[str, Any] = {"strength": 0.6, "steps": 20, "guidance_scale": 7.5}
# Distilled to a few steps, with the guidance within: more of it burns the picture.
FAST: dict[str, Any] = {"strength": 0.6, "steps": 6, "guidance_scale": 1.0}


def usual_of(model: LatentModel) -> dict[str, Any]:
    """Return what suits a model."""
    if model.sees_source:
        return WITH_SOURCE
    if not model.is_fast:
        return WITHOUT_SOURCE
    return {**FAST, "guidance_scale": WITHOUT_SOURCE["guidance_scale"]} if model.is_told_guidance else FAST
