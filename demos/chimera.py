"""The Chimera tab: lines in, animals that never were out."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demos import builder, models, painting, sketchpad, text
from demos.style import TAKE_PEN
from demos.widgets import ASKED, MODELS, PRIVATE, Words, caption, choices, seed_row, strip

MAX_VARIANTS = 4
KINDS = choices(("kind_auto", "auto"), ("kind_drawing", "drawing"), ("kind_photo", "photo"))
DETECTORS = choices(("detector_learned", "learned"), ("detector_canny", "canny"))
BESIDE = choices(("beside_lines", "lines"), ("beside_kept", "kept"))


def build(words: Words, language: gr.Radio) -> None:
    """Build the tab inside the current one.

    Args:
        words: where translated components are registered.
        language: the page's language switch, which handlers read.
    """
    words.add(gr.Markdown(elem_classes="intro"), value="chimera_intro")
    origin = gr.State("draw")
    uploaded: gr.State = gr.State(None)
    built: gr.State = gr.State(None)
    mine: gr.State = gr.State([])
    shown: gr.State = gr.State(painting.Shown())
    mood = gr.State(0)
    with gr.Row():
        with gr.Column(scale=1, min_width=320):
            with gr.Tabs() as ways:
                with words.add(gr.Tab(id="draw", elem_id="tab-draw"), label="draw") as draw_tab:
                    pad = words.add(sketchpad.sketchpad(), label="pad")
                    with gr.Row(elem_id="trace-box"):
                        trace = words.add(
                            gr.UploadButton(type="binary", size="sm", file_types=["image"], elem_id="trace"),
                            label="trace",
                        )
                        untrace = words.add(gr.Button(size="sm", elem_id="untrace"), value="untrace")
                    caption(words, "start_from")
                    drawings = words.add(
                        strip("drawings", columns=10, value=sketchpad.drawing_items("en")),
                        value=sketchpad.drawing_items,
                    )
                with words.add(gr.Tab(id="build", elem_id="tab-build"), label="build") as build_tab:
                    creature = words.add(builder.create(), kit=builder.kit)
                    to_pad = words.add(gr.Button(size="sm", elem_id="to-pad"), value="builder_to_pad")
                with words.add(gr.Tab(id="picture", elem_id="tab-picture"), label="picture") as picture_tab:
                    file = words.add(gr.File(type="binary", height=120, elem_id="upload"), label="upload")
                    sensitivity = words.add(
                        gr.Slider(0, 1, value=0.5, step=0.05, elem_id="sensitivity"),
                        label="sensitivity",
                        info="sensitivity_info",
                    )
                    preview = words.add(gr.Image(interactive=False, buttons=[], height=300), label="uploaded")
                    kind = words.add(gr.Radio(KINDS("en"), value="auto", elem_id="kind"), label="kind", choices=KINDS)
                    detector = words.add(
                        gr.Radio(DETECTORS("en"), value="learned", elem_id="detector"),
                        label="detector",
                        choices=DETECTORS,
                    )
            live = words.add(gr.Checkbox(True, elem_id="live", container=False), label="live")
            with gr.Row():
                paint = words.add(gr.Button(variant="primary", size="lg", scale=3, elem_id="paint"), value="paint")
                cancel = words.add(gr.Button(size="lg", scale=1, min_width=90, elem_id="cancel"), value="cancel")
        with gr.Column(scale=1, min_width=320):
            slider = words.add(
                gr.ImageSlider(type="pil", format="png", interactive=False, elem_id="result", height=440, buttons=[]),
                label="result",
            )
            with gr.Row(elem_id="compare"):
                keep_this = words.add(gr.Button(size="sm", min_width=120, elem_id="keep-this"), value="keep_this")
                beside = words.add(
                    gr.Radio(BESIDE("en"), value="lines", container=False, elem_id="beside"),
                    label="beside",
                    choices=BESIDE,
                )
            caption(words, "variants")
            variants = strip("variants", columns=4)
            download = words.add(gr.DownloadButton(interactive=False, elem_id="download"), label="download")
    with gr.Row():
        with gr.Column(scale=1, min_width=320):
            seed = seed_row(words)
            with words.add(gr.Accordion(open=False, elem_id="options"), label="options"):
                count = words.add(gr.Slider(1, MAX_VARIANTS, MAX_VARIANTS, step=1, elem_id="count"), label="count")
                weights = words.add(weights_picker(), label="weights", info="weights_info", choices=weights_choices)
                background = words.add(gr.ColorPicker("#ffffff", elem_id="background"), label="background")
                keep = words.add(gr.Checkbox(True, elem_id="keep"), label="keep_provenance")
        with gr.Column(scale=1, min_width=320):
            edges = words.add(
                gr.Image(interactive=False, height=240, elem_id="edges", buttons=[], format="png"), label="edges"
            )
            taken = gr.Markdown(elem_id="taken")
    caption(words, "mine")
    gallery = gr.Gallery(
        columns=6,
        height="auto",
        elem_id="mine",
        interactive=False,
        show_label=False,
        buttons=["download", "fullscreen"],
    )

    # Only what goes through the queue can say what is wrong, and make a state's change heard.
    heard: dict[str, Any] = {"show_progress": "hidden", **ASKED}
    for tab, name in ((draw_tab, "draw"), (build_tab, "build"), (picture_tab, "picture")):
        tab.select(lambda name=name: name, outputs=origin, **heard)
    quiet: dict[str, Any] = {"queue": False, "show_progress": "hidden", **PRIVATE}
    drawings.select(sketchpad.start_from, outputs=pad, **quiet).then(None, js=TAKE_PEN, **PRIVATE)
    trace.upload(sketchpad.lay_under, [pad, trace, language], pad, **heard).then(None, js=TAKE_PEN, **PRIVATE)
    untrace.click(sketchpad.take_away, pad, pad, **quiet).then(None, js=TAKE_PEN, **PRIVATE)
    creature.input(builder.build_creature, outputs=built, trigger_mode="always_last", **heard)
    to_pad.click(painting.draw_on, built, [pad, ways, origin], **heard).then(None, js=TAKE_PEN, **PRIVATE)
    file.upload(painting.take_upload, [file, language], [uploaded, preview], show_progress="minimal", **PRIVATE)
    file.clear(lambda: (None, None), outputs=[uploaded, preview], queue=False, **PRIVATE)

    looks = [origin, pad, uploaded, built, kind, sensitivity, detector, weights]
    gr.on(
        [
            *(pad.change, uploaded.change, built.change, origin.change, kind.change, sensitivity.change),
            *(detector.change, weights.change, seed.seed.change, background.change, live.input, mood.change),
        ],
        painting.follow,
        [*looks, seed.seed, mood, background, keep, live, shown, language],
        [edges, taken, slider, download, shown],
        trigger_mode="always_last",  # strokes that come while a picture is made wait as one: the last
        concurrency_id=MODELS,
        concurrency_limit=1,
        show_progress="hidden",
        **PRIVATE,
    )
    pressed = paint.click(
        painting.begin, [seed.seed, seed.fresh], [seed.seed, paint], queue=False, show_progress="hidden", **PRIVATE
    ).then(
        painting.paint_animals,
        [*looks, seed.seed, mood, count, background, keep, mine, shown, language],
        [slider, variants, gallery, edges, taken, download, mine, shown],
        concurrency_id=MODELS,
        concurrency_limit=1,
        show_progress_on=slider,
        **PRIVATE,
    )
    pressed.then(painting.ready, outputs=paint, **quiet)
    cancel.click(painting.ready, outputs=paint, cancels=[pressed], **quiet)
    variants.select(painting.choose_variant, shown, [slider, download, shown, mood], **heard)
    keep_this.click(painting.lay_aside, [shown, language], [slider, beside, shown], **heard)
    beside.input(painting.compare, [shown, beside], [slider, shown], **quiet)


def weights_picker() -> gr.Radio:
    """Return the choice among the painters there are; hidden where there is only one."""
    return gr.Radio(
        weights_choices("en"), value="chimera", visible=len(models.variants("chimera")) > 1, elem_id="weights"
    )


def weights_choices(language: str) -> list[tuple[str, str]]:
    """Return a label for each painter."""
    return [(text.variant_name(name, language), name) for name in models.variants("chimera")]
