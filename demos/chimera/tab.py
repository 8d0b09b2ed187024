"""The Chimera tab: lines in, animals that never were out."""

from __future__ import annotations

from functools import partial
from typing import Any

import gradio as gr

from demos.chimera import builder, handlers, kept_picture, pad
from demos.chimera.examples import first
from demos.chimera.view import View
from demos.chimera.words import say
from demos.shared.requests import Answer, Panel
from demos.shared.sharing import share_button
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
WAYS = ("draw", "build", "picture")
LIVE, PRESS = Kind(live=True, said="taken"), Kind(count="count")
HEARD: dict[str, Any] = {"show_progress": "hidden", **QUEUED}
KINDS = say.choices(("kind_auto", "auto"), ("kind_drawing", "drawing"), ("kind_photo", "photo"))
DETECTORS = say.choices(("detector_auto", "auto"), ("detector_learned", "learned"), ("detector_canny", "canny"))
BESIDE = say.choices(("beside_lines", "lines"), ("beside_kept", "kept"))
LOOKS = say.choices(("look_auto", "auto"), ("look_natural", "natural"), ("look_wild", "wild"), ("look_own", "own"))
SECONDS = say.choices(("second_none", "none"), ("second_seed", "seed"), ("second_photo", "photo"))
GROUNDS = say.choices(*((f"ground_{ground}", ground) for ground in handlers.GROUNDS))
GENERATORS = say.choices(("generator_chimera", "chimera"), ("generator_pix2pix", "pix2pix"))
# Shows the pad, wherever the visitor is.
TO_PAD = "() => { document.querySelector('#tab-chi-draw-button').click(); }"

# What the picture follows at every change.
REDRAW = (
    *("pad", "builder", "uploaded", "origin", "kind", "detector", "weights", "look", "ground", "second", "variant"),
    *("seed", "sensitivity", "ink", "detail", "fur", "other_fur", "behind", "place", "color"),
    *("share", "reach", "toward", "other_seed"),
)
# What the browser remembers, with the drawing and the creature.
KEPT = (
    *("kind", "sensitivity", "detector", "weights", "seed", "fresh", "count", "ink", "detail", "look", "toward"),
    *("share", "second", "other_seed", "reach", "ground", "color", "live", "keep", "variant"),
)
OTHERS = ("fur", "other_fur", "behind")  # pictures that have a part in another
AT_FIRST = handlers.Request()


