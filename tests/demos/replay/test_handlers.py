from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from demos.replay import first, handlers, kept_sources, models, tab
from demos.replay.words import say
from demos.shared.data_urls import PNG
from demos.shared.keeping import Pressed
from demos.shared.words import LANGUAGES
from pipelines.common import provenance
from pipelines.common.errors import Misuse
from pipelines.stylemini.captions import PHRASES
from pipelines.stylemini.pipeline import StyleMiniPipeline
from pipelines.weights import hub
from tests.pipelines.diffusion.folders import write_model
from tests.tools import noisy_picture

REAL = models.stylemini


def press(pictures: list[str], **changed: Any) -> handlers.Press:
    given = {"styles": ["oil painting style", "mosaic style"], "own": "", "strength": 1.0, "guidance": 2.0}
    given |= {"keeping": 1.0, "steps": 6, "negative": "", "seed": 3, "fresh": False, "language": "en"}
    return handlers.Press(sources=pictures, **{**given, **changed})


def select(*index: int) -> Any:
    return SimpleNamespace(index=list(index))


def test_a_grid_fills_style_by_style(pictures: list[str], pipe: StyleMiniPipeline) -> None:
    answers = list(handlers.draw(press(pictures, own="  a red   cat \n\n")))
    begun, *going, last = answers
    assert begun["sheet"].size == (256, 5 * 128) and begun["seed"] == 3 and "a red cat" in begun["labels"]
    assert len(going) == 8 and [answer["sheet"].size for answer in going] == [(256, 5 * 128)] * 8, "every second step"
    bottom = [answer["sheet"].crop((0, 512, 256, 640)).getextrema() for answer in going]
    assert bottom[0] == ((255, 255),) * 3 and bottom[-1] != ((255, 255),) * 3
    assert "%" in going[0]["said"] and last["said"].startswith("6 pictures in ")
    assert last["drawn"].prompts == ("oil painting style", "mosaic style", "a red cat")
    read = provenance.read(Path(last["drawn"].files[1][1]))
    assert (read.seed, read.index, read.arguments["prompt"]) == (3, 1, "mosaic style")
    with Image.open(last["drawn"].files[1][1]) as shown, Image.open(pictures[1]) as picture:
        alone = pipe(pipe.seen(picture), seed=3, first=1, prompt="mosaic style", steps=6)
        assert alone.provenance[0].input_sha256 == read.input_sha256
        assert shown.size == alone.images[0].size
    with Image.open(last["sheet"]) as sheet:
        assert sheet.size == (256, 5 * 128)
    of_sheet = provenance.read(Path(last["sheet"]))
    assert of_sheet.arguments["prompt"] == list(last["drawn"].prompts)
    assert {**of_sheet.arguments, "prompt": "mosaic style"} == read.arguments, "every argument, set or not"
    assert of_sheet.other_inputs["picture 1"] == read.input_sha256 and len(of_sheet.other_inputs) == 2


def test_there_is_a_file_as_soon_as_there_is_a_row_and_never_an_older_one(pictures: list[str]) -> None:
    answers = list(handlers.draw(press(pictures)))
    buttons = [answer["download"] for answer in answers if "download" in answer]
    assert not buttons[0].interactive and "download" not in answers[1]
    assert all(button.interactive and Path(button.value["path"]).exists() for button in buttons[1:])
    assert provenance.read(Path(buttons[1].value["path"])).arguments["prompt"] == ["oil painting style"]


def test_rows_are_named_once_so_that_another_language_stays(pictures: list[str]) -> None:
    first_answer, *others = handlers.draw(press(pictures))
    assert "labels" in first_answer and not any("labels" in answer for answer in others)
    assert first_answer["drawn"].prompts == others[-1]["drawn"].prompts, "which is what they are named by"


def test_the_same_press_gives_the_same_bytes_and_other_words_others(pictures: list[str]) -> None:
    def files(**changed: Any) -> list[bytes]:
        *_, last = handlers.draw(press(pictures, **changed))
        return [Path(path).read_bytes() for row in last["drawn"].files for path in row]

    one = files()
    assert one == files() and set(one).isdisjoint(files(styles=["a red cat"])) and one != files(strength=0.5)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"styles": []}, "choose a style"),
        ({"sources": []}, "choose a picture"),
        ({"own": "a\nb\nc\nd\ne"}, "too many"),
        ({"own": "cat " * 60}, "too long"),
        ({"own": "photograph " * 29}, "too long"),
        ({"strength": 0.01}, "strength"),
        ({"steps": 1000}, "steps"),
    ],
)
def test_what_cannot_be_drawn_gets_a_sentence(pictures: list[str], changed: dict[str, Any], said: str) -> None:
    given = {"pictures": pictures, **changed}
    with pytest.raises(Misuse, match=said):
        next(handlers.draw(press(given.pop("sources", given.pop("pictures")), **given)))  # before the sheet goes


