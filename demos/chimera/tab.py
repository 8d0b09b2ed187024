"""The Chimera tab: lines in, animals that never were out."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demos.chimera import builder, handlers, sketchpad
from demos.chimera.words import say
from demos.shared.requests import Form
from demos.shared.theme import TAKE_PEN
from demos.shared.widgets import MODELS, PRIVATE, QUEUED, Words, caption, seed_row, strip

MAX_VARIANTS = 4
KINDS = say.choices(("kind_auto", "auto"), ("kind_drawing", "drawing"), ("kind_photo", "photo"))
DETECTORS = say.choices(("detector_auto", "auto"), ("detector_learned", "learned"), ("detector_canny", "canny"))
BESIDE = say.choices(("beside_lines", "lines"), ("beside_kept", "kept"))
LOOKS = say.choices(("look_natural", "natural"), ("look_wild", "wild"), ("look_own", "own"))
SECONDS = say.choices(("second_none", "none"), ("second_seed", "seed"), ("second_photo", "photo"))
GROUNDS = say.choices(*((f"ground_{ground}", ground) for ground in handlers.GROUNDS))
GENERATORS = say.choices(("generator_chimera", "chimera"), ("generator_pix2pix", "pix2pix"))


def build(words: Words, language: gr.Radio) -> None:
    """Build the tab inside the current one.

    Args:
        words: where translated components are registered.
        language: the page's language switch, which handlers read.
    """
    words.add(gr.Markdown(elem_classes="intro"), value="chimera_intro")
    states = {
        "origin": gr.State("draw"),
        "uploaded": gr.State(None),
        "built": gr.State(None),
        "mine": gr.State([]),
        "shown": gr.State(handlers.Shown()),
        "variant": gr.State(0),
        "place": gr.State((0.5, 0.5)),
    }
    with gr.Row():
        with gr.Column(scale=1, min_width=320):
            given = build_input(words, language, states)
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
            download = words.add(gr.DownloadButton(interactive=False, elem_id="download"), label="download_cutout")
    with gr.Row():
        with gr.Column(scale=1, min_width=320):
            seed = seed_row(words)
            furs = build_furs(words, language)
        with gr.Column(scale=1, min_width=320):
            grounds = build_options(words, language)
    caption(words, "mine")
    gallery = gr.Gallery(
        columns=6,
        height="auto",
        elem_id="mine",
        interactive=False,
        show_label=False,
        buttons=["download", "fullscreen"],
    )
    inputs = {**states, **given, **furs, **grounds, "seed": seed.seed, "language": language}
    edges, taken = inputs.pop("edges"), inputs.pop("taken")
    shown, variant = states["shown"], states["variant"]
    outputs = {"edges": edges, "taken": taken, "slider": slider, "download": download, "shown": shown}
    form = Form(handlers.Request, inputs, {**outputs, "variants": variants, "gallery": gallery, "mine": states["mine"]})

    quiet: dict[str, Any] = {"queue": False, "show_progress": "hidden", **PRIVATE}
    one_at_a_time: dict[str, Any] = {"concurrency_id": MODELS, "concurrency_limit": 1, **PRIVATE}
    silent = {
        "pad",
        "built",
        "uploaded",
        "origin",
        "kind",
        "detector",
        "weights",
        "look",
        "ground",
        "second",
        "variant",
    }
    silent |= {"seed", "sensitivity", "ink", "fur", "other_fur", "behind", "place", "color"}
    gr.on(
        [*(inputs[name].change for name in sorted(silent)), inputs["live"].input]
        + [inputs[name].release for name in ("share", "reach")]
        + [inputs[name].submit for name in ("toward", "other_seed")],
        **form.event(handlers.follow, *outputs, **one_at_a_time),
        trigger_mode="always_last",  # strokes that come while a picture is made wait as one: the last
        show_progress="hidden",
    )
    pressed = paint.click(
        handlers.begin, [seed.seed, seed.fresh], [seed.seed, paint], queue=False, show_progress="hidden", **PRIVATE
    ).then(**form.event(handlers.make_variants, *form.outputs, **one_at_a_time), show_progress_on=slider)
    pressed.then(handlers.ready, outputs=paint, **quiet)
    cancel.click(handlers.ready, outputs=paint, cancels=[pressed], **quiet)
    # Only what goes through the queue can say what is wrong, and make a state's change heard.
    heard: dict[str, Any] = {"show_progress": "hidden", **QUEUED}
    variants.select(handlers.choose_variant, shown, [slider, download, shown, variant], **heard)
    edges.select(handlers.choose_place, shown, states["place"], **heard)
    keep_this.click(handlers.lay_aside, [shown, language], [slider, beside, shown], **heard)
    beside.input(handlers.compare, [shown, beside], [slider, shown], **quiet)


def build_input(words: Words, language: gr.Radio, states: dict[str, Any]) -> dict[str, Any]:
    """Build the three ways to lines: draw, build, use a picture; return what a request reads of them."""
    heard: dict[str, Any] = {"show_progress": "hidden", **QUEUED}
    quiet: dict[str, Any] = {"queue": False, "show_progress": "hidden", **PRIVATE}
    with gr.Tabs() as ways:
        with words.add(gr.Tab(id="draw", elem_id="tab-draw"), label="draw") as draw_tab:
            pad = words.add(sketchpad.sketchpad(), label="pad")
            with gr.Row(elem_id="trace-box"):
                trace = words.add(
                    gr.UploadButton(type="binary", size="sm", file_types=["image"], elem_id="trace"), label="trace"
                )
                untrace = words.add(gr.Button(size="sm", elem_id="untrace"), value="untrace")
            caption(words, "start_from")
            drawings = words.add(
                strip("drawings", columns=10, value=sketchpad.drawing_items("en")), value=sketchpad.drawing_items
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
                gr.Radio(DETECTORS("en"), value="auto", elem_id="detector"), label="detector", choices=DETECTORS
            )
    live = words.add(gr.Checkbox(True, elem_id="live", container=False), label="live")

    for tab, name in ((draw_tab, "draw"), (build_tab, "build"), (picture_tab, "picture")):
        tab.select(lambda name=name: name, outputs=states["origin"], **heard)
    drawings.select(sketchpad.start_from, outputs=pad, **quiet).then(None, js=TAKE_PEN, **PRIVATE)
    trace.upload(sketchpad.lay_under, [pad, trace, language], pad, **heard).then(None, js=TAKE_PEN, **PRIVATE)
    untrace.click(sketchpad.take_away, pad, pad, **quiet).then(None, js=TAKE_PEN, **PRIVATE)
    creature.input(builder.build_creature, outputs=states["built"], trigger_mode="always_last", **heard)
    to_pad.click(handlers.draw_on, states["built"], [pad, ways, states["origin"]], **heard).then(
        None, js=TAKE_PEN, **PRIVATE
    )
    take_picture(file, language, states["uploaded"], preview)
    return {"pad": pad, "kind": kind, "sensitivity": sensitivity, "detector": detector, "live": live}


def take_picture(file: gr.File, language: gr.Radio, state: gr.State, preview: gr.Image | None = None) -> None:
    """Keep what is uploaded, decoded, in a state, and show it."""
    outputs = [state] if preview is None else [state, preview]
    taken = handlers.take_upload if preview is not None else handlers.take_one
    file.upload(taken, [file, language], outputs, show_progress="minimal", **PRIVATE)
    file.clear(lambda: None if preview is None else (None, None), outputs=outputs, queue=False, **PRIVATE)


def build_furs(words: Words, language: gr.Radio) -> dict[str, Any]:
    """Build what says where the furs come from."""
    fur, other_fur = gr.State(None), gr.State(None)
    with words.add(gr.Accordion(open=False, elem_id="furs"), label="furs"):
        look = words.add(gr.Radio(LOOKS("en"), value="natural", elem_id="look"), label="look", choices=LOOKS)
        file = words.add(gr.File(type="binary", height=130, elem_id="fur"), label="fur")
        with gr.Row():
            toward = words.add(
                gr.Number(8, precision=0, minimum=0, maximum=2**31 - 1, min_width=110, elem_id="toward"), label="toward"
            )
            share = words.add(gr.Slider(0, 1, value=0, step=0.05, scale=2, elem_id="share"), label="share")
        second = words.add(
            gr.Radio(SECONDS("en"), value="none", elem_id="second"), label="second", info="second_info", choices=SECONDS
        )
        with gr.Row():
            other_seed = words.add(
                gr.Number(9, precision=0, minimum=0, maximum=2**31 - 1, min_width=110, elem_id="other-seed"),
                label="other_seed",
            )
            reach = words.add(gr.Slider(0.05, 1, value=0.3, step=0.05, scale=2, elem_id="reach"), label="reach")
        other_file = words.add(gr.File(type="binary", height=130, elem_id="other-fur"), label="other_fur")
    take_picture(file, language, fur)
    take_picture(other_file, language, other_fur)
    made = {"look": look, "fur": fur, "toward": toward, "share": share, "second": second, "other_seed": other_seed}
    return {**made, "reach": reach, "other_fur": other_fur}


def build_options(words: Words, language: gr.Radio) -> dict[str, Any]:
    """Build the lines that are used, what lies behind the animal, and the rest."""
    behind = gr.State(None)
    edges = words.add(gr.Image(interactive=False, height=240, elem_id="edges", buttons=[], format="png"), label="edges")
    taken = gr.Markdown(elem_id="taken")
    with words.add(gr.Accordion(open=False, elem_id="options"), label="options"):
        ground = words.add(gr.Radio(GROUNDS("en"), value="white", elem_id="ground"), label="ground", choices=GROUNDS)
        with gr.Row():
            color = words.add(gr.ColorPicker("#88aaff", elem_id="background"), label="plain_color")
            file = words.add(gr.File(type="binary", height=130, elem_id="behind"), label="behind")
        ink = words.add(gr.Slider(0, 1, value=0.25, step=0.05, elem_id="ink"), label="ink", info="ink_info")
        count = words.add(gr.Slider(1, MAX_VARIANTS, MAX_VARIANTS, step=1, elem_id="count"), label="count")
        weights = words.add(
            gr.Radio(GENERATORS("en"), value="chimera", elem_id="weights"),
            label="weights",
            info="weights_info",
            choices=GENERATORS,
        )
        keep = words.add(gr.Checkbox(True, elem_id="keep"), label="keep_provenance")
    take_picture(file, language, behind)
    rest = {"ground": ground, "color": color, "behind": behind, "ink": ink, "count": count, "weights": weights}
    return {**rest, "keep": keep, "edges": edges, "taken": taken}
