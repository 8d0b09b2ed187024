"""The Scattering tab: faces from noise, and what a code keeps of a picture."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demos.scattering import first, handlers
from demos.scattering.words import say
from demos.shared.requests import Panel
from demos.shared.sharing import share_button
from demos.shared.turns import Kind
from demos.shared.widgets import QUEUED, QUIET, Slider, Words, caption, other_seed, seed_field, seed_row, strip

AT_FIRST = handlers.Drawn()
CHOICES = say.choices(*((f"scat_model_{name}", name) for name in handlers.MODELS))
OPENED = handlers.MODELS[0]
FOLLOWS: dict[str, Any] = {"trigger_mode": "always_last", "show_progress": "hidden", **QUEUED}
PICTURE: dict[str, Any] = {"interactive": False, "format": "png", "buttons": []}
PLOT: dict[str, Any] = {"x": "x", "y": "y", "color": "line", "x_title": " ", "y_title": " ", "color_title": " "}
PLOT |= {"height": 280, "buttons": []}


def build(words: Words, language: gr.Radio) -> None:
    """Build the tab inside the current one.

    Args:
        words: where translated components are registered.
        language: the page's language switch, which handlers read.
    """
    words.add(gr.Markdown(elem_classes="intro"), value="scat_intro")
    with gr.Tabs():
        with words.add(gr.Tab(id="scat-new", elem_id="tab-scat-new"), "scat_new"):
            build_new(words, language)
        with words.add(gr.Tab(id="scat-restore", elem_id="tab-scat-restore"), "scat_restore"):
            build_restore(words, language)
        with words.add(gr.Tab(id="scat-morph", elem_id="tab-scat-morph"), "scat_morph"):
            build_morph(words, language)
        with words.add(gr.Tab(id="scat-steer", elem_id="tab-scat-steer"), "scat_steer"):
            build_steer(words, language)
        with words.add(gr.Tab(id="scat-why", elem_id="tab-scat-why"), "scat_why") as why:
            build_why(words, language, why)


def build_new(words: Words, language: gr.Radio) -> None:
    """Build the sheets of two models from the same noise."""
    with gr.Row(elem_classes="work", elem_id="scat-sheets"):
        sheets, models = {}, {}
        for side, model, place in (("left", AT_FIRST.left, "input"), ("right", AT_FIRST.right, "output")):
            with gr.Column(scale=1, min_width=300, elem_classes=place):
                looks = {
                    "show_label": False,
                    "elem_id": f"scat-{side}",
                    "elem_classes": ["scat-square", "scat-sheet"],
                    **PICTURE,
                }
                sheets[side] = gr.Image(first.path(model), **looks)
                models[f"{side}_model"] = words.radio("scat_model", CHOICES, model, elem_id=f"scat-{side}-model")
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            temperature = words.add(Slider(0.5, 1.3, value=AT_FIRST.temperature, step=0.05), "scat_temperature")
            seed, fresh = seed_row(words, "scat-", fresh=True)
        with gr.Column(scale=1, min_width=300):
            words.add(gr.Markdown(), value="scat_press")
            press = words.add(gr.Button(variant="primary", size="lg"), "scat_draw")
            with gr.Row():
                download = words.add(gr.DownloadButton(value=first.path(OPENED), min_width=120), "scat_download")
                share_button(words, language, download, elem_id="scat-share", min_width=90)
    with gr.Column(elem_id="scat-kept-box"):
        caption(words, "scat_kept")
        gallery = gr.Gallery(
            elem_id="scat-gallery", interactive=False, columns=6, show_label=False, buttons=["download", "fullscreen"]
        )
    words.remember(temperature, seed, fresh, *models.values())
    parts = {"language": language, "seed": seed, "fresh": fresh, "temperature": temperature, "download": download}
    parts |= {"drawn": gr.State(AT_FIRST), "kept": gr.State([]), "gallery": gallery, **sheets, **models}
    parts["again"] = again = gr.Number(0, visible=False)  # a state would be changed without a sign
    panel = Panel(parts)
    made = ("left", "right", "drawn", "download")
    # A press draws a seed, and a seed its faces, whoever has changed it.
    press.click(**panel.event(other_seed, "seed", "again", **QUIET))
    changes = [one.change for one in (seed, again, *models.values())]
    gr.on(changes, **panel.event(handlers.draw, *made, turns=Kind(), **QUEUED), show_progress_on=sheets["left"])
    temperature.change(**panel.event(handlers.draw, *made, turns=Kind(live=True), **FOLLOWS))
    for name, keep in (("left", handlers.keep_left), ("right", handlers.keep_right)):
        keeps = panel.event(keep, "kept", "gallery", turns=Kind(), show_progress="hidden", **QUEUED)
        sheets[name].select(**keeps, trigger_mode="multiple")


def build_restore(words: Words, language: gr.Radio) -> None:
    """Build what encodes a picture and decodes it."""
    with gr.Row(elem_classes="work"):
        with gr.Column(scale=1, min_width=300, elem_classes="input"):
            file = words.add(gr.File(type="binary", height=130), "scat_upload")
            shown = strip("scat-strip", columns=4, value=first.strip("en"))
        with gr.Column(scale=1, min_width=300, elem_classes="output"):
            looks: dict[str, Any] = {"type": "pil", "format": "png", "slider_position": 50, "show_label": False}
            pair = gr.ImageSlider(first.pair(), interactive=False, elem_id="scat-pair", buttons=[], **looks)
            words.add(gr.Markdown(elem_classes="caption"), value="scat_restored")
    restored = gr.State(first.restored())
    panel = Panel({"language": language, "picture": file, "pair": pair, "strip": shown, "restored": restored})
    outputs = ("pair", "strip", "restored")
    taken = file.upload(**panel.event(handlers.restore, *outputs, turns=Kind(), **QUEUED), show_progress_on=pair)
    taken.failure(**panel.event(handlers.refuse, "picture", show_progress="hidden", **QUEUED))
    shown.select(**panel.event(handlers.compare, "pair", show_progress="hidden", **QUEUED))
    language.change(**panel.event(handlers.caption_strip, "strip", **QUIET))


def build_morph(words: Words, language: gr.Radio) -> None:
    """Build the way from one face to another."""
    with gr.Row(elem_classes="work"):
        with gr.Column(scale=1, min_width=300, elem_classes="input"):
            caption(words, "scat_ends")
            with gr.Row():
                start, end = (
                    words.add(seed_field(value), f"scat_{name}") for value, name in ((7, "start"), (8, "end"))
                )
            with gr.Row():
                files = {
                    f"{name}_file": words.add(gr.File(type="binary", height=120, min_width=120), f"scat_{name}_file")
                    for name in ("start", "end")
                }
            model = words.radio("scat_model", CHOICES, OPENED)
            press = words.add(gr.Button(variant="primary", size="lg"), "scat_go")
        with gr.Column(scale=1, min_width=300, elem_classes="output"):
            animation = words.add(
                gr.Image(first.path("morph"), elem_classes=["scat-square", "motion"], **PICTURE), "scat_animation"
            )
    looks: dict[str, Any] = {"elem_classes": "film", **PICTURE, "buttons": ["download"]}
    film = words.add(gr.Image(first.path("film"), **looks), "scat_film")
    parts = {"language": language, "start": start, "end": end, "model": model, "animation": animation, "film": film}
    panel = Panel({**parts, **files})
    words.remember(start, end, model)
    shown = ("animation", "film")
    press.click(**panel.event(handlers.morph, *shown, turns=Kind(), **QUEUED), show_progress_on=animation)
    changes = [one.change for one in (start, end, model)]
    gr.on(changes, **panel.event(handlers.morph, *shown, turns=Kind(live=True), **FOLLOWS))


def build_steer(words: Words, language: gr.Radio) -> None:
    """Build sliders of the first components, and the face that follows them."""
    with gr.Row(elem_classes="work"):
        with gr.Column(scale=1, min_width=300, elem_classes="input"):
            caption(words, "scat_steer_caption")
            with gr.Row(elem_classes="form-grid", elem_id="scat-sliders"):
                sliders = {str(number): slider(words, number) for number in range(handlers.SLIDERS)}
            with gr.Row():
                base = words.add(seed_field(AT_FIRST.seed), "scat_base")
                zero = words.add(gr.Button(size="sm"), "scat_reset")
        with gr.Column(scale=1, min_width=300, elem_classes="output"):
            steered = words.add(gr.Image(first.path("steered"), elem_classes="scat-square", **PICTURE), "scat_steered")
            model = words.radio("scat_model", CHOICES, OPENED, elem_id="scat-steer-model")
            download = gr.DownloadButton(value=first.path("steered"), elem_id="scat-steer-download")
            words.add(download, "scat_download")
    parts = {"language": language, "sliders": sliders, "base": base, "model": model, "steered": steered}
    panel = Panel({**parts, "steered_download": download})
    words.remember(*sliders.values(), base, model)
    changes = [one.change for one in (*sliders.values(), base, model)]
    shown = ("steered", "steered_download")
    gr.on(changes, **panel.event(handlers.steer, *shown, turns=Kind(live=True), **FOLLOWS))
    zero.click(**panel.event(handlers.reset, "sliders", **QUIET))


def slider(words: Words, number: int) -> gr.Slider:
    """Return the slider of one component."""

    def named(language: str) -> str:
        return say("scat_component", language).format(number=number + 1)

    made = Slider(-3, 3, value=0, step=0.05, label=named("en"), elem_id=f"scat-component-{number + 1}")
    words.add(made, label=named)
    return made


def build_why(words: Words, language: gr.Radio, tab: gr.Tab) -> None:
    """Build the plots that show why sampling works; they come when the tab is opened."""
    text = gr.Markdown(elem_id="scat-why-text")
    model = words.radio("scat_model", CHOICES, OPENED, elem_id="scat-why-model")
    plots = {}
    with gr.Row():
        for name in ("spectrum", "quantiles", "norms"):
            with gr.Column(min_width=280):
                caption(words, f"scat_{name}")
                plots[name] = gr.LinePlot(**PLOT, elem_id=f"scat-{name}")
    panel = Panel({"language": language, "model": model, "why": text, **plots})
    explained = panel.event(handlers.explain, "why", *plots, show_progress="hidden", **QUEUED)
    gr.on([tab.select, model.change, language.change], **explained)
