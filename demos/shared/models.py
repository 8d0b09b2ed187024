"""The pipelines behind the page: opened on first use, kept, and opened anew when other weights go live."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demos.shared.fetching import Fetching
from pipelines import systems
from pipelines.common.errors import Misuse

if TYPE_CHECKING:
    from pipelines.biggan.neighbours import Neighbours
    from pipelines.biggan.pipeline import BigGANPipeline
    from pipelines.chimera.pipeline import ChimeraPipeline
    from pipelines.colorize.pipeline import ColorizePipeline
    from pipelines.data.library import DataSet
    from pipelines.pix2pix.pipeline import Pix2PixPipeline
    from pipelines.replay.buffer import LatentBuffer
    from pipelines.replay.replaying import Replayed
    from pipelines.scattering.pipeline import ScatteringPipeline
    from pipelines.stylemini.pipeline import StyleMiniPipeline

logger = logging.getLogger("demos")

TURN = 4  # pictures that are drawn from a buffer at a time
_lock = threading.Lock()
_building = threading.Lock()  # libraries change torch for all threads while they put a network together
_opened: dict[str, tuple[tuple[str, int], Any]] = {}
_neighbours: dict[str, Neighbours | None] = {}


def chimera() -> ChimeraPipeline:
    """Return chimera's pipeline with the weights that are live now."""
    pipeline: ChimeraPipeline = current(
        "chimera", lambda name: systems.find(name).load_pipeline().from_pretrained(name)
    )
    return pipeline


def pix2pix() -> Pix2PixPipeline:
    """Return the pipeline of pix2pix as published, with the weights that are live now."""
    pipeline: Pix2PixPipeline = current(
        "pix2pix", lambda name: systems.find(name).load_pipeline().from_pretrained(name)
    )
    return pipeline


def colorize() -> ColorizePipeline:
    """Return colorize's pipeline with the weights that are live now."""
    pipeline: ColorizePipeline = current(
        "colorize", lambda name: systems.find(name).load_pipeline().from_pretrained(name)
    )
    return pipeline


def scattering(kind: str) -> ScatteringPipeline:
    """Return a pipeline of scattering: ``adversarial``, in whose place promoted weights come, ``ssgm`` or ``sgm``."""
    with systems.IMPORTING:
        from pipelines.weights import hub

    promoted = kind == "adversarial" and hub.live_folder("scattering") is not None
    pipeline: ScatteringPipeline = current(
        "scattering" if promoted else f"scattering-{kind}",
        lambda name: systems.find("scattering").load_pipeline().from_pretrained(name),
    )
    return pipeline


def biggan() -> BigGANPipeline:
    """Return BigGAN's pipeline with the weights that are live now."""
    pipeline: BigGANPipeline = current("biggan", lambda name: systems.find(name).load_pipeline().from_pretrained(name))
    return pipeline


def stylemini() -> StyleMiniPipeline:
    """Return the pipeline that draws in styles.

    It has the model that ``STUDIO_REPLAY_MODEL`` names, a folder or a Hub id of Stable Diffusion's layout, once that is
    fetched and opened, and until then StyleMini's weights that are live now.
    """
    wanted = os.environ.get("STUDIO_REPLAY_MODEL")
    name = (_large.get(wanted) if wanted else None) or "stylemini"
    pipeline: StyleMiniPipeline = current(name, open_stylemini)
    return pipeline


def open_stylemini(name: str) -> StyleMiniPipeline:
    """Open StyleMini's weights, or a large model's folder: its pictures say by which name it was asked for."""
    with systems.IMPORTING:
        from pipelines.weights import hub

    opened: Any = systems.find("stylemini").load_pipeline().from_pretrained(name)
    pipeline: StyleMiniPipeline = opened
    if name != "stylemini":
        pipeline.weights = hub.public_name(os.environ.get("STUDIO_REPLAY_MODEL", name))
    return pipeline


