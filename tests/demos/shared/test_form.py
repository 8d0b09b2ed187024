from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from demos.admin.train import grouped_form
from demos.shared import form
from demos.shared.setting_help import HELP
from pipelines import systems


def built(name: str, **values: Any) -> form.Form:
    with gr.Blocks():
        return grouped_form(systems.find(name).load_config(), values, "en")


def values_of(made: form.Form, **changed: Any) -> dict[str, Any]:
    """What the page would send: each component's value, through its own processing."""
    return {name: component.preprocess(component.value) for name, component in made.fields.items()} | changed


@pytest.mark.parametrize("name", systems.SYSTEMS)
def test_an_untouched_form_is_the_defaults(name: str) -> None:
    made = built(name)
    config, errors = made.read(values_of(made))
    assert errors == {} and config == systems.find(name).load_config().parse({})


@pytest.mark.parametrize("name", systems.SYSTEMS)
def test_every_preset_can_be_shown_and_read_back(name: str) -> None:
    system = systems.find(name)
    for preset, values in system.load_presets().items():
        made = built(name, **values)
        config, errors = made.read(values_of(made))
        assert errors == {} and config == systems.configure(system, preset, {})


def test_each_field_has_its_help_and_its_range() -> None:
    made = built("pix2pix")
    assert made.fields["steps"].info == "optimisation steps in all · 1 to 10000000"
    assert made.fields["levels"].info.endswith("3 to 8") and made.fields["ema_decay"].info.endswith("0 to less than 1")
    assert [value for _, value in made.fields["size"].choices] == [64, 128, 256]
    assert all(component.info for component in made.fields.values())


@pytest.mark.parametrize("name", systems.SYSTEMS)
@pytest.mark.parametrize("language", ["ja", "ko"])
def test_help_and_errors_are_said_in_the_language_of_the_page(name: str, language: str) -> None:
    model = systems.find(name).load_config()
    with gr.Blocks():
        made, english = (grouped_form(model, {}, chosen) for chosen in (language, "en"))
    for field, component in made.fields.items():
        assert component.info != english.fields[field].info, field
    _, errors = made.read(values_of(made, steps=0, seed="x", batch_size=10**9))
    _, in_english = english.read(values_of(made, steps=0, seed="x", batch_size=10**9))
    assert set(errors) == set(in_english) == {"steps", "seed", "batch_size"}
    assert all(errors[field] != sentence for field, sentence in in_english.items())
    assert "must be" not in " ".join(errors.values())


def test_no_help_is_translated_that_nobody_gives() -> None:
    models = [systems.find(name).load_config() for name in systems.SYSTEMS]
    assert set(HELP) == {field.description for model in models for field in model.model_fields.values()}


def test_an_error_stands_at_its_field_and_goes_when_it_is_mended() -> None:
    made = built("pix2pix")
    config, errors = made.read(values_of(made, steps=0, levels=99, l1_weight="much"))
    assert config is None and set(errors) == {"steps", "levels", "l1_weight"}
    shown = made.shown({}, errors)
    assert shown["steps"]["info"].startswith("⚠") and "at least 1" in shown["steps"]["info"]
    assert not shown["seed"]["info"].startswith("⚠") and "value" not in shown["steps"], "what was typed stays"
    assert not made.shown({}, {})["steps"]["info"].startswith("⚠")


@pytest.mark.parametrize(("given", "wanted"), [("", None), ("2.5", 2.5), ("0", 0.0)])
def test_an_optional_number_may_be_empty(given: str, wanted: float | None) -> None:
    made = built("pix2pix")
    config, errors = made.read(values_of(made, l1_weight=given))
    assert errors == {} and config is not None and config.model_dump()["l1_weight"] == wanted


def test_settings_survive_yaml() -> None:
    made = built("pix2pix", steps=77, l1_weight=None, trackers=["tensorboard"])
    config, _ = made.read(values_of(made))
    assert config is not None
    values, wrong = form.from_yaml(form.to_yaml(config.model_dump(mode="json")))
    assert wrong == "" and form.validated(made.model, values, "en")[0] == config


@pytest.mark.parametrize("text", ["steps: [1", "- a list", "just words", "a: b: c", "!!python/object:os.system {}"])
def test_bad_yaml_is_a_sentence(text: str) -> None:
    values, wrong = form.from_yaml(text)
    assert values == {} and wrong
