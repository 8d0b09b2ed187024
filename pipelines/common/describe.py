"""A pydantic model told to a person: each field with its default, its range and what it means."""

from __future__ import annotations

import types
from typing import Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from pipelines.common.errors import Misuse, quoted


def described(model: type[BaseModel]) -> list[str]:
    """Return a line a field: ``name=default``, its range or choices, its description."""
    named = [(f"{name}={shown(field.get_default())}", field) for name, field in model.model_fields.items()]
    width = max((len(name) for name, _ in named), default=0)
    return [f"  {name:{width}}  {'; '.join(told(field))}" for name, field in named]


def told(field: FieldInfo) -> list[str]:
    """Return a field's range or choices and its description, as far as it has them."""
    kind = without_none(field.annotation)
    choices = " or ".join(str(choice) for choice in get_args(kind)) if get_origin(kind) is Literal else ""
    return [part for part in (choices or bounds(field), field.description or "") if part]


def bounds(field: FieldInfo) -> str:
    """Return the range of a number, empty where it has none."""
    low, high = limits(field)
    words = {(True, True): f"{low} to {high}", (True, False): f"at least {low}", (False, True): f"at most {high}"}
    return words.get((low is not None, high is not None), "")


def first_error(error: ValidationError, whole: str) -> Misuse:
    """Return the first thing that is wrong with a model's values, by its name.

    Args:
        error: all that is wrong.
        whole: what to call the values where none of them is to blame.
    """
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"]) or whole
    return Misuse("setting_invalid", name=name, detail=f"{first['msg']}, got {quoted(first['input'])}")


def limits(field: FieldInfo) -> tuple[Any, Any]:
    """Return the least and the greatest value of a field, None where there is no bound."""
    low = high = None
    for part in field.metadata:
        if isinstance(part, annotated_types.Ge):
            low = part.ge
        elif isinstance(part, annotated_types.Gt):
            low = f"more than {part.gt}"
        elif isinstance(part, annotated_types.Le):
            high = part.le
        elif isinstance(part, annotated_types.Lt):
            high = f"less than {part.lt}"
    return low, high


def without_none(annotation: Any) -> Any:
    """Return the type of an optional field."""
    if get_origin(annotation) in (Union, types.UnionType):
        (kind,) = (part for part in get_args(annotation) if part is not type(None))
        return kind
    return annotation


def shown(value: Any) -> str:
    """Return a default as one would write it after ``--set``."""
    if value is None:
        return "none"
    if isinstance(value, tuple | list):
        return f"[{', '.join(str(item) for item in value)}]"
    return str(value)
