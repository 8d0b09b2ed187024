"""What tabs share: translated components, the seed row, pictures with provenance, errors as sentences."""

from __future__ import annotations

import errno
import functools
import inspect
import logging
import random
import shutil
import uuid
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr
from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder
from PIL import Image

from demos.shared.errors import explain
from demos.shared.words import Scope, say
from demos.shared.words import say as SHARED_WORDS
from pipelines.common.errors import StudioError
from pipelines.common.provenance import Provenance, encode_png

logger = logging.getLogger("demos")
MAX_SEED = 2**31 - 1
KEPT = 48  # pictures of one visit that stay on the page
PRIVATE: dict[str, Any] = {"api_visibility": "private"}  # events of the page itself, not for programs
# Events that need no model: any number at once, and through the queue, since only that can say what went wrong.
QUEUED: dict[str, Any] = {"concurrency_limit": None, **PRIVATE}
MODELS = "models"  # the one queue through which every model runs
ByLanguage = Callable[[str], Any]
Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass
class Words:
    """Components whose words change with the language.

    Each is registered with the properties to set; a property's value is a key of its scope or a function of the
    language. A sentence reaches the browser as it is, which suits labels, and values of buttons and Markdown. What a
    function gives may need the component's own processing: its English form goes to the constructor.
    """

    say: Scope = SHARED_WORDS
    registered: list[tuple[Any, dict[str, ByLanguage], dict[str, ByLanguage]]] = field(default_factory=list)

    def of(self, say: Scope) -> Words:
        """Return the same list, with the keys of another scope for what is added to it."""
        return Words(say, self.registered)

    def add(self, component: Any, **properties: str | ByLanguage) -> Any:
        """Register a component and return it."""
        keys = {name: key for name, key in properties.items() if isinstance(key, str)}
        sentences: dict[str, ByLanguage] = {name: partial(self.say, key) for name, key in keys.items()}
        for name, sentence in sentences.items():
            setattr(component, name, sentence("en"))  # English before the first event
        functions = {name: make for name, make in properties.items() if not isinstance(make, str)}
        self.registered.append((component, sentences, functions))
        return component

    def sentences(self) -> list[tuple[Any, dict[str, ByLanguage]]]:
        """Return the components with sentences, each a function of the language: what the browser can change."""
        return [(component, own) for component, own, _ in self.registered if own]

    def functions(self) -> list[tuple[Any, dict[str, ByLanguage]]]:
        """Return the components with other properties that are functions of the language."""
        return [(component, own) for component, _, own in self.registered if own]


def typed(slider: gr.Slider, payload: float | None) -> float:
    """Return what a slider's number field says: the nearest number that is allowed, the first value where it is empty.

    Gradio's own refuses both before any handler could say so, and forgets the change that comes next; yet both happen
    for a moment whenever somebody types. (A subclass will not do: Gradio writes a stub file beside its source.)
    """
    value = slider.value if payload is None else payload
    bounded = min(max(float(value), float(slider.minimum)), float(slider.maximum))
    return float(gr.Number.round_to_precision(bounded, slider.precision))


gr.Slider.preprocess = typed


@dataclass(frozen=True)
class SeedRow:
    """Seed, a button that draws another, and whether each press draws one."""

    seed: gr.Number
    fresh: gr.Checkbox


def seed_row(words: Words) -> SeedRow:
    """Build the seed row."""
    words = words.of(say)
    with gr.Row(elem_classes="seed-row"):
        seed = words.add(
            gr.Number(7, precision=0, minimum=0, maximum=MAX_SEED, scale=2, min_width=110, elem_id="seed"), label="seed"
        )
        dice = words.add(gr.Button(scale=1, min_width=80, elem_id="randomise"), value="randomise")
        fresh = words.add(
            gr.Checkbox(False, scale=2, min_width=120, elem_id="fresh"), label="new_seed", info="seed_info"
        )
    dice.click(random_seed, outputs=seed, queue=False, **PRIVATE)
    return SeedRow(seed, fresh)


def caption(words: Words, key: str) -> None:
    """Put a small heading above what follows."""
    words.add(gr.Markdown(elem_classes="caption"), value=key)


def strip(identifier: str, *, columns: int, value: list[tuple[Any, str]] | None = None) -> gr.Gallery:
    """Return a row of pictures, as paths or images with captions, to choose one from."""
    return gr.Gallery(
        value,
        columns=columns,
        rows=1,
        height="auto",
        allow_preview=False,
        interactive=False,
        object_fit="contain",
        show_label=False,
        elem_id=identifier,
        elem_classes="strip",
        buttons=[],
    )


def random_seed() -> int:
    """Draw a seed."""
    return random.SystemRandom().randint(0, MAX_SEED)


def chosen_seed(seed: float | None, fresh: bool) -> int:
    """Return the seed of a press; an empty field draws one."""
    return random_seed() if fresh or seed is None else int(seed)


def save_picture(image: Image.Image, name: str, provenance: Provenance | None) -> str:
    """Write a picture as PNG where the page may serve it from, and return its path.

    Args:
        image: the picture.
        name: file name a visitor will see on download.
        provenance: how it was made, None to leave that out.
    """
    return str(save_bytes_to_cache(encode_png(image, provenance), name, cache_dir=get_upload_folder()))


def keep_file(path: Path) -> str:
    """Move a file to where the page may serve it from, and return its path there."""
    folder = Path(get_upload_folder()) / uuid.uuid4().hex
    folder.mkdir(parents=True)
    return str(shutil.move(path, folder / path.name))


def add_to_mine(mine: list[str], paths: list[str]) -> list[str]:
    """Put new pictures first among those of this visit; the oldest leave."""
    return [*paths, *(path for path in mine if path not in paths)][:KEPT]


def report_errors(handler: Handler) -> Handler:
    """Turn errors into sentences in the visitor's language, which the handler takes as its argument ``language``.

    A ``StudioError`` is told as it is; anything else is logged with its trace and told as our fault. Either way nothing
    on the page changes. Arguments that Gradio passes by position are bound by name.
    """
    signature = inspect.signature(handler)

    def language_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        return str(signature.bind(*args, **kwargs).arguments.get("language", "en"))

    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def generate(*args: Any, **kwargs: Any) -> Generator[Any, None, None]:
            try:
                yield from handler(*args, **kwargs)
            except Exception as error:
                raise to_gradio_error(error, language_of(args, kwargs)) from error

        return generate  # type: ignore[return-value]

    @functools.wraps(handler)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return handler(*args, **kwargs)
        except Exception as error:
            raise to_gradio_error(error, language_of(args, kwargs)) from error

    return call  # type: ignore[return-value]


def to_gradio_error(error: Exception, language: str) -> gr.Error:
    """Return an error as the page shows it."""
    if isinstance(error, gr.Error):
        return error
    if isinstance(error, StudioError):
        return gr.Error(explain(error, language), duration=8, print_exception=False)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return to_gradio_error(StudioError("disk_full", given=Path(error.filename or "").name), language)
    logger.error("unexpected error", exc_info=error)
    return gr.Error(say("unexpected", language), duration=8, print_exception=False)
