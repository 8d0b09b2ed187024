"""What tabs share: translated components, the seed row, pictures with provenance, what an error says."""

from __future__ import annotations

import errno
import logging
import random
import shutil
import uuid
from abc import ABCMeta
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder
from PIL import Image

from demos.shared.errors import explain
from demos.shared.words import Scope, say
from pipelines.common.errors import StudioError, check_range
from pipelines.common.provenance import Provenance, encode_png

logger = logging.getLogger("demos")
MAX_SEED = 2**31 - 1
KEPT = 48  # pictures of one visit that stay on the page
PRIVATE: dict[str, Any] = {"api_visibility": "private"}  # events of the page itself, not for programs
# Events that need no model: any number at once, and through the queue, since only that can say what went wrong.
QUEUED: dict[str, Any] = {"concurrency_limit": None, **PRIVATE}
QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", **PRIVATE}  # quick ones that cannot go wrong
ByLanguage = Callable[[str], Any]


@dataclass
class Words:
    """Components whose words change with the language.

    Each is registered with the properties to set; a property's value is a key of the scope or a function of the
    language. A sentence reaches the browser as it is, which suits labels, and values of buttons and Markdown. What a
    function gives may need the component's own processing: its English form goes to the constructor.
    """

    scope: Scope = say
    registered: list[tuple[Any, dict[str, ByLanguage], dict[str, ByLanguage]]] = field(default_factory=list)
    parts: dict[str, Any] = field(default_factory=dict)  # the scope's by their ids without its prefix, with underscores
    remembered: list[Any] = field(default_factory=list)  # whose values the browser keeps
    last: list[Callable[[gr.Blocks], None]] = field(default_factory=list)  # what is to be done with the whole page

    def of(self, scope: Scope) -> Words:
        """Return the same list, with the keys of another scope for what is added to it."""
        return Words(scope, self.registered, remembered=self.remembered, last=self.last)

    def remember(self, *components: Any) -> None:
        """Have the browser keep the values of components over a reload."""
        self.remembered.extend(components)

    def when_built(self, act: Callable[[gr.Blocks], None]) -> None:
        """Have something done with the page when all its tabs are built."""
        self.last.append(act)

    def add(self, component: Any, key: str = "", **properties: str | ByLanguage) -> Any:
        """Register a component and return it.

        Args:
            component: what has words.
            key: of its label, or of what a button says; ``<key>_info`` is its help where there is such a sentence, and
                the scope's prefix and the key, with hyphens, its id on the page where it has none.
            properties: further ones.
        """
        if key:
            properties["value" if isinstance(component, gr.Button) else "label"] = key
            if f"{key}_info" in self.scope.sentences:
                properties["info"] = f"{key}_info"
            component.elem_id = component.elem_id or f"{self.scope.prefix}{key}".replace("_", "-")
        sentences: dict[str, ByLanguage] = {
            name: partial(self.scope, one) for name, one in properties.items() if isinstance(one, str)
        }
        for name, sentence in sentences.items():
            setattr(component, name, sentence("en"))  # English before the first event
        functions = {name: make for name, make in properties.items() if not isinstance(make, str)}
        if component.elem_id is not None:
            self.parts[component.elem_id.removeprefix(self.scope.prefix).replace("-", "_")] = component
        self.registered.append((component, sentences, functions))
        return component

    def radio(self, key: str, choices: ByLanguage, value: str, **options: Any) -> gr.Radio:
        """Add one choice of several."""
        return self.add(gr.Radio(choices("en"), value=value, **options), key, choices=choices)

    def sentences(self) -> list[tuple[Any, dict[str, ByLanguage]]]:
        """Return the components with sentences, each a function of the language: what the browser can change."""
        return [(component, own) for component, own, _ in self.registered if own]

    def functions(self) -> list[tuple[Any, dict[str, ByLanguage]]]:
        """Return the components with other properties that are functions of the language."""
        return [(component, own) for component, _, own in self.registered if own]


