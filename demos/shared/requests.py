"""Handlers that take one typed request and answer by name."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from demos.shared.widgets import to_gradio_error

Request = TypeVar("Request")
Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Form(Generic[Request]):
    """The components of a tab by name, and the dataclass that their values make.

    Attributes:
        request: a dataclass with a field for each of ``inputs``; ``language`` says in which language errors are told.
        inputs: components by the names of the request's fields.
        outputs: components by the names that answers use.
    """

    request: type[Request]
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]

    def __post_init__(self) -> None:
        fields = {field.name for field in dataclasses.fields(self.request)}  # type: ignore[arg-type]
        assert fields == set(self.inputs), fields ^ set(self.inputs)

    def event(self, handler: Callable[..., Any], *answers: str, **plain: Any) -> dict[str, Any]:
        """Return ``fn``, ``inputs`` and ``outputs`` of an event.

        Args:
            handler: takes a request, and a ``gr.Progress`` or ``gr.SelectData`` where it says so; returns or yields
                answers: values by name.
            answers: names of the outputs that it may answer.
            plain: further arguments of the event.
        """
        outputs = {name: self.outputs[name] for name in answers}
        return {
            "fn": self._bound(handler, outputs),
            "inputs": set(self.inputs.values()),
            "outputs": list(outputs.values()),
            **plain,
        }

    def read(self, values: Mapping[Any, Any]) -> Request:
        """Return the request that the components' values make."""
        return self.request(**{name: values[component] for name, component in self.inputs.items()})

    def _bound(self, handler: Callable[..., Any], outputs: Mapping[str, Any]) -> Callable[..., Any]:
        def placed(answer: Answer) -> dict[Any, Any]:
            return {outputs[name]: value for name, value in answer.items()}

        def ask(values: Mapping[Any, Any], *others: Any) -> dict[Any, Any]:
            request = self.read(values)
            try:
                return placed(handler(request, *others))
            except Exception as error:
                raise to_gradio_error(error, request.language) from error  # type: ignore[attr-defined]

        def follow(values: Mapping[Any, Any], *others: Any) -> Generator[dict[Any, Any], None, None]:
            request = self.read(values)
            try:
                for answer in handler(request, *others):
                    yield placed(answer)
            except Exception as error:
                raise to_gradio_error(error, request.language) from error  # type: ignore[attr-defined]

        bound: Callable[..., Any] = follow if inspect.isgeneratorfunction(handler) else ask
        # Gradio finds out by annotations and defaults which arguments it has to fill itself.
        own = list(inspect.signature(handler, eval_str=True).parameters.values())[1:]
        bound.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [inspect.Parameter("values", inspect.Parameter.POSITIONAL_OR_KEYWORD), *own]
        )
        bound.__annotations__ = {one.name: one.annotation for one in own}
        return bound
