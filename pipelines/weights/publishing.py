"""Push weights to the Hugging Face Hub with a model card."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, get_token

from pipelines.common.errors import Misuse, StudioError
from pipelines.jobs import service
from pipelines.weights import hub
from pipelines.weights.cards import card_of
from pipelines.weights.hub import UNREACHABLE, reason

# Weights, and what was measured of them and how they were taught.
PUBLISHED = (
    *("config.json", "model_index.json", "words.txt", "held_out.txt", "*.safetensors", "*.webp", "LICENSE*"),
    *("metrics.json", "codes.json", "recipe.yaml", "trained.json"),
)
IN_PARTS = ("*/*.json", "*/*.safetensors", "*/*.txt")  # of parts that have folders of their own: diffusers' layout


def push(
    name: str,
    folder: Path,
    repository: str,
    command: str = "",
    *,
    settings: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Any] | None = None,
    private: bool = True,
) -> str:
    """Upload a folder of weights with its card.

    Args:
        name: of the weights, or of their system.
        folder: the weights.
        repository: ``owner/model``; made where absent.
        command: what a terminal takes to use them, for the card.
        settings: of the training, for the card.
        metrics: measured on held-out pictures, for the card.
        private: make a new repository private; one that is there stays as it is.

    Returns:
        The repository's address.

    Raises:
        Misuse: no such name can be, nobody is signed in, or no weights in the folder.
        StudioError: the Hub refuses, or cannot be reached.
    """
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", repository):
        raise Misuse("hub_name", given=repository)
    if not get_token():
        raise Misuse("hub_token_missing")
    hub.checked(folder)
    card = card_of(name, folder, command, settings=settings or {}, metrics=metrics or {})
    with tempfile.TemporaryDirectory() as temporary:
        upload = Path(temporary)
        for pattern in (*PUBLISHED, *IN_PARTS):
            for file in folder.glob(pattern):
                arrives = upload / file.relative_to(folder)
                arrives.parent.mkdir(exist_ok=True)
                shutil.copyfile(file, arrives)
        (upload / "README.md").write_text(card)
        try:
            url = HfApi().create_repo(repository, private=private, exist_ok=True)
            HfApi().upload_folder(repo_id=repository, folder_path=upload, commit_message=f"Weights of {name}")
        except UNREACHABLE as error:
            raise StudioError("hub_refused", name=repository, detail=reason(error)) from error
    return str(url)


def measured(run: Path, export: str) -> dict[str, Any]:
    """Return what was measured of one of a run's exports, empty where nothing was."""
    found = service.Evaluations.results(run).get(export, {})
    metrics: dict[str, Any] = {} if "error" in found else found
    # What a training measured, it measured of what it had then.
    return metrics if metrics or export != "last" else last_metrics(run)


def last_metrics(run: Path) -> dict[str, Any]:
    """Return what a run measured last while it trained, empty where it never did."""
    lines = [line for line in service.metrics_of(run) if line["kind"] == "evaluate"]
    return {name: value for name, value in (lines[-1] if lines else {}).items() if name not in ("kind", "seconds")}