def build(words: Words, language: gr.Radio) -> None:
    """Build the tab inside the current one.

    Args:
        words: where translated components are registered.
        language: the page's language switch, which handlers read.
    """
    words.add(gr.Markdown(elem_classes="intro"), value="chimera_intro")
    made = first.view()
    states: dict[str, Any] = {"view": gr.State(made), "place": gr.State(AT_FIRST.place)}
    origin = gr.Radio(WAYS, value=AT_FIRST.origin, visible=False, elem_id="chi-origin")
    variant = Slider(0, MAX_VARIANTS - 1, value=0, step=1, visible=False, elem_id="chi-variant")
    states |= {"origin": origin, "variant": variant}  # these the browser remembers
    states |= {name: gr.State(None) for name in ("uploaded", *OTHERS)}
    with gr.Row(elem_id="chi-work", elem_classes="work"):
        with gr.Column(scale=1, min_width=300, elem_classes="input"):
            build_input(words, language, states)
        with gr.Column(scale=1, min_width=300, elem_classes="output"):
            build_result(words, language, made)
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            caption(words, "start_from")
            items = pad.drawing_items
            words.add(strip("chi-drawings", columns=10, value=items("en")), value=items)
            with gr.Row(elem_classes="press"):
                paint = words.add(gr.Button(variant="primary", size="lg", scale=3), "paint")
                cancel = cancel_button(words)
            words.add(gr.Checkbox(AT_FIRST.live, container=False), "live")
        with gr.Column(scale=1, min_width=300):
            caption(words, "variants")
            variants = strip("chi-variants", columns=4, value=[(picture, "") for picture, _ in made.variants])
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            seed, fresh = seed_row(words, "chi-")
            build_furs(words, language, states)
        with gr.Column(scale=1, min_width=300):
            build_options(words, language, states)
            looks: dict[str, Any] = {"interactive": False, "height": 240, "buttons": [], "format": "png"}
            edges = words.add(gr.Image(made.lines, elem_classes="points", **looks), "edges")
            taken = gr.Markdown(elem_id="chi-taken", elem_classes="said")
    with gr.Column(elem_id="chi-mine-box"):
        caption(words, "mine")
        looks = {"columns": 6, "height": "auto", "show_label": False}
        gallery = gr.Gallery(elem_id="chi-mine", interactive=False, buttons=["download", "fullscreen"], **looks)
    parts = {**words.parts, **states, "language": language, "color": words.parts["background"]}
    parts |= {"seed": seed, "fresh": fresh, "taken": taken, "variants": variants, "gallery": gallery}
    words.remember(*(parts[name] for name in KEPT))
    panel = Panel(parts)
    pictures = {"picture": (words.parts["uploaded"], states["uploaded"])}
    pictures |= {f"picture.{name}": (words.parts[f"{name}_shown"], states[name]) for name in OTHERS}
    words.when_built(partial(kept_picture.remember, pictures=pictures, language=language))

    shown = ("edges", "taken", "result", "download")
    gr.on(
        [parts["live"].input] + [parts[name].change for name in REDRAW],
        **panel.event(handlers.follow, *shown, turns=LIVE, **QUEUED),
        trigger_mode="always_last",  # strokes that come while a picture is made wait as one: the last
        show_progress="hidden",
    )
    pressed = paint.click(**panel.event(handlers.begin, "seed", "paint", **QUIET)).then(
        **panel.event(handlers.make_variants, *shown, "variants", "gallery", turns=PRESS, **QUEUED),
        show_progress_on=parts["result"],
    )
    for over in (pressed.success, pressed.failure):
        over(handlers.ready, outputs=paint, **QUIET)
    cancel.click(handlers.ready, outputs=paint, cancels=[pressed], **QUIET)
    # Only what goes through the queue can say what is wrong, and make a state's change heard.
    variants.select(**panel.event(handlers.choose_variant, "result", "download", "variant", "seed", **HEARD))
    edges.select(**panel.event(handlers.choose_place, "place", **HEARD))
    parts["keep_this"].click(**panel.event(handlers.lay_aside, "result", "beside", **HEARD))
    parts["beside"].input(**panel.event(handlers.compare, "result", **QUIET))
    parts["drawings"].select(**panel.event(pad.start_from, "pad", **QUIET)).then(None, js=TO_PAD, **PRIVATE)
    parts["to_pad"].click(**panel.event(handlers.draw_on, "pad", **HEARD)).success(None, js=TO_PAD, **PRIVATE)


def build_input(words: Words, language: gr.Radio, states: dict[str, Any]) -> None:
    """Build the three ways to an edge map: draw, build, use a picture."""
    with gr.Tabs():
        with way("draw", words, states):
            words.add(pad.create(), words=pad.words)
        with way("build", words, states):
            words.add(builder.create(), kit=builder.kit)
            words.add(gr.Button(size="sm", elem_id="chi-to-pad"), "builder_to_pad")
        with way("picture", words, states):
            file = words.add(gr.File(type="binary", height=120), "upload")
            words.add(Slider(0, 1, value=AT_FIRST.sensitivity, step=0.05), "sensitivity")
            preview = words.add(gr.Image(interactive=False, buttons=[], height=300, format="png"), "uploaded")
            take_picture(words, file, language, states["uploaded"], preview)
            words.radio("kind", KINDS, AT_FIRST.kind)
            words.radio("detector", DETECTORS, AT_FIRST.detector)


def build_result(words: Words, language: gr.Radio, made: View) -> None:
    """Build the slider, above it what it compares with, below it what one may do with the picture."""
    with gr.Row(elem_id="chi-compare"):
        words.radio("beside", BESIDE, made.beside, container=False, show_label=False)
        words.add(gr.Button(size="sm", min_width=110), "keep_this")
    # The handle begins at the left edge: the whole animal is seen.
    looks: dict[str, Any] = {"type": "pil", "format": "png", "slider_position": 0, "show_label": False}
    words.add(gr.ImageSlider(made.pair(), interactive=False, buttons=[], **looks), "result")
    with gr.Row(elem_id="chi-take"):
        download = gr.DownloadButton(value=made.cutout, size="md", elem_id="chi-download", min_width=120)
        share_button(
            words,
            language,
            words.add(download, "download_cutout"),
            elem_id="chi-share-picture",
            size="md",
            min_width=90,
        )


