"""The Chimera tab: lines in, animals that never were out."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demos.chimera import builder, handlers, sketchpad
from demos.chimera.words import say
from demos.shared.requests import Panel
from demos.shared.theme import TAKE_PEN
from demos.shared.widgets import (
    MODELS,
    PRIVATE,
    QUEUED,
    QUIET,
    Slider,
    Words,
    cancel_button,
    caption,
    seed_field,
    seed_row,
    strip,
)

MAX_VARIANTS = 4
KINDS = say.choices(("kind_auto", "auto"), ("kind_drawing", "drawing"), ("kind_photo", "photo"))
DETECTORS = say.choices(("detector_auto", "auto"), ("detector_learned", "learned"), ("detector_canny", "canny"))
BESIDE = say.choices(("beside_lines", "lines"), ("beside_kept", "kept"))
LOOKS = say.choices(("look_natural", "natural"), ("look_wild", "wild"), ("look_own", "own"))
SECONDS = say.choices(("second_none", "none"), ("second_seed", "seed"), ("second_photo", "photo"))
GROUNDS = say.choices(*((f"ground_{ground}", ground) for ground in handlers.GROUNDS))
GENERATORS = say.choices(("generator_chimera", "chimera"), ("generator_pix2pix", "pix2pix"))


REDRAW = (
    "pad built uploaded origin kind detector weights look ground second variant seed sensitivity ink fur other_fur "
)
REDRAW += "behind place color"  # what the picture follows at every change


def build(words: Words, language: gr.Radio) -> None:
    """Build the tab inside the current one.

    Args:
        words: where translated components are registered.
        language: the page's language switch, which handlers read.
    """
    words.add(gr.Markdown(elem_classes="intro"), value="chimera_intro")
    parts: dict[str, Any] = {"language": language, "mine": gr.State([]), "shown": gr.State(handlers.Shown())}
    parts |= {"variant": gr.State(0), "place": gr.State((0.5, 0.5)), "built": gr.State(None)}
    parts |= {name: gr.State(None) for name in ("uploaded", "fur", "other_fur", "behind")}
    parts["origin"] = gr.State("draw")
    with gr.Row():
        with gr.Column(scale=1, min_width=320):
            parts |= build_input(words, language, parts)
            with gr.Row():
                paint = words.add(gr.Button(variant="primary", size="lg", scale=3), "paint")
                cancel = cancel_button(words)
        with gr.Column(scale=1, min_width=320):
            slider = words.add(
                gr.ImageSlider(type="pil", format="png", interactive=False, height=440, buttons=[]), "result"
            )
            with gr.Row(elem_id="compare"):
                keep_this = words.add(gr.Button(size="sm", min_width=120), "keep_this")
                beside = words.radio("beside", BESIDE, "lines", container=False)
            caption(words, "variants")
            variants = strip("variants", columns=4)
            download = words.add(gr.DownloadButton(interactive=False, elem_id="download"), "download_cutout")
    with gr.Row():
        with gr.Column(scale=1, min_width=320):
            parts["seed"], parts["fresh"] = seed_row(words)
            parts |= build_furs(words, language, parts)
        with gr.Column(scale=1, min_width=320):
            parts |= build_options(words, language, parts)
    caption(words, "mine")
    saved = ["download", "fullscreen"]
    gallery = gr.Gallery(columns=6, height="auto", elem_id="mine", interactive=False, show_label=False, buttons=saved)
    parts |= {"paint": paint, "slider": slider, "beside": beside, "variants": variants, "download": download}
    panel = Panel({**parts, "gallery": gallery})

    one_at_a_time: dict[str, Any] = {"concurrency_id": MODELS, "concurrency_limit": 1, **PRIVATE}
    heard: dict[str, Any] = {"show_progress": "hidden", **QUEUED}
    shown = ("edges", "taken", "slider", "download", "shown")
    gr.on(
        [*(parts[name].change for name in REDRAW.split()), parts["live"].input]
        + [parts[name].release for name in ("share", "reach")]
        + [parts[name].submit for name in ("toward", "other_seed")],
        **panel.event(handlers.follow, *shown, **one_at_a_time),
        trigger_mode="always_last",  # strokes that come while a picture is made wait as one: the last
        show_progress="hidden",
    )
    pressed = paint.click(**panel.event(handlers.begin, "seed", "paint", **QUIET)).then(
        **panel.event(handlers.make_variants, *shown, "variants", "gallery", "mine", **one_at_a_time),
        show_progress_on=slider,
    )
    pressed.then(handlers.ready, outputs=paint, **QUIET)
    cancel.click(handlers.ready, outputs=paint, cancels=[pressed], **QUIET)
    # Only what goes through the queue can say what is wrong, and make a state's change heard.
    variants.select(**panel.event(handlers.choose_variant, "slider", "download", "shown", "variant", **heard))
    parts["edges"].select(**panel.event(handlers.choose_place, "place", **heard))
    keep_this.click(**panel.event(handlers.lay_aside, "slider", "beside", "shown", **heard))
    beside.input(**panel.event(handlers.compare, "slider", "shown", **QUIET))
    parts["creature"].input(**panel.event(builder.build_creature, "built", trigger_mode="always_last", **heard))
    drawn = [
        parts["drawings"].select(sketchpad.start_from, outputs=parts["pad"], **QUIET),
        parts["trace"].upload(**panel.event(sketchpad.lay_under, "pad", **heard)),
        parts["untrace"].click(sketchpad.take_away, parts["pad"], parts["pad"], **QUIET),
        parts["to_pad"].click(**panel.event(handlers.draw_on, "pad", "ways", "origin", **heard)),
    ]
    for event in drawn:
        event.then(None, js=TAKE_PEN, **PRIVATE)


def build_input(words: Words, language: gr.Radio, states: dict[str, Any]) -> dict[str, Any]:
    """Build the three ways to an edge map: draw, build, use a picture; return their components."""
    with gr.Tabs() as ways:
        with words.add(gr.Tab(id="draw", elem_id="tab-draw"), "draw") as draw_tab:
            pad = words.add(sketchpad.sketchpad(), "pad")
            with gr.Row(elem_id="trace-box"):
                trace = words.add(gr.UploadButton(type="binary", size="sm", file_types=["image"]), "trace")
                untrace = words.add(gr.Button(size="sm"), "untrace")
            caption(words, "start_from")
            items = sketchpad.drawing_items
            drawings = words.add(strip("drawings", columns=10, value=items("en")), value=items)
        with words.add(gr.Tab(id="build", elem_id="tab-build"), "build") as build_tab:
            creature = words.add(builder.create(), kit=builder.kit)
            to_pad = words.add(gr.Button(size="sm", elem_id="to-pad"), "builder_to_pad")
        with words.add(gr.Tab(id="picture", elem_id="tab-picture"), "picture") as picture_tab:
            file = words.add(gr.File(type="binary", height=120), "upload")
            sensitivity = words.add(Slider(0, 1, value=0.5, step=0.05), "sensitivity")
            preview = words.add(gr.Image(interactive=False, buttons=[], height=300), label="uploaded")
            kind = words.radio("kind", KINDS, "auto")
            detector = words.radio("detector", DETECTORS, "auto")
    live = words.add(gr.Checkbox(True, container=False), "live")
    for tab, name in ((draw_tab, "draw"), (build_tab, "build"), (picture_tab, "picture")):
        tab.select(lambda name=name: name, outputs=states["origin"], show_progress="hidden", **QUEUED)
    take_picture(file, language, states["uploaded"], preview)
    made = {"ways": ways, "pad": pad, "trace": trace, "untrace": untrace, "drawings": drawings}
    made |= {"creature": creature, "to_pad": to_pad}
    return {**made, "sensitivity": sensitivity, "kind": kind, "detector": detector, "live": live}


def take_picture(file: gr.File, language: gr.Radio, photo: gr.State, preview: gr.Image | None = None) -> None:
    """Keep what is uploaded, decoded, in a state, and show it where there is a place to."""
    taken = handlers.take_photo if preview is None else handlers.take_upload
    outputs = {"photo": photo} if preview is None else {"photo": photo, "preview": preview}
    panel = Panel({"file": file, "language": language, **outputs})
    file.upload(**panel.event(taken, *outputs, show_progress="minimal", **PRIVATE))
    file.clear(lambda: dict.fromkeys(outputs.values()), outputs=[*outputs.values()], queue=False, **PRIVATE)


def build_furs(words: Words, language: gr.Radio, states: dict[str, Any]) -> dict[str, Any]:
    """Build what says where the furs come from."""
    with words.add(gr.Accordion(open=False), "furs"):
        look = words.radio("look", LOOKS, "natural")
        file = words.add(gr.File(type="binary", height=130), "fur")
        with gr.Row():
            toward = words.add(seed_field(8), "toward")
            share = words.add(Slider(0, 1, value=0, step=0.05, scale=2), "share")
        second = words.radio("second", SECONDS, "none")
        with gr.Row():
            other_seed = words.add(seed_field(9), "other_seed")
            reach = words.add(Slider(0.05, 1, value=0.3, step=0.05, scale=2), "reach")
        other_file = words.add(gr.File(type="binary", height=130), "other_fur")
    take_picture(file, language, states["fur"])
    take_picture(other_file, language, states["other_fur"])
    made = {"look": look, "toward": toward, "share": share, "second": second}
    return {**made, "other_seed": other_seed, "reach": reach}


def build_options(words: Words, language: gr.Radio, states: dict[str, Any]) -> dict[str, Any]:
    """Build the edge map that is used, what lies behind the animal, and the rest."""
    edges = words.add(gr.Image(interactive=False, height=240, buttons=[], format="png"), "edges")
    taken = gr.Markdown(elem_id="taken")
    with words.add(gr.Accordion(open=False), "options"):
        ground = words.radio("ground", GROUNDS, "white")
        with gr.Row():
            color = words.add(gr.ColorPicker("#88aaff", elem_id="background"), "plain_color")
            file = words.add(gr.File(type="binary", height=130), "behind")
        ink = words.add(Slider(0, 1, value=0.25, step=0.05), "ink")
        count = words.add(Slider(1, MAX_VARIANTS, MAX_VARIANTS, step=1), "count")
        weights = words.radio("weights", GENERATORS, "chimera")
        keep = words.add(gr.Checkbox(True, elem_id="keep"), "keep_provenance")
    take_picture(file, language, states["behind"])
    made = {"edges": edges, "taken": taken, "ground": ground, "color": color, "ink": ink}
    return {**made, "count": count, "weights": weights, "keep": keep}
