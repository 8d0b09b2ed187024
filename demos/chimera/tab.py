"""The Chimera tab: lines in, animals that never were out."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demos.chimera import builder, handlers, sketchpad
from demos.chimera.words import say
from demos.shared.requests import Panel
from demos.shared.turns import Kind
from demos.shared.widgets import (
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
LIVE, PRESS = Kind(live=True, said="taken"), Kind(count="count")
HEARD: dict[str, Any] = {"show_progress": "hidden", **QUEUED}
KINDS = say.choices(("kind_auto", "auto"), ("kind_drawing", "drawing"), ("kind_photo", "photo"))
DETECTORS = say.choices(("detector_auto", "auto"), ("detector_learned", "learned"), ("detector_canny", "canny"))
BESIDE = say.choices(("beside_lines", "lines"), ("beside_kept", "kept"))
LOOKS = say.choices(("look_auto", "auto"), ("look_natural", "natural"), ("look_wild", "wild"), ("look_own", "own"))
SECONDS = say.choices(("second_none", "none"), ("second_seed", "seed"), ("second_photo", "photo"))
GROUNDS = say.choices(*((f"ground_{ground}", ground) for ground in handlers.GROUNDS))
GENERATORS = say.choices(("generator_chimera", "chimera"), ("generator_pix2pix", "pix2pix"))

# What the picture follows at every change.
REDRAW = (
    *("drawing", "built", "uploaded", "origin", "kind", "detector", "weights", "look", "ground", "second", "variant"),
    *("seed", "sensitivity", "ink", "detail", "fur", "other_fur", "behind", "place", "color"),
)


def build(words: Words, language: gr.Radio) -> None:
    """Build the tab inside the current one.

    Args:
        words: where translated components are registered.
        language: the page's language switch, which handlers read.
    """
    words.add(gr.Markdown(elem_classes="intro"), value="chimera_intro")
    states: dict[str, Any] = {"shown": gr.State(handlers.Shown()), "variant": gr.State(0), "origin": gr.State("draw")}
    states |= {"place": gr.State((0.5, 0.5)), "mine": gr.State([])}
    states |= {name: gr.State(None) for name in ("drawing", "built", "uploaded", "fur", "other_fur", "behind")}
    with gr.Row():
        with gr.Column(scale=1, min_width=320):
            build_input(words, language, states)
            with gr.Row():
                paint = words.add(gr.Button(variant="primary", size="lg", scale=3), "paint")
                cancel = cancel_button(words)
        with gr.Column(scale=1, min_width=320):
            words.add(gr.ImageSlider(type="pil", format="png", interactive=False, height=440, buttons=[]), "result")
            with gr.Row(elem_id="compare"):
                words.add(gr.Button(size="sm", min_width=120), "keep_this")
                words.radio("beside", BESIDE, "lines", container=False)
            caption(words, "variants")
            variants = strip("variants", columns=4)
            words.add(gr.DownloadButton(interactive=False, elem_id="download"), "download_cutout")
    with gr.Row():
        with gr.Column(scale=1, min_width=320):
            seed, fresh = seed_row(words)
            build_furs(words, language, states)
        with gr.Column(scale=1, min_width=320):
            edges = words.add(gr.Image(interactive=False, height=240, buttons=[], format="png"), "edges")
            taken = gr.Markdown(elem_id="taken")
            build_options(words, language, states)
    caption(words, "mine")
    saved = ["download", "fullscreen"]
    gallery = gr.Gallery(columns=6, height="auto", elem_id="mine", interactive=False, show_label=False, buttons=saved)
    parts = {**words.parts, **states, "language": language, "color": words.parts["background"]}
    parts |= {"seed": seed, "fresh": fresh, "taken": taken, "variants": variants, "gallery": gallery}
    panel = Panel(parts)

    shown = ("edges", "taken", "result", "download", "shown")
    gr.on(
        [parts["live"].input]
        + [parts[name].change for name in REDRAW]
        + [parts[name].release for name in ("share", "reach")]
        + [parts[name].submit for name in ("toward", "other_seed")],
        **panel.event(handlers.follow, *shown, turns=LIVE, **QUEUED),
        trigger_mode="always_last",  # strokes that come while a picture is made wait as one: the last
        show_progress="hidden",
    )
    # A stroke that ends just before the press is painted, too: it is taken first.
    taken_first = paint.click(None, parts["pad"], parts["sent"], js=sketchpad.SEND, **PRIVATE).then(
        **panel.event(sketchpad.take_drawing, "drawing", **QUIET)
    )
    pressed = taken_first.then(**panel.event(handlers.begin, "seed", "paint", **QUIET)).then(
        **panel.event(handlers.make_variants, *shown, "variants", "gallery", "mine", turns=PRESS, **QUEUED),
        show_progress_on=parts["result"],
    )
    pressed.then(handlers.ready, outputs=paint, **QUIET)
    cancel.click(handlers.ready, outputs=paint, cancels=[pressed], **QUIET)
    # Only what goes through the queue can say what is wrong, and make a state's change heard.
    variants.select(**panel.event(handlers.choose_variant, "result", "download", "shown", "variant", **HEARD))
    edges.select(**panel.event(handlers.choose_place, "place", **HEARD))
    parts["keep_this"].click(**panel.event(handlers.lay_aside, "result", "beside", "shown", **HEARD))
    parts["beside"].input(**panel.event(handlers.compare, "result", "shown", **QUIET))
    parts["builder"].input(**panel.event(builder.build_creature, "built", trigger_mode="always_last", **HEARD))
    parts["sent"].change(**panel.event(sketchpad.take_drawing, "drawing", trigger_mode="always_last", **HEARD))
    laid = [
        parts["drawings"].select(**panel.event(sketchpad.start_from, "laid", **QUIET)),
        parts["trace"].upload(**panel.event(sketchpad.lay_under, "laid", **HEARD)),
        parts["untrace"].click(**panel.event(sketchpad.take_away, "laid", **QUIET)),
        parts["to_pad"].click(**panel.event(handlers.draw_on, "laid", **HEARD)),
    ]
    for event in laid:
        event.success(None, parts["laid"], parts["pad"], js=sketchpad.LAY, **PRIVATE)


def build_input(words: Words, language: gr.Radio, states: dict[str, Any]) -> None:
    """Build the three ways to an edge map: draw, build, use a picture."""
    with gr.Tabs():
        with way("draw", words, states):
            pad = words.add(sketchpad.sketchpad(), "pad")
            states["sent"], states["laid"] = sketchpad.hidden_copies(pad)
            with gr.Row(elem_id="trace-box"):
                words.add(gr.UploadButton(type="binary", size="sm", file_types=["image"]), "trace")
                words.add(gr.Button(size="sm"), "untrace")
            caption(words, "start_from")
            items = sketchpad.drawing_items
            words.add(strip("drawings", columns=10, value=items("en")), value=items)
        with way("build", words, states):
            words.add(builder.create(), kit=builder.kit)
            words.add(gr.Button(size="sm", elem_id="to-pad"), "builder_to_pad")
        with way("picture", words, states):
            file = words.add(gr.File(type="binary", height=120), "upload")
            words.add(Slider(0, 1, value=0.5, step=0.05), "sensitivity")
            preview = words.add(gr.Image(interactive=False, buttons=[], height=300), label="uploaded")
            take_picture(file, language, states["uploaded"], preview)
            words.radio("kind", KINDS, "auto")
            words.radio("detector", DETECTORS, "auto")
    words.add(gr.Checkbox(True, container=False), "live")


def way(name: str, words: Words, states: dict[str, Any]) -> gr.Tab:
    """Return one of the ways' tabs; what is in front is what is made."""
    tab = words.add(gr.Tab(id=name, elem_id=f"tab-{name}"), name)
    tab.select(lambda: name, outputs=states["origin"], **HEARD)
    return tab


