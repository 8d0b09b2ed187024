"""A sheet of pictures with a name beside each of its rows."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import gradio as gr


def row_labels(names: Sequence[str]) -> str:
    """Return the names of a sheet's rows, as HTML beside it."""
    rows = "".join(f"<div>{html.escape(name)}</div>" for name in names)
    return f'<div class="sheet-names">{rows}</div>'


def labelled_sheet(prefix: str, labels: str, path: str) -> tuple[gr.HTML, gr.Image]:
    """Build a sheet inside the current block.

    Args:
        prefix: what the elements' ids begin with.
        labels: what ``row_labels`` returned.
        path: of the sheet.

    Returns:
        The labels and the sheet; pressing the sheet selects a place on it.
    """
    with gr.Row(elem_classes="sheet-row"):
        named = gr.HTML(labels, elem_id=f"{prefix}labels", elem_classes="sheet-labels")
        looks: dict[str, Any] = {"show_label": False, "interactive": False, "format": "png", "buttons": []}
        sheet = gr.Image(path, elem_id=f"{prefix}sheet", elem_classes="sheet", **looks)
    return named, sheet
