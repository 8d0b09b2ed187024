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
from pipelines.jobs.hub_transfer import UNREACHABLE, reason
from pipelines.training.run import Run
from pipelines.weights import hub
from pipelines.weights.cards import card_of

PUBLISHED = ("config.json", "model_index.json", "words.txt", "*.safetensors", "*.webp", "LICENSE*")
IN_PARTS = ("*/*.json", "*/*.safetensors", "*/*.txt")  # of parts that have folders of their own: diffusers' layout


def push(
    system: str,
    folder: Path,
    repository: str,
    *,
    settings: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Any] | None = None,
    private: bool = True,
) -> str:
    """Upload a folder of weights with its card.

    Args:
        system: name of the system whose weights these are.
        folder: a folder that its pipeline opens.
        repository: ``owner/model``; made where absent.
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
    card = card_of(system, folder, settings=settings or {}, metrics=metrics or {}).replace("OWNER/NAME", repository)
    with tempfile.TemporaryDirectory() as name:
        upload = Path(name)
        for pattern in (*PUBLISHED, *IN_PARTS):
            for file in folder.glob(pattern):
                arrives = upload / file.relative_to(folder)
                arrives.parent.mkdir(exist_ok=True)
                shutil.copyfile(file, arrives)
        (upload / "README.md").write_text(card)
        try:
            url = HfApi().create_repo(repository, private=private, exist_ok=True)
            HfApi().upload_folder(repo_id=repository, folder_path=upload, commit_message=f"Weights of {system}")
        except UNREACHABLE as error:
            raise StudioError("hub_refused", name=repository, detail=reason(error)) from error
    return str(url)


def push_run(run: Path, export: str, repository: str, *, private: bool = True) -> str:
    """Upload one of a run's exports; its card says how it was taught and what was measured last.

    Raises:
        Misuse: there is no such run, export or repository, or nobody is signed in to the Hub.
        StudioError: the Hub refuses, or cannot be reached.
    """
    settings = Run(run).settings()
    folder = Run(run).find_export(export)
    measured = service.Evaluations.results(run).get(export, {})
    metrics = {} if "error" in measured else measured
    if not metrics and export == "last":  # what a training measured, it measured of what it had then
        metrics = last_metrics(run)
    return push(str(settings["system"]), folder, repository, settings=settings, metrics=metrics, private=private)


def last_metrics(run: Path) -> dict[str, Any]:
    """Return what a run measured last while it trained, empty where it never did."""
    lines = [line for line in service.metrics_of(run) if line["kind"] == "evaluate"]
    return {name: value for name, value in (lines[-1] if lines else {}).items() if name not in ("kind", "seconds")}
