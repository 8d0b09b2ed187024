from __future__ import annotations

import ast
import re
import string
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from demos.chimera import names
from demos.chimera.pad import drawing_items
from demos.shared.errors import ERRORS, explain
from demos.shared.words import LANGUAGES, SHARED, Scope, preferred_language
from pipelines.common.errors import MESSAGES, Misuse, StudioError
from pipelines.common.images import FORMATS
from pipelines.data.loading import EndlessBatches
from pipelines.scattering.networks import ScatteringCode
from pipelines.scattering.principal import fit_components
from tests.demos.scopes import SCOPES
from tests.tools import ROOT


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_error_is_translated_with_the_same_values() -> None:
    assert ERRORS.keys() == MESSAGES.keys()
    for code, translations in ERRORS.items():
        assert all(placeholders(sentence) == placeholders(MESSAGES[code]) for sentence in translations), code


SAME = {"data_column_size", "live_digest", "generator_pix2pix"}  # a unit and names


TABLES = {scope.name: scope.sentences for scope in SCOPES}
TABLES |= {"shared": SHARED, "drawings": names.drawings.sentences, "parts": names.parts.sentences}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_sentence_is_there_in_each_language(table: dict[str, tuple[str, str, str]]) -> None:
    for key, (english, japanese, korean) in table.items():
        assert english and japanese and korean and (key in SAME or len({english, japanese, korean}) == 3), key
        assert placeholders(english) == placeholders(japanese) == placeholders(korean), key
        assert not any("가" <= letter <= "힣" for letter in english + japanese), key
        assert not any("ぁ" <= letter <= "ヿ" for letter in english + korean), key


def asked_for(folder: Path) -> tuple[set[str], set[str]]:
    """Keys that a folder's code asks for, and beginnings of keys that it puts together."""
    keys: set[str] = set()
    beginnings: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            if called == "choices":
                given = [part for pair in given for part in getattr(pair, "elts", [pair])[:1]]
            if called not in (
                "say",
                "add",
                "radio",
                "dropdown",
                "caption",
                "choices",
                "way",
                "picture_field",
                "_said",
                "starting",
                "changing",
            ):
                continue
            for value in given:
                for part in ast.walk(value):
                    if isinstance(part, ast.JoinedStr) and isinstance(part.values[0], ast.Constant):
                        beginnings.add(str(part.values[0].value))
                    elif called == "starting" and isinstance(part, ast.Constant):
                        beginnings.add(part.value)
                    elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                        keys |= {part.value, f"{part.value}_info"}
    return keys, beginnings


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.name)
def test_no_sentence_is_unused_or_shadows_a_shared_one(scope: Scope) -> None:
    keys, beginnings = asked_for(ROOT / "demos" / scope.name)
    named = {key for key in scope.sentences if key in keys or any(key.startswith(part) for part in beginnings if part)}
    assert set(scope.sentences) - named == {"tab"} - named
    assert not scope.sentences.keys() & SHARED.keys()


def test_every_shared_sentence_is_used() -> None:
    keys, beginnings = asked_for(ROOT / "demos")
    begun = {key for key in SHARED if any(key.startswith(part) for part in beginnings if part)}
    script = "".join(file.read_text() for file in (ROOT / "demos/shared/front").glob("*.js"))
    assert SHARED.keys() <= keys | begun | {key for key in SHARED if f"'{key}'" in script or f"SAID.{key}" in script}


def test_a_key_that_nobody_has_is_an_error_at_once() -> None:
    with pytest.raises(KeyError):
        SCOPES[0]("no_such_key", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_is_a_whole_sentence(language: str) -> None:
    error = StudioError("image_too_small", width=3, height=4, allowed=16)
    sentence = explain(error, language)
    assert all(number in sentence for number in ("3", "4", "16"))
    assert sentence.endswith((".", "。")) and sentence[0] == sentence[0].upper()


def test_wherever_formats_are_listed_all_that_are_read_are() -> None:
    names = {{"WEBP": "WebP", "HEIF": "HEIC"}.get(name, name) for name in FORMATS}
    assert len(names) == 6
    lists = [sentence for table in TABLES.values() for sentences in table.values() for sentence in sentences]
    lists += [sentence for code in MESSAGES for sentence in (MESSAGES[code], *ERRORS[code])]
    lists += (ROOT / "README.md").read_text().splitlines()
    lists = [sentence for sentence in lists if "TIFF" in sentence]
    assert len(lists) == 3 * 3 + 3 + 1
    for sentence in lists:
        assert all(name in sentence for name in names), sentence


def less_than_a_batch() -> None:
    EndlessBatches(size=5, batch_size=16, seed=1)


def fewer_than_components() -> None:
    fit_components(ScatteringCode(32, 1, 2, 4, 8), np.zeros((7, 1), np.float16), method="full", batch=20, seed=0)


TOO_FEW: list[tuple[Callable[[], None], set[str], set[str]]] = [
    (less_than_a_batch, {"5", "16"}, {"batch_size"}),
    (fewer_than_components, {"7", "8", "9"}, {"components"}),
]


@pytest.mark.parametrize(("cause", "numbers", "setting"), TOO_FEW, ids=["batch", "components"])
def test_too_few_pictures_are_told_with_numbers_and_the_setting_in_the_pages_language(
    cause: Callable[[], None], numbers: set[str], setting: set[str]
) -> None:
    with pytest.raises(Misuse) as error:
        cause()
    for language in LANGUAGES:
        sentence = explain(error.value, language)
        assert set(re.findall(r"\d+", sentence)) == numbers, "the number given and the number that would do"
        words = set(re.findall(r"[A-Za-z_]+", sentence))
        assert words >= setting if language == "en" else words == setting, sentence


def test_an_unknown_language_is_english() -> None:
    assert SCOPES[0]("tab", "xx") == SCOPES[0]("tab", "en")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("ja", "ja"),
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("fr-FR,fr;q=0.9,ja;q=0.7,en;q=0.3", "ja"),
        ("en;q=0.2,JA-jp;q=0.9", "ja"),
        ("ja;q=zero,ko", "ko"),
        (";;;,,,=", "en"),
        ("de", "en"),
    ],
)
def test_the_browsers_language_is_understood(header: str | None, language: str) -> None:
    assert preferred_language(header) == language


def test_every_drawing_on_the_page_has_its_file() -> None:
    files = [Path(file) for file, _ in drawing_items("en")]
    assert len(files) >= 8 and all(file.is_file() for file in files)
