"""What a form says of a setting and of a wrong value, in three languages."""

from __future__ import annotations

from typing import Any

from pydantic.fields import FieldInfo

from demos.shared.setting_help import HELP
from demos.shared.words import index_of
from pipelines.common.describe import limits

RANGES = ("{low} to {high}", "{low}〜{high}", "{low}~{high}")
AT_LEAST = ("at least {low}", "{low}以上", "{low} 이상")
AT_MOST = ("at most {high}", "{high}以下", "{high} 이하")
OPEN = {
    "more than ": ("more than {bound}", "{bound}超", "{bound} 초과"),
    "less than ": ("less than {bound}", "{bound}未満", "{bound} 미만"),
}
# What pydantic finds wrong, by its name of the error.
WRONG: dict[str, tuple[str, str, str]] = {
    "greater_than": ("must be more than {gt}", "{gt}より大きくしてください", "{gt}보다 커야 합니다"),
    "greater_than_equal": ("must be at least {ge}", "{ge}以上にしてください", "{ge} 이상이어야 합니다"),
    "less_than": ("must be less than {lt}", "{lt}未満にしてください", "{lt} 미만이어야 합니다"),
    "less_than_equal": ("must be at most {le}", "{le}以下にしてください", "{le} 이하여야 합니다"),
    "int_parsing": ("must be a whole number", "整数を入れてください", "정수를 입력하세요"),
    "int_from_float": ("must be a whole number", "整数を入れてください", "정수를 입력하세요"),
    "int_type": ("must be a whole number", "整数を入れてください", "정수를 입력하세요"),
    "float_parsing": ("must be a number", "数値を入れてください", "숫자를 입력하세요"),
    "float_type": ("must be a number", "数値を入れてください", "숫자를 입력하세요"),
    "finite_number": ("must be a finite number", "有限の数値を入れてください", "유한한 숫자를 입력하세요"),
    "bool_parsing": ("must be true or false", "true か false にしてください", "true 또는 false여야 합니다"),
    "string_type": ("must be text", "文字列を入れてください", "문자열을 입력하세요"),
    "literal_error": ("must be {expected}", "{expected} のいずれかにしてください", "{expected} 중 하나여야 합니다"),
    "extra_forbidden": ("there is no such setting", "そのような設定はありません", "그런 설정은 없습니다"),
}


def help_of(field: FieldInfo, language: str) -> str:
    """Return a setting's description with its range; English where a description has no translation."""
    description = field.description or ""
    column = index_of(language)
    own = (description, *HELP.get(description, (description, description)))
    return " · ".join(part for part in (own[column], range_of(field, column)) if part)


def range_of(field: FieldInfo, column: int) -> str:
    """Return the range of a number, empty where it has none."""
    low, high = (_bound(value, column) for value in limits(field))
    if low and high:
        return RANGES[column].format(low=low, high=high)
    return AT_LEAST[column].format(low=low) if low else AT_MOST[column].format(high=high) if high else ""


def _bound(value: Any, column: int) -> str:
    if value is None:
        return ""
    for beginning, sentences in OPEN.items():
        if str(value).startswith(beginning):
            return sentences[column].format(bound=str(value).removeprefix(beginning))
    return str(value)


def wrong(error: Any, language: str) -> str:
    """Return what is wrong with a value.

    Args:
        error: one of pydantic's ``ValidationError.errors()``.
        language: in which to say it.
    """
    sentences = WRONG.get(error["type"])
    if sentences is None:
        return str(error["msg"]).removeprefix("Value error, ")
    return sentences[index_of(language)].format(**error.get("ctx", {}))
