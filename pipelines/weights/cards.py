"""A model card for weights that leave this installation: what they are, how they were taught, how good they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from huggingface_hub import ModelCard, ModelCardData

from pipelines.common.files import looks_like_path
from pipelines.data.sources import ON_DISK, parts_of

# Settings that say nothing to whoever reads a card: where things lay, and how often something was written down.
UNSAID = {"system", "data", "maps", "latents", "codes", "start_from", "device", "workers", "trackers", "watch", "keep"}
UNSAID |= {"widened_from", "log_every", "preview_every", "evaluate_every", "checkpoint_every", "export_every"}


def card_of(
    name: str, folder: Path, command: str = "", *, settings: Mapping[str, Any], metrics: Mapping[str, Any]
) -> str:
    """Return the card of a folder of weights.

    Args:
        name: of the weights, or of their system.
        folder: the weights; a ``README.md`` of their own is kept, with what is given here under it.
        command: what a terminal takes to use them, empty where nothing does.
        settings: of the training, empty where nothing is known of it.
        metrics: measured on held-out pictures, empty where nothing was measured.

    Returns:
        Markdown with the Hub's head. Of files and folders it says the names alone, not where they lay.
    """
    own = folder / "README.md"
    if own.is_file():
        card = ModelCard(own.read_text(), ignore_metadata_errors=True)
        head: dict[str, Any] = yaml.safe_load(card.data.to_yaml()) or {}
        data, text = ModelCardData(**head), card.text.strip()
    else:
        data, text = ModelCardData(), f"# {name.capitalize()}"
    data.library_name = "chimera-studio"
    data.tags = sorted({*(data.tags or []), name})
    data.license = data.license or "other"
    parts = [text]
    if metrics:
        parts.append("## Measured\n\nOn held-out pictures, which trained nothing.\n\n" + table("metric", metrics))
    known = {name: value for name, value in settings.items() if name not in UNSAID and value is not None}
    said = {name: Path(value).name if looks_like_path(value) else value for name, value in known.items()}
    if said:
        taught = f"## How it was taught\n\n{source_of(settings)}\n\n" + table("setting", said)
        parts.append(taught)
    use = f"    {command}\n\n" if command else ""
    use = f"## Use\n\n{use}Weights are safetensors; nothing here runs code of its own."
    return f"---\n{data.to_yaml()}\n---\n\n" + "\n\n".join([*parts, use]) + "\n"


def source_of(settings: Mapping[str, Any]) -> str:
    """Return one sentence on the data, without the path to it."""
    named = []
    for part in parts_of(str(settings.get("data", ""))):
        kind, _, where = part.partition(":")
        name = Path(where).name if kind in ON_DISK else where
        named.append(f"{kind}{f', {name}' if name else ''}")
    return f"Data: {'; '.join(named)}. Whoever publishes these weights answers for the right to."


def table(head: str, values: Mapping[str, Any]) -> str:
    """Return names and values as a Markdown table."""
    rows = [f"| {name} | {f'{value:.4f}' if isinstance(value, float) else value} |" for name, value in values.items()]
    return "\n".join([f"| {head} | value |", "|---|---|", *rows])
