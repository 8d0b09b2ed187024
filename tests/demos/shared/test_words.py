from __future__ import annotations

import string

import pytest

from demos.chimera import names
from demos.chimera.sketchpad import available_drawings
from demos.shared.words import ERRORS, LANGUAGES, PAGE, explain, preferred_language, say
from pipelines.common.errors import MESSAGES, StudioError


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_error_is_translated_with_the_same_values() -> None:
    assert ERRORS.keys() == MESSAGES.keys()
    for code, translations in ERRORS.items():
        assert all(placeholders(sentence) == placeholders(MESSAGES[code]) for sentence in translations), code


SAME = {"data_column_size", "live_digest"}  # a unit and a name


@pytest.mark.parametrize("table", [PAGE, names.DRAWINGS, names.PARTS])
def test_every_sentence_is_there_in_each_language(table: dict[str, tuple[str, str, str]]) -> None:
    for key, (english, japanese, korean) in table.items():
        assert english and japanese and korean and (key in SAME or len({english, japanese, korean}) == 3), key
        assert placeholders(english) == placeholders(japanese) == placeholders(korean), key
        assert not any("가" <= letter <= "힣" for letter in english + japanese), key
        assert not any("ぁ" <= letter <= "ヿ" for letter in english + korean), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_is_a_whole_sentence(language: str) -> None:
    error = StudioError("image_too_small", width=3, height=4, allowed=16)
    sentence = explain(error, language)
    assert all(number in sentence for number in ("3", "4", "16"))
    assert sentence.endswith((".", "。")) and sentence[0] == sentence[0].upper()


def test_an_unknown_language_is_english() -> None:
    assert say("paint", "xx") == say("paint", "en")


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
    assert available_drawings() == list(names.DRAWINGS) and len(names.DRAWINGS) >= 8
