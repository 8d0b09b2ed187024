"""Handlers that take what they need by name, or as one typed request, and answer by name."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from demos.shared.widgets import to_gradio_error
from pipelines.common.errors import Misuse

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Panel:
    """Components by name, and how handlers are bound to their events.

    A handler's arguments are named as components, or are a dataclass whose fields are; it returns or yields answers:
    values by name. Where a mapping of components stands for one, values come and go as a mapping. Errors are
    sentences in the language of the component ``language``, of which there need not be one.

    Attributes:
        components: by the names that arguments and answers use.
        language: of errors where there is no such component.
        admit: takes who asks and the language, and raises where that visitor may not; called before anything else.
    """

    components: Mapping[str, Any]
    language: str = "en"
    admit: Callable[[gr.Request | None, str], None] | None = None

    def event(self, handler: Callable[..., Any], *answers: str, **plain: Any) -> dict[str, Any]:
        """Return ``fn``, ``inputs`` and ``outputs`` of an event.

        Args:
            handler: may also take what Gradio fills in: a ``gr.Progress``, a ``gr.SelectData``.
            answers: names of what it may answer.
            plain: further arguments of the event.
        """
        own = [*inspect.signature(handler, eval_str=True).parameters.values()]
        names = [name for one in own for name in self._names(one)]
        inputs = self._flat([*names, *({"language"} & self.components.keys())])
        outputs = self._flat(answers)

        def prepared(given: tuple[Any, ...]) -> tuple[Callable[[], Any], str]:
            """Return the call of the handler, and the language."""
            values, others = dict(zip(inputs, given, strict=False)), iter(given[len(inputs) :])
            language = values.get(("language", ""), self.language)
            if self.admit is not None:
                self.admit(next(others), language)

            def value(name: str) -> Any:
                part = self.components[name]
                return {key: values[name, key] for key in part} if isinstance(part, Mapping) else values[name, ""]

            def argument(one: inspect.Parameter) -> Any:
                if one.name in self.components:
                    return value(one.name)
                names = self._names(one)
                return one.annotation(**{name: value(name) for name in names}) if names else next(others)

            return partial(handler, *map(argument, own)), language

        def placed(answer: Answer) -> dict[Any, Any] | None:
            """Return values by component; what is not answered stays as it is."""
            found = dict.fromkeys(outputs.values(), gr.skip())
            for name, part in answer.items():
                keyed = part if isinstance(self.components[name], Mapping) else {"": part}
                found |= {outputs[name, key]: one for key, one in keyed.items()}
            return found or None

        def ask(*given: Any) -> dict[Any, Any] | None:
            call, language = prepared(given)
            with errors_in(language):
                return placed(call())

        def follow(*given: Any) -> Iterator[dict[Any, Any] | None]:
            call, language = prepared(given)
            with errors_in(language):
                yield from map(placed, call())

        fn: Any = follow if inspect.isgeneratorfunction(handler) else ask
        # Gradio finds out by annotations and defaults which arguments it has to fill in itself.
        place = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters = [inspect.Parameter(f"{name}_{key}".rstrip("_"), place) for name, key in inputs]
        if self.admit is not None:
            parameters.append(inspect.Parameter("visitor", place, annotation=gr.Request))
        parameters += [one for one in own if not self._names(one)]
        fn.__signature__ = inspect.Signature(parameters)
        fn.__annotations__ = {one.name: one.annotation for one in parameters if one.annotation is not one.empty}
        return {"fn": fn, "inputs": [*inputs.values()], "outputs": [*outputs.values()], **plain}

    def _names(self, argument: inspect.Parameter) -> list[str]:
        """Return the components that an argument stands for: one, those of a dataclass, or none."""
        if argument.name in self.components:
            return [argument.name]
        kind = argument.annotation
        return [field.name for field in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else []

    def _flat(self, names: Iterable[str]) -> dict[tuple[str, Any], Any]:
        """Return components by name and key; the key is empty where one stands for itself."""
        parts = {name: self.components[name] for name in names}
        keyed = {name: part if isinstance(part, Mapping) else {"": part} for name, part in parts.items()}
        return {(name, key): one for name, part in keyed.items() for key, one in part.items()}


def chosen(event: gr.SelectData, count: int) -> int:
    """Return which of ``count`` things was selected.

    Raises:
        Misuse: none of them.
    """
    if type(event.index) is not int or not 0 <= event.index < count:
        raise Misuse("request_unusable")
    return event.index


def clicked(event: gr.SelectData) -> tuple[float, float]:
    """Return where a picture was clicked, pixels from its left and its top.

    Raises:
        Misuse: nowhere.
    """
    place = event.index
    if not isinstance(place, list | tuple) or len(place) != 2 or not all(type(one) in (int, float) for one in place):
        raise Misuse("request_unusable")
    return place[0], place[1]


@contextlib.contextmanager
def errors_in(language: str) -> Iterator[None]:
    """Turn errors into sentences; nothing on the page changes."""
    try:
        yield
    except Exception as error:
        raise to_gradio_error(error, language) from error
