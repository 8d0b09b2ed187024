"""The pipelines behind the page: opened on first use, kept, and opened anew when other weights go live."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import systems

if TYPE_CHECKING:
    from pipelines.chimera.pipeline import ChimeraPipeline
    from pipelines.colorize.pipeline import ColorizePipeline
    from pipelines.pix2pix.pipeline import Pix2PixPipeline
    from pipelines.scattering.pipeline import ScatteringPipeline

logger = logging.getLogger("demos")

_lock = threading.Lock()
_opened: dict[str, tuple[tuple[str, int], Any]] = {}


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
    """Return a pipeline of scattering: ``ssgm``, in whose place promoted weights come, or ``sgm``."""
    with systems.IMPORTING:
        from pipelines.weights import hub

    promoted = kind == "ssgm" and hub.live_folder("scattering") is not None
    pipeline: ScatteringPipeline = current(
        "scattering" if promoted else f"scattering-{kind}",
        lambda name: systems.find("scattering").load_pipeline().from_pretrained(name),
    )
    return pipeline


def current(name: str, opener: Callable[[str], Any]) -> Any:
    """Return the opened pipeline of a name; it is opened again when its weights have changed."""
    with systems.IMPORTING:
        from pipelines.weights import hub

    signature = weights_signature(hub.resolve(name))
    with _lock:
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
    runs += [lambda: scattering("ssgm")(image), lambda: scattering("sgm")(image)]
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
