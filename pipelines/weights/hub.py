"""From a model's name to a folder with its weights: live, bundled, a folder, or the Hugging Face Hub."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import httpx2
from huggingface_hub import snapshot_download

from pipelines.common.errors import Misuse, StudioError
from pipelines.common.home import studio_home

if TYPE_CHECKING:
    from torch import Tensor, nn

Network = TypeVar("Network", bound="nn.Module")
BUNDLED = Path(__file__).resolve().parents[2] / "weights"
# Tensors only as safetensors: a pickle could run code.
HUB_PATTERNS = ["*.json", "*.safetensors", "*.txt", "*.md"]
PARTS_PATTERNS = ["*.json", "*/*.safetensors", "*.txt", "*.md"]
# What a Hub that is away, or refuses, raises: its own errors are a kind of the first, its Rust client's of the third.
UNREACHABLE = (httpx2.HTTPError, OSError, RuntimeError, ValueError)
# What a network's constructor and its tensors raise where they are another's.
NO_FIT = (RuntimeError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError, AssertionError)
OTHER_FORMS = ["*.fp16.safetensors", "*.non_ema.safetensors", "*openvino*", "*onnx*"]


def resolve(name: str | Path) -> Path:
    """Return the folder of a model's weights.

    Looks, in this order, for a promoted run's export, a bundled model, a folder, a repository on the Hub.

    Args:
        name: ``chimera``, a folder's path, or a Hub id such as ``owner/model``.

    Raises:
        Misuse: nothing of that name, or a folder without weights.
        StudioError: the Hub cannot be reached.
    """
    text = str(name)
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]*", text):
        for folder in (live_folder(text), BUNDLED / text):
            if folder is not None and folder.is_dir():
                return checked(folder)
    if text and Path(text).is_dir():
        return checked(Path(text))
    if is_hub_id(text):
        return checked(fetch(text))
    raise Misuse("weights_not_found", name=text, allowed=", ".join(bundled_names()))


def weights_file(name: str) -> Path:
    """Return a file with weights by its path, or the one in a repository on the Hub.

    Example:
        >>> weights_file("timm/inception_v3.tv_in1k")

    Raises:
        Misuse: no such file, or several in the repository.
        StudioError: the Hub cannot be reached.
    """
    if Path(name).is_file():
        return Path(name)
    if not is_hub_id(name):
        raise Misuse("file_not_found", given=name)
    files = sorted(fetch(name).glob("*.safetensors"))
    if len(files) != 1:
        raise Misuse("weights_mismatch", name=name, detail=f"{len(files)} files of weights")
    return files[0]


def is_hub_id(name: str) -> bool:
    """Say whether a name is an owner's and a repository's."""
    return re.fullmatch(r"[\w.-]+/[\w.-]+", name) is not None and not name.startswith(".")


def public_name(name: str | Path) -> str:
    """Return what a picture's provenance says of where its weights came from: of a folder its name alone."""
    text = str(name)
    return Path(text).name if Path(text).is_dir() else text


def load_model(network: type[Network], folder: Path) -> Network:
    """Build a network from a folder's ``config.json`` (its constructor's arguments) and ``model.safetensors``.

    The format is ``PyTorchModelHubMixin``'s; weights kept in half precision are read into the network's own. Of a
    network with ``parts``, names of modules, each has a file of its own, ``<part>.safetensors``.

    Raises:
        Misuse: the files do not fit the network.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        model = network(**json.loads((folder / "config.json").read_text()))
        for part, file in files_of(model):
            part.load_state_dict(load_file(folder / file))
    except OSError as error:
        raise Misuse("weights_mismatch", name=folder.name, detail=error.strerror or "cannot be read") from error
    except (*NO_FIT, SafetensorError) as error:
        raise Misuse("weights_mismatch", name=folder.name, detail=reason(error)) from error
    return model.eval()


def save_model(model: nn.Module, folder: Path) -> None:
    """Write what ``load_model`` reads: the constructor's arguments and the tensors; other files stay as they are.

    Args:
        model: a module that is a ``PyTorchModelHubMixin`` too.
        folder: made where absent.
    """
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    config = json.dumps(getattr(model, "_hub_mixin_config", {}), indent=2, sort_keys=True)
    files = files_of(model)
    for part, file in files:
        tensors = {name: value.detach().cpu().contiguous() for name, value in part.state_dict().items()}
        save_file(tensors, folder / f".{file}")
        (folder / f".{file}").chmod(0o644)
    (folder / "config.json").write_text(config + "\n")
    for _, file in files:
        (folder / f".{file}").replace(folder / file)  # a server that opens the folder meanwhile sees no half of a file


def files_of(model: nn.Module) -> list[tuple[nn.Module, str]]:
    """Return the modules of a model that have files of their own, with the files' names."""
    parts: tuple[str, ...] = getattr(model, "parts", ())
    return [(model.get_submodule(part), f"{part}.safetensors") for part in parts] or [(model, "model.safetensors")]


def save_trained(model: nn.Module, state: Mapping[str, Tensor], folder: Path) -> None:
    """Write a model with the weights of a training, in half precision; a model card that is there stays."""
    model.load_state_dict(state)
    save_model(model.half(), folder)


def bundled_names() -> list[str]:
    """Return the names of the models that come with the code."""
    if not BUNDLED.is_dir():
        return []
    return sorted(path.name for path in BUNDLED.iterdir() if any(path.rglob("*.safetensors")))


def is_here(name: str) -> bool:
    """Say whether a model can be opened by its name: it is live, or comes with the code."""
    return live_folder(name) is not None or name in bundled_names()


def weights_sha256(folder: Path) -> str:
    """Return the digest over a folder's safetensors files, names and contents."""
    files = sorted(folder.rglob("*.safetensors"))
    return _digest(tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files))


@functools.lru_cache(maxsize=32)
def _digest(files: tuple[tuple[str, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for name, _, _ in files:
        digest.update(Path(name).name.encode() + b"\0")
        with Path(name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def live_pointer(name: str) -> Path:
    """Return the file that says where a promoted model's weights are."""
    return studio_home() / "live" / f"{name}.json"


def live_folder(name: str) -> Path | None:
    """Return where the pointer of a promoted model leads, None where there is none, or the folder is there no more."""
    try:
        folder = Path(json.loads(live_pointer(name).read_text())["folder"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return folder if folder.is_dir() else None


def fetch(repository: str) -> Path:
    """Download a repository's configuration and safetensors, or take them from the local cache.

    Of a model in diffusers' layout its parts alone come, in full precision: beside them whole checkpoints of several
    gigabytes may lie, and each part in other forms.
    """
    try:
        described = Path(snapshot_download(repository, allow_patterns=["*.json"]))
        if (described / "model_index.json").exists():
            return Path(snapshot_download(repository, allow_patterns=PARTS_PATTERNS, ignore_patterns=OTHER_FORMS))
        return Path(snapshot_download(repository, allow_patterns=HUB_PATTERNS))
    except UNREACHABLE as error:
        raise StudioError("hub_unreachable", name=repository, detail=reason(error)) from error


def reason(error: Exception) -> str:
    """Return an error's first line, or its kind where it has none."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def checked(folder: Path) -> Path:
    """Return the folder if it holds weights that can be opened safely."""
    if not any(folder.rglob("*.safetensors")):
        raise Misuse("weights_incomplete", name=folder.name, missing="a .safetensors file")
    if not any(folder.rglob("*.json")):
        raise Misuse("weights_incomplete", name=folder.name, missing="config.json")
    return folder
