"""Handlers that take what they need by name, or as one typed request, and answer by name."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import math
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr
from gradio.context import LocalContext

from demos.shared.turns import Kind, Turns
from demos.shared.widgets import to_gradio_error
from demos.shared.words import say
from pipelines.common.errors import Misuse

TURNS = Turns()  # of all that need a model
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

    def event(
        self, handler: Callable[..., Any], *answers: str, turns: Kind | None = None, **plain: Any
    ) -> dict[str, Any]:
        """Return ``fn``, ``inputs`` and ``outputs`` of an event.

        Args:
            handler: may also take what Gradio fills in: a ``gr.Progress``, a ``gr.SelectData``.
            answers: names of what it may answer.
            turns: how it shares the models with others, None where it needs none.
            plain: further arguments of the event.
        """
        own = [*inspect.signature(handler, eval_str=True).parameters.values()]
        names = [name for one in own for name in self._names(one)]
        inputs = self._flat([*names, *({"language"} & self.components.keys())])
        outputs = self._flat(answers)
        asks_who = self.admit is not None or turns is not None

        def prepared(given: tuple[Any, ...]) -> Prepared:
            values, others = dict(zip(inputs, given, strict=False)), iter(given[len(inputs) :])
            language = values.get(("language", ""), self.language)
            visitor = next(others) if asks_who else None
            if self.admit is not None:
                self.admit(visitor, language)

            def value(name: str) -> Any:
                part = self.components[name]
                return {key: values[name, key] for key in part} if isinstance(part, Mapping) else values[name, ""]

            def argument(one: inspect.Parameter) -> Any:
                if one.name in self.components:
                    return value(one.name)
                names = self._names(one)
                return one.annotation(**{name: value(name) for name in names}) if names else next(others)

            wanted = values[turns.count, ""] if turns is not None and turns.count else 1
            return Prepared(partial(handler, *map(argument, own)), language, visitor, int(wanted))

        def placed(answer: Answer) -> dict[Any, Any] | None:
            """Return values by component; what is not answered stays as it is."""
            found = dict.fromkeys(outputs.values(), gr.skip())
            for name, part in answer.items():
                keyed = part if isinstance(self.components[name], Mapping) else {"": part}
                found |= {outputs[name, key]: one for key, one in keyed.items()}
            return found or None

        def ask(*given: Any) -> dict[Any, Any] | None:
            one = prepared(given)
            with errors_in(one.language):
                return placed(one.call())

        def follow(*given: Any) -> Iterator[dict[Any, Any] | None]:
            one = prepared(given)
            with errors_in(one.language):
                yield from map(placed, one.call())

        async def share(*given: Any) -> AsyncIterator[dict[Any, Any] | None]:
            one = prepared(given)
            with errors_in(one.language):
                async for answer in in_turns(one, turns or Kind()):
                    yield placed(answer)

        fn: Any = follow if inspect.isgeneratorfunction(handler) else ask
        fn = fn if turns is None else share
        # Gradio finds out by annotations and defaults which arguments it has to fill in itself.
        place = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters = [inspect.Parameter(f"{name}_{key}".rstrip("_"), place) for name, key in inputs]
        if asks_who:
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
    if not isinstance(place, list | tuple) or len(place) != 2:
        raise Misuse("request_unusable")
    if not all(type(one) in (int, float) and math.isfinite(one) for one in place):
        raise Misuse("request_unusable")
    return place[0], place[1]


@dataclass(frozen=True)
class Prepared:
    """A handler with its arguments.

    Attributes:
        call: runs it.
        language: of its sentences.
        visitor: who asks, where that matters.
        wanted: pictures that are asked for.
    """

    call: Callable[[], Any]
    language: str
    visitor: gr.Request | None
    wanted: int


async def in_turns(one: Prepared, kind: Kind) -> AsyncIterator[Answer]:
    """Yield a handler's answers as the visitor's turns come, and say what the crowd has cost."""
    session = str(getattr(one.visitor, "session_hash", None) or uuid.uuid4())
    client = getattr(one.visitor, "client", None)

    def wait(ahead: int, seconds: int) -> None:
        if seconds > 0 and not kind.live:
            gr.Progress()(0, desc=say("turn_waited_for", one.language).format(ahead=ahead, seconds=seconds))

    place = TURNS.join(kind, session, client.host if client else "?", one.wanted, has_gone())
    try:
        async for answer in TURNS.answers(place, one.call, wait):
            yield answer
    finally:
        TURNS.leave(place)
    if place.made == 0:  # replaced by a newer one, or left out
        yield {kind.said: say("live_left_out", one.language)} if place.skipped and kind.said else {}
    elif place.made < one.wanted:
        gr.Info(say("fewer_pictures", one.language).format(made=place.made, wanted=one.wanted))


def has_gone() -> Callable[[], bool]:
    """Return a function that says whether the visitor of the event at work has closed the page.

    Gradio finds that out, but lets a handler go on until its next answer.
    """
    blocks, number = LocalContext.blocks.get(None), LocalContext.event_id.get(None)
    event = None if blocks is None else blocks._queue.event_ids_to_events.get(number)
    return lambda: event is not None and not event.alive


@contextlib.contextmanager
def errors_in(language: str) -> Iterator[None]:
    """Turn errors into sentences; nothing on the page changes."""
    try:
        yield
    except Exception as error:
        raise to_gradio_error(error, language) from error
