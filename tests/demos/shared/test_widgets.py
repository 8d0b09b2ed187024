from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest

from demos.shared import widgets
from demos.shared.errors import explain
from demos.shared.widgets import MAX_SEED, add_to_mine, chosen_seed, report_errors, save_picture
from demos.shared.words import LANGUAGES
from pipelines.common import provenance
from pipelines.common.errors import Misuse
from pipelines.common.provenance import Provenance
from tests.tools import noisy_picture


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_an_empty_seed_or_a_wish_for_a_fresh_one_draws_one() -> None:
    assert chosen_seed(7.0, False) == 7 and chosen_seed(0, False) == 0
    drawn = {chosen_seed(None, False) for _ in range(8)} | {chosen_seed(7, True) for _ in range(8)}
    assert len(drawn) > 8 and all(0 <= seed <= MAX_SEED for seed in drawn)


def test_new_pictures_come_first_once_and_old_ones_leave() -> None:
    assert add_to_mine(["a", "b"], ["c"]) == ["c", "a", "b"]
    assert add_to_mine(["a", "b"], ["b"]) == ["b", "a"]
    assert len(add_to_mine([str(number) for number in range(100)], ["x"])) == widgets.KEPT


def test_a_saved_picture_lies_in_the_cache_with_its_provenance(cache: Path) -> None:
    made = Provenance("chimera", "chimera", "ab", 7, 0)
    path = Path(save_picture(noisy_picture(1), "chimera-7-0.png", made))
    assert path.is_relative_to(cache) and path.name == "chimera-7-0.png"
    assert provenance.read(path) == made
    with pytest.raises(Misuse):
        provenance.read(Path(save_picture(noisy_picture(1), "plain.png", None)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_is_told_in_the_visitors_language(language: str) -> None:
    @report_errors
    def handler(number: int, language: str) -> int:
        raise Misuse("drawing_empty")

    @report_errors
    def generator(number: int, language: str) -> Iterator[int]:
        yield number
        raise Misuse("drawing_empty")

    with pytest.raises(gr.Error) as error:
        handler(1, language)
    assert error.value.message == explain(Misuse("drawing_empty"), language)
    made = generator(1, language)
    assert next(made) == 1
    with pytest.raises(gr.Error) as error:
        next(made)
    assert error.value.message == explain(Misuse("drawing_empty"), language)


def test_what_nobody_expected_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    @report_errors
    def handler(language: str) -> None:
        raise RuntimeError("/secret/path")

    with pytest.raises(gr.Error) as error:
        handler("en")
    assert "secret" not in str(error.value.message) and "/secret/path" in caplog.text


@pytest.mark.parametrize(("typed", "taken"), [(None, 1.0), (25, 3.0), (-1, 0.0), (2.5, 2.5), (0, 0.0)])
def test_a_slider_bears_what_is_typed_for_a_moment(typed: float | None, taken: float) -> None:
    assert gr.Slider(0, 3, value=1, step=0.05).preprocess(typed) == taken


def test_a_full_disk_is_said_to_be_full() -> None:
    said = widgets.to_gradio_error(OSError(errno.ENOSPC, "No space left on device", "/tmp/x/large.png"), "en")
    assert "disk" in str(said) and "large.png" in str(said) and "/tmp" not in str(said)
