"""How a model draws where nothing is set: one whose network sees the picture, and one whose network does not."""

from __future__ import annotations

from typing import Any

WITH_SOURCE: dict[str, Any] = {"strength": 1.0, "steps": 6, "guidance_scale": 2.0}
# Of Stable Diffusion's family, which sees the picture through the noise alone: at full strength nothing of it is left.
WITHOUT_SOURCE: dict[str, Any] = {"strength": 0.6, "steps": 20, "guidance_scale": 7.5}