def test_rows_are_named_in_each_language_and_nothing_is_markup() -> None:
    drawn = handlers.Drawn((), ("stained glass style", "<b>cat</b>"))
    named = {language: handlers.relabel(drawn, language)["labels"] for language in LANGUAGES}
    assert "stained glass" in named["en"] and "ステンドグラス" in named["ja"] and "스테인드글라스" in named["ko"]
    assert all("<b>" not in one and "&lt;b&gt;cat" in one for one in named.values())


def test_words_it_does_not_know_are_named(pictures: list[str]) -> None:
    assert "kandinsky" in handlers.check_words(handlers.Texts("a Kandinsky of a cat", "", "en"))["unknown"]
    assert handlers.check_words(handlers.Texts("oil painting of a cat", "red", "ko"))["unknown"] == ""
    begun, *_ = handlers.draw(press(pictures, own="a wombat", negative="a blurry quokka"))
    assert "wombat" in begun["unknown"] and "quokka" in begun["unknown"]
    unknown = handlers.check_words(handlers.Texts("a Kandinsky", "", "ko"))["unknown"]
    assert "kandinsky" in unknown and "배우지" in unknown
    assert "quokka" in handlers.check_words(handlers.Texts("a cat", "a blurry quokka", "en"))["unknown"]


@pytest.mark.parametrize("field", ["own", "negative"])
@pytest.mark.parametrize(("text", "words"), [("red " * 60, "red"), ("photograph " * 20, "photograph")])
def test_a_text_that_is_too_long_gets_a_sentence_before_anybody_draws(field: str, text: str, words: str) -> None:
    given = {"own": "", "negative": "", field: text}
    said = {language: handlers.check_words(handlers.Texts(**given, language=language)) for language in LANGUAGES}
    assert said["en"]["unknown"].startswith("⚠ The text is too long") and words not in said["en"]["unknown"]
    assert len({one["unknown"] for one in said.values()}) == len(LANGUAGES), "and stays in another language"


def test_a_press_that_is_taken_back_before_a_row_is_there_leaves_the_sheet(pictures: list[str]) -> None:
    *_, last = handlers.draw(press(pictures))
    begun = next(handlers.draw(press(pictures, seed=2)))
    back = handlers.stop(begun["drawn"], last["latest"], "en")
    assert back["sheet"] == last["sheet"] and back["drawn"] == last["drawn"] and back["labels"] == begun["labels"]
    assert Path(back["download"].value["path"]).read_bytes() == Path(last["sheet"]).read_bytes()
    assert handlers.stop(last["drawn"], last["latest"], "en") == {"said": ""}, "what is done stays"


def test_rows_of_a_press_that_is_taken_back_stay_and_can_be_downloaded(pictures: list[str]) -> None:
    *_, whole = handlers.draw(press(pictures))
    answers = handlers.draw(press(pictures, seed=2))
    cut = next(one for one in answers if one["drawn"].files)
    assert len(cut["drawn"].files) == 1 and handlers.stop(cut["drawn"], cut["latest"], "en") == {"said": ""}
    file = Path(cut["download"].value["path"])
    assert provenance.read(file).seed == 2 and file.read_bytes() == Path(cut["drawn"].sheet).read_bytes()
    begun = next(handlers.draw(press(pictures, seed=3)))
    back = handlers.stop(begun["drawn"], cut["latest"], "ja")
    assert back["sheet"] == str(file) != whole["sheet"] and back["drawn"] == cut["drawn"] == back["latest"]
    assert "油絵" in back["labels"]


def test_it_says_how_long_one_picture_and_several_took(pictures: list[str]) -> None:
    *_, last = handlers.draw(press(pictures[:1], styles=["mosaic style"]))
    assert last["said"].startswith("One picture in ")
    assert handlers.say_took(2, 4.62, "en") == "2 pictures in 4.6 s"


