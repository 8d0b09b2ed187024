"""What stands on the page before Gradio does: the pad's paper, which can be drawn on at once."""

from __future__ import annotations

import json
from pathlib import Path

from demos.chimera.pad import first, written

SCRIPT = Path(__file__).parent / "paper.js"


def script() -> str:
    """Return the script for the page's head; it puts the paper into the box that the head tells of."""
    return f"{SCRIPT.read_text()}window.studioPaper.start({json.dumps(written(first()))});\n"
