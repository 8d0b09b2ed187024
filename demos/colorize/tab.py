"""The Colorize tab: a grey picture in, the same picture in colour out."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demos.colorize import examples, first, handlers
from demos.colorize.words import say
from demos.shared.requests import Panel
from demos.shared.sharing import share_button
from demos.shared.turns import Kind
from demos.shared.widgets import PRIVATE, QUEUED, QUIET, Slider, Words, cancel_button, caption, strip

FILES = "files"  # whole files have a queue of their own: a zip of twenty must not hold up everybody's previews
AT_ONCE = 4  # visitors whose files are made, a picture of each after the other
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
        hide = words.add(gr.Button(size="sm"), "color_hide")
    view = first.view()
    taken, front, finished = gr.State(view.taken), gr.State(view.front), gr.State(handlers.Made())
    with gr.Row(elem_classes="work"):
        with gr.Column(scale=1, min_width=300, elem_classes="input"):
            files = words.add(gr.File(file_count="multiple", type="filepath", height=150), "color_upload")
            caption(words, "color_examples")
            items = examples.example_items
            offered = strip("color-examples", columns=len(examples.EXAMPLES), value=items("en"))
            words.add(offered, value=items)
            words.add(gr.Markdown(elem_classes="credits"), value=examples.credits)
            setting = words.radio("color_setting", SETTINGS, "faithful")
            with words.add(gr.Accordion(open=False, elem_id="color-options"), "options"):
                strength = words.add(Slider(0, 3, value=1, step=0.05), "color_strength")
                guesses = words.radio("color_guesses", GUESSES, "one")
                keep = words.add(gr.Checkbox(True, elem_id="color-keep"), "keep_provenance")
        with gr.Column(scale=1, min_width=300, elem_classes="output"):
            looks: dict[str, Any] = {"type": "pil", "format": "jpeg", "slider_position": 35, "show_label": False}
            slider = gr.ImageSlider(view.pair, interactive=False, elem_id="color-result", buttons=[], **looks)
            words.add(slider, "result")
            said = gr.Markdown(elem_id="color-said")
            beside = words.radio("beside", BESIDE, "grey", elem_id="color-beside")
            with gr.Row():
                start = words.add(gr.Button(variant="primary", size="lg", scale=3, elem_id="color-start"), "color")
                cancel = cancel_button(words, elem_id="color-cancel")
            with gr.Row():
                download = words.add(gr.DownloadButton(interactive=False, min_width=120), "color_download")
                share_button(words, language, download, elem_id="color-share", min_width=90)
            made = strip("color-made", columns=6)
    words.remember(setting, strength, guesses, keep)
    settings = {"setting": setting, "strength": strength, "guesses": guesses}
    parts = {"language": language, "files": files, "taken": taken, "front": front, "settings": settings, "keep": keep}
    parts |= {"beside": beside, "slider": slider, "said": said, "download": download, "made": made}
    panel = Panel({**parts, "finished": finished})
    file, result = gr.File(visible=False), gr.File(visible=False)
    programs = Panel({"file": file, **settings, "result": result})

    hide.click(lambda: gr.update(visible=False), outputs=note, **QUIET)
    # Only what goes through the queue can say what is wrong, and make a state's change heard. Pictures are opened one
    # at a time and in order; what comes while one is opened waits.
    opening: dict[str, Any] = {"concurrency_id": "opening", "concurrency_limit": 1, **PRIVATE}
    opening |= {"trigger_mode": "always_last", "show_progress_on": slider}
    all_taken = ("taken", "front", "files", "made", "finished")
    gr.on([files.upload, files.delete, files.clear], **panel.event(handlers.take, *all_taken, **opening))
    offered.select(**panel.event(handlers.take_example, *all_taken, **opening))
    made.select(**panel.event(handlers.bring_forward, "front", **opening))
    latest: dict[str, Any] = {"trigger_mode": "always_last", "show_progress": "hidden"}
    changes = [component.change for component in settings.values()]
    gr.on(
        [front.change, *changes, beside.change],
        **panel.event(handlers.follow, "slider", "said", turns=Kind(live=True, said="said"), **latest, **QUEUED),
    )
    gr.on(
        [taken.change, finished.change, keep.change, *changes],
        **panel.event(handlers.offer, "download", **latest, **QUEUED),
    )
    whole_files: dict[str, Any] = {"concurrency_id": FILES, "concurrency_limit": AT_ONCE}
    pressed = start.click(
        **panel.event(handlers.color_files, "made", "finished", **whole_files, **PRIVATE), show_progress_on=slider
    )
    cancel.click(None, cancels=[pressed], **QUIET)
    gr.Button(visible=False).click(
        **programs.event(handlers.color_one, "result", **whole_files),
        api_name="colorize",
        api_description="Colour one picture at its own size; settings as on the page.",
    )