def test_a_picture_that_is_pressed_is_kept(pictures: list[str]) -> None:
    *_, last = handlers.draw(press(pictures))
    kept = handlers.keep(Pressed(last["drawn"], [], "en"), select(130, 3 * 128 + 5))["kept"]
    assert kept == [last["drawn"].files[1][1]]
    assert handlers.keep(Pressed(last["drawn"], [], "en"), select(5, 130)) == {}, "what it was drawn from is no drawing"
    for place in ((300, 400), (5, 128 * 9)):
        with pytest.raises(Misuse):
            handlers.keep(Pressed(last["drawn"], [], "en"), select(*place))


def test_every_style_the_page_offers_is_what_the_model_was_taught() -> None:
    assert {*handlers.STYLES.values()} == {phrases[0] for phrases in PHRASES.values()}
    assert {f"style_{key}" for key in handlers.STYLES} <= set(say.sentences)


def test_the_tab_waits_for_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    monkeypatch.setattr(tab.hub, "BUNDLED", tmp_path)
    assert not tab.ready()
    (tmp_path / "stylemini" / "unet").mkdir(parents=True)
    (tmp_path / "stylemini" / "unet" / "weights.safetensors").write_bytes(b"")
    assert tab.ready() == first.FOLDER.is_dir()


def test_a_large_model_draws_where_it_can_be_had(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pictures: list[str]
) -> None:
    large = write_model(tmp_path / "large", sees_source=False)
    monkeypatch.setattr(models, "stylemini", REAL)
    monkeypatch.setenv("STUDIO_REPLAY_MODEL", str(large))
    models.wait_for_large()
    assert models.stylemini().weights == "large" and not models.is_substitute()
    begun, *_, last = handlers.draw(press(pictures, strength=0.6))
    assert begun["unknown"] == "" and len(last["drawn"].files) == 2


def test_pictures_of_a_model_of_the_hub_say_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pictures: list[str]
) -> None:
    snapshot = write_model(tmp_path / "snapshots" / "4c0a7f", sees_source=False)
    monkeypatch.setattr(models, "stylemini", REAL)
    monkeypatch.setenv("STUDIO_REPLAY_MODEL", "somebody/large")
    monkeypatch.setattr(hub, "fetch", lambda name: snapshot)
    models.wait_for_large()
    *_, last = handlers.draw(press(pictures[:1], strength=0.6))
    assert provenance.read(Path(last["sheet"])).weights == "somebody/large"


def test_the_small_model_draws_where_the_large_one_cannot_be_had(
    monkeypatch: pytest.MonkeyPatch, pictures: list[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("STUDIO_REPLAY_MODEL", str(tmp_path / "nothing"))
    models.wait_for_large()
    assert models.is_substitute()
    begun, *_ = handlers.draw(press(pictures))
    assert say("rep_instead", "en") in begun["unknown"] and str(tmp_path) not in begun["unknown"]


def data_url(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return PNG + base64.b64encode(buffer.getvalue()).decode()


def test_pictures_that_the_browser_kept_are_taken_up() -> None:
    kept = [noisy_picture(number, 32, 32).convert("RGB") for number in range(3)]
    answer = kept_sources.take_again(json.dumps([data_url(one) for one in kept]))
    taken = [Image.open(path) for path in answer["sources"]]
    assert [one.tobytes() for one in taken] == [one.tobytes() for one in kept]
    assert [path for path, _ in answer["strip"]] == answer["sources"]
    some = kept_sources.take_again(json.dumps(["coffee.png", data_url(kept[0])]))["sources"]
    assert len(some) == 2 and some[0] == first.sources()[1] != some[1], "ours are ours still"


@pytest.mark.parametrize(
    "kept", ["", "nonsense", "[]", "{}", '"a"', "[1]", '["data:text/html;base64,PGI+"]', "[" * 9999]
)
def test_what_are_no_pictures_is_forgotten(kept: str) -> None:
    assert kept_sources.take_again(kept) == {}


def test_more_pictures_than_are_drawn_are_not_even_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_sources, "read_url", lambda *given: pytest.fail("it was decoded"))
    small = data_url(noisy_picture(1, 8, 8))
    assert kept_sources.take_again(json.dumps([small] * 5)) == {}
    assert kept_sources.take_again(json.dumps([small + " " * kept_sources.LONGEST])) == {}
