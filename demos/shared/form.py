"""A pydantic model as a form: a component a field, and errors at the field they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

import gradio as gr
import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from demos.shared.form_words import help_of, wrong
from pipelines.common.describe import without_none


@dataclass(frozen=True)
class Form:
    """The components of a model's fields, by name, and the language of what is said beside them."""

    model: type[BaseModel]
    fields: dict[str, Any]
    language: str = "en"

    def __or__(self, other: Form) -> Form:
        """Return the form of both parts."""
        return Form(self.model, {**self.fields, **other.fields}, self.language)

    def read(self, values: Mapping[str, Any]) -> tuple[BaseModel | None, dict[str, str]]:
        """Return the model, or None, and what is wrong with which field."""
        given = {name: cleaned(self.model.model_fields[name], values[name]) for name in values}
        return validated(self.model, given, self.language)

    def shown(self, values: Mapping[str, Any], errors: Mapping[str, str]) -> dict[str, Any]:
        """Return an update a field: these values, and the errors in place of the help."""
        updates = {}
        for name in self.fields:
            field = self.model.model_fields[name]
            value = {"value": shown_value(field, values[name])} if name in values else {}
            updates[name] = gr.update(
                **value, info=f"⚠ {errors[name]}" if name in errors else help_of(field, self.language)
            )
        return updates


def build(
    model: type[BaseModel], values: Mapping[str, Any], names: Sequence[str], language: str, prefix: str = ""
) -> Form:
    """Build a part of a form inside the current block.

    Args:
        model: what it is for.
        values: of the fields at first; the others show their defaults.
        names: the fields, in order.
        language: of their help, and of errors.
        prefix: of the ids on the page.
    """
    shown = {}
    for name in names:
        field = model.model_fields[name]
        shown[name] = component(name, field, values.get(name, field.get_default()), language)
        shown[name].elem_id = f"{prefix}field-{name}"
    return Form(model, shown, language)


def component(name: str, field: FieldInfo, value: Any, language: str) -> Any:
    """Return the component that fits a field."""
    kind = without_none(field.annotation)
    common: dict[str, Any] = {"label": name, "info": help_of(field, language), "interactive": True}
    if get_origin(kind) is Literal:
        return gr.Dropdown([(str(choice), choice) for choice in get_args(kind)], value=value, **common)
    if get_origin(kind) is list:
        (item,) = get_args(kind)
        if item is int:
            return gr.Textbox(value=for_component(value), max_lines=1, **common)
        return gr.CheckboxGroup([str(choice) for choice in get_args(item)], value=value, **common)
    if kind is bool:
        return gr.Checkbox(value=value, **common)
    if kind in (int, float) and type(None) not in get_args(field.annotation):
        return gr.Number(value=value, precision=0 if kind is int else None, **common)
    # An optional number too: a number field has no way to be empty.
    return gr.Textbox(value=for_component(value), max_lines=1, **common)


def cleaned(field: FieldInfo, value: Any) -> Any:
    """Return a component's value as the model takes it: an empty field is none, where none is allowed."""
    optional = type(None) in get_args(field.annotation)
    if value in ("", None) and optional:
        return None
    kind = without_none(field.annotation)
    if kind == list[int] and isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return int(value) if kind is int and isinstance(value, float) and value.is_integer() else value


def shown_value(field: FieldInfo, value: Any) -> Any:
    """Return a model's value as its component takes it."""
    optional = type(None) in get_args(field.annotation)
    return for_component(value) if optional or without_none(field.annotation) == list[int] else value


def for_component(value: Any) -> str:
    """Return a value as a text field shows it: none is empty, numbers are parted by commas."""
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return "" if value is None else str(value)


def validated(
    model: type[BaseModel], values: Mapping[str, Any], language: str
) -> tuple[BaseModel | None, dict[str, str]]:
    """Return the model, or None, and a sentence for each field that is wrong."""
    try:
        return model.model_validate(dict(values)), {}
    except ValidationError as error:
        return None, {".".join(str(part) for part in one["loc"][:1]): wrong(one, language) for one in error.errors()}


def to_yaml(values: Mapping[str, Any]) -> str:
    """Return settings as YAML, in the model's order."""
    return yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True)


def from_yaml(written: str) -> tuple[dict[str, Any], str]:
    """Return the settings of a YAML text and an empty sentence, or nothing and what is wrong."""
    try:
        values = yaml.safe_load(written)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark is not None else ""
        return {}, f"{line}{getattr(error, 'problem', None) or 'not YAML'}"
    if not isinstance(values, dict):
        return {}, "key: value lines are needed"
    return values, ""
