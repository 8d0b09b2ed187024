"""What the fields say at first, and what suits the model that draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demos.replay import models
from pipelines.stylemini.usual import WITH_SOURCE, WITHOUT_SOURCE, usual_of

if TYPE_CHECKING:
    from pipelines.diffusion.model import LatentModel

Values = dict[str, float]
FIELDS = {"strength": "strength", "guidance": "guidance_scale", "steps": "steps"}  # what the fields set
SMALL: Values = {field: WITH_SOURCE[name] for field, name in FIELDS.items()}
LARGE: Values = {field: WITHOUT_SOURCE[name] for field, name in FIELDS.items()}
LEAST_STEPS = 4  # of the small model; a large one may be made for one


def at_first() -> Values:
    """Return the fields' values at first."""
    return LARGE if models.large_is_wanted() else SMALL


def least_steps() -> int:
    """Return the fewest steps that can be chosen."""
    return 1 if models.large_is_wanted() else LEAST_STEPS


def suiting(fields: Values, model: LatentModel) -> Values:
    """Return the values of some fields; where all are as they were at first, those that suit the model that draws."""
    first, usual = at_first(), usual_of(model)
    untouched = all(value == first[name] for name, value in fields.items())
    return {name: usual[FIELDS[name]] for name in fields} if untouched else fields