def way(name: str, words: Words, states: dict[str, Any]) -> gr.Tab:
    """Return one of the ways' tabs; what is in front is what is made.

    The browser says which it is: of two choices in a row, a server may answer the first last.
    """
    tab = words.add(gr.Tab(id=name, elem_id=f"tab-chi-{name}"), name)
    tab.select(None, None, states["origin"], js=f"() => '{name}'", **QUIET)
    return tab


def picture_field(words: Words, language: gr.Radio, key: str, states: dict[str, Any]) -> None:
    """Build a field for a picture that has a part in another, small, with a way to take it off again."""
    with gr.Column(min_width=120, elem_classes="picture-field"):
        file = words.add(gr.File(type="binary", height=130), key)
        looks: dict[str, Any] = {"interactive": False, "buttons": [], "height": 110, "show_label": False}
        looks |= {"format": "png"}
        preview = words.add(gr.Image(elem_id=f"chi-{key}-shown".replace("_", "-"), **looks))
        take_picture(words, file, language, states[key], preview)


def take_picture(words: Words, file: gr.File, language: gr.Radio, photo: gr.State, preview: gr.Image) -> None:
    """Keep what is uploaded, decoded, in a state, and show it; the browser remembers it."""
    panel = Panel({"file": file, "language": language, "photo": photo, "preview": preview})

    def refuse(photo: Any) -> Answer:
        """Take a file that cannot be used off the page; the picture before it stays."""
        return {"file": None, "photo": photo, "preview": photo}

    upload = file.upload(**panel.event(handlers.take_upload, "photo", "preview", show_progress="minimal", **PRIVATE))
    upload.failure(**panel.event(refuse, "file", "photo", "preview", **HEARD))
    file.clear(**panel.event(lambda: dict.fromkeys(("photo", "preview")), "photo", "preview", **HEARD))
    away = words.add(gr.Button(size="sm", elem_id=f"{file.elem_id}-away", elem_classes="away"), "take_away")
    away.click(lambda: (None, None, None), None, [file, preview, photo], **QUEUED)


def build_furs(words: Words, language: gr.Radio, states: dict[str, Any]) -> None:
    """Build what says where the furs come from."""
    with words.add(gr.Accordion(open=False), "furs"):
        words.radio("look", LOOKS, AT_FIRST.look)
        picture_field(words, language, "fur", states)
        with gr.Row():
            words.add(seed_field(AT_FIRST.toward), "toward")
            words.add(Slider(0, 1, value=AT_FIRST.share, step=0.05, scale=2), "share")
        words.radio("second", SECONDS, AT_FIRST.second)
        with gr.Row():
            words.add(seed_field(AT_FIRST.other_seed), "other_seed")
            words.add(Slider(0.05, 1, value=AT_FIRST.reach, step=0.05, scale=2), "reach")
        picture_field(words, language, "other_fur", states)


def build_options(words: Words, language: gr.Radio, states: dict[str, Any]) -> None:
    """Build what lies behind the animal, and the rest."""
    with words.add(gr.Accordion(open=False), "options"):
        words.radio("ground", GROUNDS, AT_FIRST.ground)
        with gr.Row():
            words.add(gr.ColorPicker(AT_FIRST.color, elem_id="chi-background"), "plain_color")
            picture_field(words, language, "behind", states)
        words.add(Slider(0, 1, value=AT_FIRST.ink, step=0.05), "ink")
        words.add(Slider(0, 1, value=AT_FIRST.detail, step=0.05), "detail")
        words.add(Slider(1, MAX_VARIANTS, AT_FIRST.count, step=1), "count")
        words.radio("weights", GENERATORS, AT_FIRST.weights)
        words.add(gr.Checkbox(AT_FIRST.keep, elem_id="chi-keep"), "keep_provenance")
