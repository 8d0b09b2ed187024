"""What the fields say at first, and what suits the model that draws."""

from __future__ import annotations

from demos.shared import models
from pipelines.stylemini.usual import WITH_SOURCE, WITHOUT_SOURCE

Values = dict[str, float]
FIELDS = {"strength": "strength", "guidance": "guidance_scale", "steps": "steps"}  # what the fields set
SMALL: Values = {field: WITH_SOURCE[name] for field, name in FIELDS.items()}
LARGE: Values = {field: WITHOUT_SOURCE[name] for field, name in FIELDS.items()}


def at_first() -> Values:
    """Return the fields' values at first."""
    return LARGE if models.large_is_wanted() else SMALL


def suiting(fields: Values, *, small: bool) -> Values:
    """Return the values of some fields; those for a large model become the small one's that draws in its place."""
    untouched = all(value == LARGE[name] for name, value in fields.items())
    return {name: SMALL[name] for name in fields} if small and untouched else fields