def take_picture(file: gr.File, language: gr.Radio, photo: gr.State, preview: gr.Image | None = None) -> None:
    """Keep what is uploaded, decoded, in a state, and show it where there is a place to."""
    taken = handlers.take_photo if preview is None else handlers.take_upload
    outputs = {"photo": photo} if preview is None else {"photo": photo, "preview": preview}
    panel = Panel({"file": file, "language": language, **outputs})
    file.upload(**panel.event(taken, *outputs, show_progress="minimal", **PRIVATE))
    file.clear(**panel.event(lambda: dict.fromkeys(outputs), *outputs, queue=False, **PRIVATE))


def build_furs(words: Words, language: gr.Radio, states: dict[str, Any]) -> None:
    """Build what says where the furs come from."""
    with words.add(gr.Accordion(open=False), "furs"):
        words.radio("look", LOOKS, "auto")
        take_picture(words.add(gr.File(type="binary", height=130), "fur"), language, states["fur"])
        with gr.Row():
            words.add(seed_field(8), "toward")
            words.add(Slider(0, 1, value=0, step=0.05, scale=2), "share")
        words.radio("second", SECONDS, "none")
        with gr.Row():
            words.add(seed_field(9), "other_seed")
            words.add(Slider(0.05, 1, value=0.3, step=0.05, scale=2), "reach")
        take_picture(words.add(gr.File(type="binary", height=130), "other_fur"), language, states["other_fur"])


def build_options(words: Words, language: gr.Radio, states: dict[str, Any]) -> None:
    """Build what lies behind the animal, and the rest."""
    with words.add(gr.Accordion(open=False), "options"):
        words.radio("ground", GROUNDS, "white")
        with gr.Row():
            words.add(gr.ColorPicker("#88aaff", elem_id="background"), "plain_color")
            take_picture(words.add(gr.File(type="binary", height=130), "behind"), language, states["behind"])
        words.add(Slider(0, 1, value=0.3, step=0.05), "ink")
        words.add(Slider(0, 1, value=0.5, step=0.05), "detail")
        words.add(Slider(1, MAX_VARIANTS, MAX_VARIANTS, step=1), "count")
        words.radio("weights", GENERATORS, "chimera")
        words.add(gr.Checkbox(True, elem_id="keep"), "keep_provenance")