def fetch_large(wanted: str) -> str:
    """Fetch and open a model, and return its folder."""
    with systems.IMPORTING:
        from pipelines.weights import hub

    folder = str(hub.resolve(wanted))
    current(folder, open_stylemini)
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
    """Draw ``count`` pictures from a buffer's latents, as evenly as it goes; a few at a time, as others wait."""
    with systems.IMPORTING:
        from pipelines.diffusion.sampling import Sampling
        from pipelines.replay.replaying import Replayer

    held = buffer.latents()
    numbers = [number * len(held) // count for number in range(count)]
    replayer = Replayer(pipe.model, prompts, strengths, Sampling(**sampling), batch=TURN)
    yield from replayer.draw(held[numbers], seed=seed)


def neighbours() -> Neighbours | None:
    """Return what finds BigGAN's nearest training pictures.

    None where no data set of CIFAR-100's classes is on this machine, and while its pictures are still being read.
    """
    with systems.IMPORTING:
        from pipelines.data import library
        from pipelines.data.superclasses import superclass_numbers

    for data in library.data_sets():
        if superclass_numbers(tuple(data.classes)) is not None:
            with _lock:
                begun = data.source in _neighbours
                found: Neighbours | None = _neighbours.setdefault(data.source, None)
            if not begun:
                threading.Thread(target=read_neighbours, args=(data,), name="neighbours", daemon=True).start()
            return found
    return None


def read_neighbours(data: DataSet) -> None:
    """Describe the pictures of a data set, once."""
    with systems.IMPORTING:
        from pipelines.biggan.evaluation import independent_extractor
        from pipelines.biggan.neighbours import Neighbours
        from pipelines.data.sources import open_source

    try:
        found = Neighbours.of(open_source(data.source), independent_extractor(tuple(data.classes)))
    except Exception:
        logger.exception("the training pictures of %s cannot be described", data.name)
        return
    with _lock:
        _neighbours[data.source] = found


def current(name: str, opener: Callable[[str], Any]) -> Any:
    """Return the opened pipeline of a name; it is opened again when its weights have changed."""
    with systems.IMPORTING:
        from pipelines.weights import hub

    signature = weights_signature(hub.resolve(name))
    kept = _opened.get(name)
    if kept is None or kept[0] != signature:
        with _building:
            kept = _opened.get(name)
            if kept is None or kept[0] != signature:
                logger.info("opening %s", name)
                kept = (signature, opener(name))
                _opened[name] = kept
    return kept[1]


def weights_signature(folder: Path) -> tuple[str, int]:
    """Return what changes when a folder's weights do."""
    return str(folder), max((file.stat().st_mtime_ns for file in folder.rglob("*.safetensors")), default=0)


def warm_up() -> None:
    """Open every pipeline and run it once, so that the first visitor does not wait for it."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (64, 64), "white")
    ImageDraw.Draw(image).ellipse([8, 8, 56, 56], outline="black", width=2)
    runs: list[Callable[[], object]] = [lambda: chimera()(image, kind="drawing"), lambda: colorize()(image)]
    runs += [lambda kind=kind: scattering(kind)(image) for kind in ("adversarial", "ssgm", "sgm")]  # type: ignore[misc]
    with systems.IMPORTING:
        from pipelines.weights import hub
    if large_is_wanted():
        runs.append(stylemini)  # to draw with a large one would keep visitors waiting
    elif hub.is_here("stylemini"):
        runs.append(lambda: stylemini()(image, steps=2))
    if hub.is_here("biggan"):
        runs.append(lambda: biggan()())
    if large_is_wanted():
        runs.append(wait_for_large)
    for run_once in runs:
        try:
            run_once()
        except Exception:
            logger.exception("warming up failed; the first visitor will see why")


def warm_up_behind() -> threading.Thread:
    """Start ``warm_up`` in a thread of its own."""
    thread = threading.Thread(target=warm_up, name="warm-up", daemon=True)
    thread.start()
    return thread
