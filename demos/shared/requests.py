"""Handlers that take one typed request and answer by name."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from demos.shared.widgets import to_gradio_error

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Panel:
    """Components by name, and how handlers are bound to their events.

    A handler takes a dataclass whose fields are named as components, and returns or yields answers: values by name.
    Where a mapping of components stands for one, the request holds a mapping of values, and so does an answer. What
    goes wrong is told in the language of the component ``language``, of which there need not be one.

    Attributes:
        components: by the names that requests and answers use.
        language: in which errors are told where there is no such component.
        admit: takes who asks and the language, and raises where that visitor may not; called before anything else.
    """

    components: Mapping[str, Any]
    language: str = "en"
    admit: Callable[[gr.Request | None, str], None] | None = None

    def event(self, handler: Callable[..., Any], *answers: str, **plain: Any) -> dict[str, Any]:
        """Return ``fn``, ``inputs`` and ``outputs`` of an event.

        Args:
            handler: takes a request, unless it needs none, and what Gradio fills in: a ``gr.Progress``, a
                ``gr.SelectData``.
            answers: names of what it may answer.
            plain: further arguments of the event.
        """
        asked = [*fields_of(handler)]
        if "language" in self.components and "language" not in asked:
            asked.append("language")
        inputs = [one for name in asked for one in named(name, self.components[name])]
        outputs = [component for name in answers for _, component in named(name, self.components[name])]
        fn = self._bound(handler, [name for name, _ in inputs], answers)
        return {"fn": fn, "inputs": [component for _, component in inputs], "outputs": outputs, **plain}

    def _bound(self, handler: Callable[..., Any], names: list[str], answers: Iterable[str]) -> Callable[..., Any]:
        request, fields = request_of(handler), fields_of(handler)

        def read(*given: Any) -> tuple[list[Any], str]:
            """Return the handler's arguments and the language."""
            values, others = dict(zip(names, given, strict=False)), list(given[len(names) :])
            language = values.get("language", self.language)
            if self.admit is not None:
                self.admit(others.pop(0), language)
            parts = {name: self.components[name] for name in fields}
            own = {
                name: {key: values[key] for key in part} if isinstance(part, Mapping) else values[name]
                for name, part in parts.items()
            }
            return [*([] if request is None else [request(**own)]), *others], language

        def placed(answer: Answer) -> dict[Any, Any] | None:
            """Return values by component; what is not answered stays as it is."""
            parts = {name: self.components[name] for name in answers}
            found = {component: gr.skip() for name in parts for _, component in named(name, parts[name])}
            for name, value in answer.items():
                part = parts[name]
                found |= {part[key]: one for key, one in value.items()} if isinstance(part, Mapping) else {part: value}
            return found or None

        def ask(*given: Any) -> dict[Any, Any] | None:
            arguments, language = read(*given)
            with errors_in(language):
                return placed(handler(*arguments))

        def follow(*given: Any) -> Iterator[dict[Any, Any] | None]:
            arguments, language = read(*given)
            with errors_in(language):
                yield from map(placed, handler(*arguments))

        bound: Callable[..., Any] = follow if inspect.isgeneratorfunction(handler) else ask
        # Gradio finds out by names, annotations and defaults which arguments it has to fill in itself.
        place = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters = [inspect.Parameter(name, place) for name in names]
        if self.admit is not None:
            parameters.append(inspect.Parameter("visitor", place, annotation=gr.Request))
        parameters += list(parameters_of(handler))[0 if request is None else 1 :]
        bound.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        bound.__annotations__ = {one.name: one.annotation for one in parameters if one.annotation is not one.empty}
        return bound


def parameters_of(handler: Callable[..., Any]) -> Iterable[inspect.Parameter]:
    """Return a handler's parameters."""
    return inspect.signature(handler, eval_str=True).parameters.values()


def request_of(handler: Callable[..., Any]) -> type[Any] | None:
    """Return the dataclass that a handler takes first, None where it takes none."""
    kind = next((one.annotation for one in parameters_of(handler)), None)
    return kind if isinstance(kind, type) and dataclasses.is_dataclass(kind) else None


def fields_of(handler: Callable[..., Any]) -> list[str]:
    """Return the names of the fields of a handler's request."""
    request = request_of(handler)
    return [] if request is None else [field.name for field in dataclasses.fields(request)]


def named(name: str, part: Any) -> list[tuple[str, Any]]:
    """Return the components of a part with their names: those of a mapping have its keys."""
    return [*part.items()] if isinstance(part, Mapping) else [(name, part)]


@contextlib.contextmanager
def errors_in(language: str) -> Iterator[None]:
    """Turn errors into sentences; nothing on the page changes."""
    try:
        yield
    except Exception as error:
        raise to_gradio_error(error, language) from error