class Stubless(type(gr.Slider)):  # type: ignore[misc]
    """Makes a component's class without the stub file that Gradio writes beside its source."""

    def __new__(cls, name: str, bases: tuple[type, ...], attributes: dict[str, Any]) -> Any:
        """Return the class, made as any abstract one."""
        return ABCMeta.__new__(cls, name, bases, attributes)


class Slider(gr.Slider, metaclass=Stubless):  # type: ignore[misc]
    """A slider whose number field may be empty or out of bounds, as both are for a moment whenever somebody types.

    Gradio's own refuses that before any handler could say so, and forgets the change that comes next. The browser
    finds the component by the name of its class, which is therefore the same.
    """

    def preprocess(self, payload: float | None) -> float:
        """Return the nearest number that is allowed, the first value where the field is empty."""
        value = self.value if payload is None else payload
        bounded = min(max(float(value), float(self.minimum)), float(self.maximum))
        return float(gr.Number.round_to_precision(bounded, self.precision))


class Number(gr.Number, metaclass=Stubless):  # type: ignore[misc]
    """A number field whose bounds are our own sentence: Gradio has its own in English alone."""

    def preprocess(self, payload: float | None) -> float | None:
        """Return the number, None where the field is empty.

        Raises:
            Misuse: out of bounds.
        """
        if payload is None:
            return None
        check_range(str(self.label or "number").lower(), payload, self.minimum, self.maximum)
        value: float = super().preprocess(payload)
        return value


def brought_into_view(selector: str) -> str:
    """Return a script that scrolls to what a press changes, where that is not seen: on a phone it may be far above."""
    return f"""() => {{
  const place = document.querySelector('{selector}');
  const box = place && place.getBoundingClientRect();
  if (!box || (box.top >= 0 && box.top < innerHeight - 80)) return;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  place.scrollIntoView({{ block: 'start', behavior: still ? 'auto' : 'smooth' }});
}}"""


def seed_row(words: Words, prefix: str = "", *, fresh: bool = False) -> tuple[gr.Number, gr.Checkbox]:
    """Build the seed, a button that draws another, and whether each press draws one; return the first and the last.

    Args:
        words: where translated components are registered.
        prefix: of the ids on the page.
        fresh: whether each press draws one at first.
    """
    words = words.of(say)
    with gr.Row(elem_classes="seed-row"):
        seed = words.add(seed_field(7, scale=2, elem_id=f"{prefix}seed"), "seed")
        dice = words.add(gr.Button(scale=1, min_width=80, elem_id=f"{prefix}randomise"), "randomise")
        draws = words.add(gr.Checkbox(fresh, scale=2, min_width=120, elem_id=f"{prefix}fresh"), "new_seed")
    dice.click(random_seed, outputs=seed, queue=False, **PRIVATE)
    return seed, draws


def seed_field(value: float | None, **options: Any) -> gr.Number:
    """Return a number field for a seed."""
    return Number(value, precision=0, minimum=0, maximum=MAX_SEED, min_width=110, **options)


def cancel_button(words: Words, **options: Any) -> gr.Button:
    """Return the small button beside the large one."""
    return words.add(gr.Button(size="lg", scale=1, min_width=90, **options), "cancel")


def caption(words: Words, key: str) -> gr.Markdown:
    """Put a small heading above what follows."""
    return words.add(gr.Markdown(elem_classes="caption"), value=key)


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


@dataclass(frozen=True)
class SeedPress:
    """A press that draws a seed; fields are named as components.

    Attributes:
        seed: the one in the field.
        fresh: whether each press draws one.
        again: how many presses have left it as it was.
    """

    seed: float | None
    fresh: bool
    again: float


def other_seed(request: SeedPress) -> dict[str, float]:
    """Answer the seed of a press, where what follows a seed makes the pictures; the same once more counts too."""
    chosen = chosen_seed(request.seed, request.fresh)
    return {"seed": chosen, "again": request.again + (chosen == request.seed)}


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
