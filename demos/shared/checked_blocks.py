"""The page's frame: whatever a stranger sends to one of its functions is answered with a sentence."""

from __future__ import annotations

import errno
import math
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import gradio as gr
from gradio.exceptions import AppError
from gradio.utils import get_type_hints

from demos.shared.sessions import heard_from
from demos.shared.widgets import to_gradio_error
from demos.shared.words import preferred_language
from pipelines.common.errors import Misuse, StudioError

_language: ContextVar[str] = ContextVar("language", default="en")  # of whoever asks

KINDS: dict[type, tuple[type, ...]] = {
    gr.Checkbox: (bool,),
    gr.Number: (int, float),
    gr.Slider: (int, float),
    gr.Textbox: (str,),
    gr.ColorPicker: (str,),
    gr.Code: (str,),
}


class Blocks(gr.Blocks):  # type: ignore[misc]
    """Gradio's blocks, whose own checks of what comes in neither fill the log nor pass for our mistakes.

    Our handlers word their own errors. What is left is what Gradio finds out before it calls them, when it reads the
    values of components, and what it makes of their answers.
    """

    def get_config_file(self) -> Any:
        """Return what the browser is told, without the size of files: there its sentence would be English alone.

        A larger file is refused on its way in, see ``UploadLimits``, in the visitor's language.
        """
        config = super().get_config_file()
        config["max_file_size"] = None
        return config

    async def process_api(self, block_fn: Any, inputs: list[Any], *others: Any, **named: Any) -> dict[str, Any]:
        """Call a function of the page.

        Raises:
            gr.Error: with a sentence in the visitor's language.
        """
        _language.set(language_of(named.get("request")))
        heard_from(named.get("state"))
        try:
            check_event((self.fns[block_fn] if isinstance(block_fn, int) else block_fn).fn, named.get("event_data"))
            answer: dict[str, Any] = await super().process_api(block_fn, inputs, *others, **named)
        except Exception as error:
            raise quiet(error, _language.get()) from error
        return answer

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *others: Any, **named: Any) -> list[Any]:
        """Read the values of components; what a component cannot read was not sent by the page."""
        try:
            refuse_addresses(inputs)
            for component, value in zip(block_fn.inputs, inputs, strict=False):
                check_kind(component, value)
            values: list[Any] = await super().preprocess_data(block_fn, inputs, *others, **named)
        except Exception as error:
            # A component of ours says what is wrong, and Gradio wraps it.
            reason: Any = error if isinstance(error, StudioError | AppError) else error.__cause__
            full = isinstance(reason, OSError) and reason.errno == errno.ENOSPC
            if not isinstance(reason, StudioError | AppError) and not full:
                reason = Misuse("request_unusable")
            raise quiet(reason, _language.get()) from error
        return values


def quiet(error: Exception, language: str) -> gr.Error:
    """Return an error as the page shows it, without a stack in the log: one that matters is there already."""
    worded = error if isinstance(error, AppError) else to_gradio_error(error, language)
    worded.print_exception = False
    return worded


def language_of(request: Any) -> str:
    """Return the language of a request's browser."""
    first = request[0] if isinstance(request, list) else request
    headers = getattr(first, "headers", None)
    return preferred_language(headers.get("accept-language") if isinstance(headers, Mapping) else None)


def check_event(fn: Any, event: Any) -> None:
    """Refuse an event of the browser alone, and one that lacks what its handler asks Gradio for.

    Raises:
        Misuse: naming nothing, since no page sends it.
    """
    hints = get_type_hints(fn).values() if fn else ()
    data = getattr(event, "_data", None)
    needed = {"index", "value"} if gr.SelectData in hints else set()
    asked = gr.SelectData in hints or gr.EventData in hints
    if not fn or (asked and not (isinstance(data, dict) and needed <= data.keys())):
        raise Misuse("request_unusable")


def check_kind(component: Any, value: Any) -> None:
    """Refuse what a field of this kind never holds; Gradio passes most of it on to the handler.

    Raises:
        Misuse: another type, no text, a longer one than can be typed, or a number that is none.
    """
    if value is None:
        if isinstance(component, gr.Textbox) and component.value is not None:
            raise Misuse("request_unusable")
        return
    for kind, types in KINDS.items():
        if isinstance(component, kind) and type(value) not in types:
            raise Misuse("request_unusable")
    if isinstance(component, gr.Textbox) and component.max_length and len(value) > component.max_length:
        raise Misuse("request_unusable")
    if isinstance(value, float) and not math.isfinite(value):
        raise Misuse("request_unusable")


def refuse_addresses(value: Any) -> None:
    """Refuse files that lie elsewhere: Gradio would fetch them, however large they are.

    Raises:
        Misuse: a file is an address.
    """
    if isinstance(value, Mapping):
        if str(value.get("path", "")).lower().startswith(("http:", "https:")):
            raise Misuse("request_unusable")
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            refuse_addresses(one)
