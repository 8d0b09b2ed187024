"""The pipeline behind the tab, a large model fetched in its place, and buffers of latents."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from demos.shared import models
from demos.shared.fetching import Fetching
from pipelines import systems
from pipelines.common.errors import Misuse

if TYPE_CHECKING:
    from pipelines.replay.buffer import LatentBuffer
    from pipelines.replay.replaying import Replayed
    from pipelines.stylemini.pipeline import StyleMiniPipeline


def stylemini() -> StyleMiniPipeline:
    """Return the pipeline that draws in styles.

    It has the model that ``STUDIO_REPLAY_MODEL`` names, a folder or a Hub id of Stable Diffusion's layout, once that is
    fetched and opened, and until then StyleMini's weights that are live now.
    """
    wanted = os.environ.get("STUDIO_REPLAY_MODEL")
    name = (_large.get(wanted) if wanted else None) or "stylemini"
    pipeline: StyleMiniPipeline = models.current(name, open_stylemini)
    return pipeline


def open_stylemini(name: str) -> StyleMiniPipeline:
    """Open StyleMini's weights, or a large model's folder: its pictures say by which name it was asked for."""
    with systems.IMPORTING:
        from pipelines.weights import hub

    opened: Any = models.open_pipeline("stylemini", name)
    pipeline: StyleMiniPipeline = opened
    if name != "stylemini":
        pipeline.weights = hub.public_name(os.environ.get("STUDIO_REPLAY_MODEL", name))
    return pipeline


def fetch_large(wanted: str) -> str:
    """Fetch and open a model, and return its folder."""
    with systems.IMPORTING:
        from pipelines.weights import hub

    folder = str(hub.resolve(wanted))
    models.current(folder, open_stylemini)
    return folder


_large = Fetching(fetch_large)


def wait_for_large() -> None:
    """Return when the model that ``STUDIO_REPLAY_MODEL`` names is there, or cannot be had."""
    _large.wait(os.environ["STUDIO_REPLAY_MODEL"])


def large_is_wanted() -> bool:
    """Say whether another model than StyleMini is asked for."""
    return bool(os.environ.get("STUDIO_REPLAY_MODEL"))


def is_substitute() -> bool:
    """Say whether StyleMini draws in the place of another model, which is not there."""
    return large_is_wanted() and _large.get(os.environ["STUDIO_REPLAY_MODEL"]) is None


def first_calls(image: Image.Image) -> list[Callable[[], object]]:
    """Return what opens the tab's models and draws once."""
    if large_is_wanted():  # to draw with a large one would keep visitors waiting
        return [stylemini, wait_for_large]
    return [lambda: stylemini()(image, steps=2)]


def latent_buffer(pipe: StyleMiniPipeline, path: Path | None = None) -> LatentBuffer:
    """Return an empty buffer for the latents of a pipeline's autoencoder, or one that was written to a file.

    Raises:
        Misuse: the file is none, or its latents are another autoencoder's.
    """
    with systems.IMPORTING:
        from pipelines.replay.buffer import LatentBuffer

    if path is None:
        return LatentBuffer(pipe.model.encoder_sha256)
    buffer = LatentBuffer.load(path)
    check_buffer(pipe, buffer, path.name)
    return buffer


def check_buffer(pipe: StyleMiniPipeline, buffer: LatentBuffer, name: str) -> None:
    """Raise ``Misuse`` where a pipeline cannot decode a buffer's latents: other weights may have gone live.

    Args:
        pipe: the pipeline.
        buffer: the latents.
        name: what it is called in the sentence.
    """
    model = pipe.model
    shapes = {tuple(one.shape[1:]) for one in buffer.tasks.values()}
    if buffer.autoencoder != model.encoder_sha256 or shapes - {model.latents_shape}:
        raise Misuse("buffer_of_another", name=name)


def replayed(
    pipe: StyleMiniPipeline,
    buffer: LatentBuffer,
    prompts: list[str],
    strengths: tuple[float, float],
    sampling: dict[str, Any],
    *,
    seed: int,
    count: int,
) -> Iterator[Replayed]:
    """Draw ``count`` pictures from a buffer's latents, as evenly as it goes.

    One at a time: others wait, and a picture rounds otherwise in a batch, which its provenance says nothing of.
    """
    with systems.IMPORTING:
        from pipelines.diffusion.sampling import Sampling
        from pipelines.replay.replaying import Replayer

    held = buffer.latents()
    numbers = [number * len(held) // count for number in range(count)]
    replayer = Replayer(pipe.model, prompts, strengths, Sampling(**sampling), batch=1)
    yield from replayer.draw(held[numbers], seed=seed)
