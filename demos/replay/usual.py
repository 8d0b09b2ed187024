"""What the fields say at first, and what suits the model that draws."""

from __future__ import annotations

from demos.shared import models

Values = dict[str, float]
SMALL: Values = {"strength": 1.0, "guidance": 2.0, "steps": 6}
# Of Stable Diffusion's family, which sees the picture through the noise alone: at full strength nothing of it is left.
LARGE: Values = {"strength": 0.6, "guidance": 7.5, "steps": 20}


def at_first() -> Values:
    """Return the fields' values at first."""
    return LARGE if models.large_is_wanted() else SMALL


def suiting(fields: Values, *, small: bool) -> Values:
    """Return the values of some fields; those for a large model become the small one's that draws in its place."""
    untouched = all(value == LARGE[name] for name, value in fields.items())
    return {name: SMALL[name] for name in fields} if small and untouched else fields
