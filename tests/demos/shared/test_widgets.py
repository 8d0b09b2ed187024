from __future__ import annotations

import errno
import math
from pathlib import Path

import gradio as gr
import pytest

from demos.shared import widgets
from demos.shared.widgets import MAX_SEED, SeedPress, Words, add_to_mine, chosen_seed, other_seed, save_picture
from demos.shared.words import Scope
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


def test_a_press_that_changes_no_seed_counts_too() -> None:
    """What follows the seed alone would do nothing, for instance where the last press was refused in a crowd."""
    assert other_seed(SeedPress(7.0, False, 3)) == {"seed": 7, "again": 4}
    assert other_seed(SeedPress(None, False, 3))["again"] == 3


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


@pytest.mark.parametrize(("typed", "taken"), [(None, 1.0), (25, 3.0), (-1, 0.0), (2.5, 2.5), (0, 0.0)])
def test_a_slider_bears_what_is_typed_for_a_moment(typed: float | None, taken: float) -> None:
    slider = widgets.Slider(0, 3, value=1, step=0.05)
    assert slider.preprocess(typed) == taken
    assert slider.get_block_name() == "slider", "by which the browser finds it"
    assert not Path(widgets.__file__).with_suffix(".pyi").exists(), "Gradio writes no stub file"


def test_a_number_out_of_bounds_is_said_in_our_words() -> None:
    field = widgets.seed_field(7, label="Seed")
    assert (field.preprocess(None), field.preprocess(7.0), field.get_block_name()) == (None, 7, "number")
    for wrong in (-5, MAX_SEED + 1, math.nan, math.inf, 10**400):
        with pytest.raises(Misuse, match=r"seed must be from 0 to 2147483647"):
            field.preprocess(wrong)


def test_a_full_disk_is_said_to_be_full() -> None:
    said = widgets.to_gradio_error(OSError(errno.ENOSPC, "No space left on device", "/tmp/x/large.png"), "en")
    assert "disk" in str(said) and "large.png" in str(said) and "/tmp" not in str(said)


def test_a_key_gives_label_help_and_id() -> None:
    scope = Scope("toy", {"big_cat": ("Cat", "猫", "고양이"), "big_cat_info": ("Soft", "柔らかい", "부드럽다")})
    words = Words(scope)
    radio = words.radio("big_cat", lambda language: [(language, "x")], "x")
    assert (radio.label, radio.info, radio.elem_id, radio.choices) == ("Cat", "Soft", "big-cat", [("en", "x")])
    button = words.add(gr.Button(elem_id="own"), "big_cat")
    assert (button.value, button.elem_id) == ("Cat", "own")
    ((_, sentences), _), ((_, functions),) = words.sentences(), words.functions()
    assert {name: make("ko") for name, make in sentences.items()} == {"label": "고양이", "info": "부드럽다"}
    assert functions["choices"]("ja") == [("ja", "x")]
