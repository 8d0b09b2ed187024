"""The Colorize tab: a grey picture in, the same picture in colour out."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demos.colorize import handlers
from demos.colorize.words import say
from demos.shared.widgets import MODELS, PRIVATE, QUEUED, Words, caption, strip

FILES = "files"  # whole files have a queue of their own: a zip of twenty must not hold up everybody's previews
AT_ONCE = 4  # visitors whose files are made, in turns of one picture
SETTINGS = say.choices(("color_faithful", "faithful"), ("color_vivid", "vivid"))
GUESSES = say.choices(("color_one", "one"), ("color_averaged", "averaged"))
BESIDE = say.choices(("color_grey", "grey"), ("color_original", "original"))


def build(words: Words, language: gr.Radio) -> None:
    """Build the tab inside the current one.

    Args:
        words: where translated components are registered.
        language: the page's language switch, which handlers read.
    """
    words.add(gr.Markdown(elem_classes="intro"), value="color_intro")
    with gr.Row(elem_id="color-note", elem_classes="note") as note:
        words.add(gr.Markdown(), value="color_note")
        hide = words.add(gr.Button(size="sm", elem_id="color-hide"), value="color_hide")
    taken: gr.State = gr.State([])
    front: gr.State = gr.State(None)
    finished: gr.State = gr.State(handlers.Made())
    with gr.Row():
        with gr.Column(scale=2, min_width=320):
            files = words.add(
                gr.File(file_count="multiple", type="filepath", height=150, elem_id="color-upload"),
                label="color_upload",
            )
            caption(words, "color_examples")
            examples = words.add(
                strip("color-examples", columns=len(handlers.EXAMPLES), value=handlers.example_items("en")),
                value=handlers.example_items,
            )
            words.add(gr.Markdown(elem_classes="credits"), value=handlers.credits)
        with gr.Column(scale=3, min_width=320):
            slider = words.add(
                gr.ImageSlider(type="pil", format="jpeg", interactive=False, elem_id="color-result", buttons=[]),
                label="result",
            )
            said = gr.Markdown(elem_id="color-said")
            beside = words.add(
                gr.Radio(BESIDE("en"), value="grey", elem_id="color-beside"), label="beside", choices=BESIDE
            )
    with gr.Row():
        with gr.Column(scale=2, min_width=320):
            setting = words.add(
                gr.Radio(SETTINGS("en"), value="faithful", elem_id="color-setting"),
                label="color_setting",
                info="color_setting_info",
                choices=SETTINGS,
            )
            strength = words.add(
                gr.Slider(0, 3, value=1, step=0.05, elem_id="color-strength"),
                label="color_strength",
                info="color_strength_info",
            )
            guesses = words.add(
                gr.Radio(GUESSES("en"), value="one", elem_id="color-guesses"),
                label="color_guesses",
                info="color_guesses_info",
                choices=GUESSES,
            )
            keep = words.add(gr.Checkbox(True, elem_id="color-keep"), label="keep_provenance")
        with gr.Column(scale=3, min_width=320):
            with gr.Row():
                start = words.add(
                    gr.Button(variant="primary", size="lg", scale=3, elem_id="color-start"), value="color"
                )
                cancel = words.add(gr.Button(size="lg", scale=1, min_width=90, elem_id="color-cancel"), value="cancel")
            download = words.add(gr.DownloadButton(interactive=False, elem_id="color-download"), label="color_download")
            made = strip("color-made", columns=6)
    file, result = gr.File(visible=False), gr.File(visible=False)
    for_programs = gr.Button(visible=False)

    asked = [setting, strength, guesses, keep]
    quiet: dict[str, Any] = {"queue": False, "show_progress": "hidden", **PRIVATE}
    hide.click(lambda: gr.update(visible=False), outputs=note, **quiet)
    # Only what goes through the queue can say what is wrong, and make a state's change heard. Pictures are opened one
    # at a time and in order; what comes while one is opened waits.
    opening: dict[str, Any] = {"concurrency_id": "opening", "concurrency_limit": 1, **PRIVATE}
    opening |= {"trigger_mode": "always_last"}
    gr.on(
        [files.upload, files.delete, files.clear],
        handlers.take,
        [files, taken, language],
        [taken, front, files, made, finished],
        **opening,
    )
    examples.select(handlers.take_example, language, [taken, front, files, made, finished], **opening)
    made.select(handlers.bring_forward, [finished, language], front, **opening)
    gr.on(
        [front.change, setting.change, strength.change, guesses.change, beside.change],
        handlers.follow,
        [front, setting, strength, guesses, beside, language],
        [slider, said],
        trigger_mode="always_last",
        concurrency_id=MODELS,
        concurrency_limit=1,
        show_progress="hidden",
        **PRIVATE,
    )
    gr.on(
        [taken.change, finished.change, *(component.change for component in asked)],
        handlers.offer,
        [taken, *asked, finished],
        download,
        trigger_mode="always_last",
        show_progress="hidden",
        **QUEUED,
    )
    pressed = start.click(
        handlers.color_files,
        [files, taken, *asked, finished, language],
        [made, finished],
        concurrency_id=FILES,
        concurrency_limit=AT_ONCE,
        show_progress_on=slider,
        **PRIVATE,
    )
    cancel.click(None, cancels=[pressed], **quiet)
    for_programs.click(
        handlers.color_one,
        [file, setting, strength, guesses],
        result,
        api_name="colorize",
        api_description="Colour one picture at its own size; settings as on the page.",
        concurrency_id=FILES,
        concurrency_limit=AT_ONCE,
    )
