"""The Replay tab: pictures drawn anew from their latents, in styles given by text."""

from __future__ import annotations

from functools import partial
from typing import Any

import gradio as gr

from demos.replay import buffer, first, handlers, kept_sources, sources, usual
from demos.replay.words import say
from demos.shared.labelled import labelled_sheet
from demos.shared.requests import Panel
from demos.shared.sharing import share_button
from demos.shared.turns import Kind
from demos.shared.widgets import (
    QUEUED,
    QUIET,
    Slider,
    Words,
    brought_into_view,
    cancel_button,
    caption,
    seed_row,
    strip,
)
from pipelines.weights import hub

STYLES = say.choices(*((f"style_{key}", prompt) for key, prompt in handlers.STYLES.items()))
METHODS = say.choices(("rep_k_means", "k-means"), ("rep_reservoir", "reservoir"), ("rep_random", "random"))


def ready() -> bool:
    """Say whether there are weights to draw with, and pictures to begin with; the tab is not on the page before."""
    return hub.is_here("stylemini") and first.FOLDER.is_dir()


def build(words: Words, language: gr.Radio) -> None:
    """Build the tab inside the current one.

    Args:
        words: where translated components are registered.
        language: the page's language switch, which handlers read.
    """
    words.add(gr.Markdown(elem_classes="intro"), value="rep_intro")
    chosen, before = gr.State(first.sources()), gr.State([])
    parts: dict[str, Any] = {"language": language, "sources": chosen, "before": before}
    with gr.Tabs():
        with words.add(gr.Tab(id="rep-styles", elem_id="tab-rep-styles"), "rep_styles_tab"):
            parts |= build_styles(words, language, chosen)
        with words.add(gr.Tab(id="rep-buffer", elem_id="tab-rep-buffer"), "rep_buffer_tab"):
            parts |= build_buffer(words)
    panel = Panel(parts)
    bind_styles(panel, parts, language)
    bind_buffer(panel, parts, language)


def build_styles(words: Words, language: gr.Radio, chosen: gr.State) -> dict[str, Any]:
    """Build the choice of pictures and styles, and the sheet."""
    values = usual.at_first()
    with gr.Row(elem_classes="work stacked"):
        with gr.Column(scale=1, min_width=300, elem_classes="input"):
            styles = gr.CheckboxGroup(STYLES("en"), value=list(first.STYLES), elem_id="rep-chips")
            words.add(styles, "rep_styles", choices=STYLES)
            lines: dict[str, int] = {"lines": 2, "max_lines": handlers.OWN_STYLES}
            longest = handlers.OWN_STYLES * handlers.LONGEST
            own = words.add(gr.Textbox("", max_length=longest, **lines, elem_id="rep-own"), "rep_own")
            unknown = gr.Markdown(elem_id="rep-unknown")
            with gr.Row(elem_classes="press"):
                press = words.add(gr.Button(variant="primary", size="lg", scale=3, elem_id="rep-draw"), "rep_draw")
                cancel = cancel_button(words, elem_id="rep-cancel")
            caption(words, "rep_pictures")
            shown = strip("rep-strip", columns=sources.MOST, value=first.items())
            with gr.Row():
                undo = words.add(gr.Button(size="sm", min_width=90, elem_id="rep-undo"), "rep_undo")
                ours = words.add(gr.Button(size="sm", min_width=90, elem_id="rep-ours"), "rep_ours")
            files = words.add(
                gr.File(file_count="multiple", type="filepath", height=140, elem_id="rep-upload"), "rep_upload"
            )
            with words.add(gr.Accordion(open=False, elem_id="rep-options"), label="rep_options"):
                strength = words.add(Slider(0.2, 1, value=values["strength"], step=0.05), "rep_strength")
                guidance = words.add(Slider(1, 8, value=values["guidance"], step=0.5), "rep_guidance")
                keeping = words.add(Slider(1, 3, value=first.KEEPING, step=0.1), "rep_keeping")
                steps = words.add(Slider(usual.least_steps(), 40, value=values["steps"], step=1), "rep_steps")
                negative = words.add(gr.Textbox("", max_length=handlers.LONGEST), "rep_negative")
                seed, fresh = seed_row(words, "rep-")
        with gr.Column(scale=1, min_width=300, elem_classes="output"):
            labels, sheet = labelled_sheet("rep-", handlers.labels(first.STYLES, "en"), first.sheet())
            said = gr.Markdown(elem_id="rep-said", elem_classes="said")
            words.add(gr.Markdown(), value="rep_press")
            with gr.Row():
                download = words.add(gr.DownloadButton(value=first.sheet(), min_width=120), "rep_download")
                share_button(words, language, download, elem_id="rep-share", min_width=90)
    with gr.Column(elem_id="rep-kept-box"):
        caption(words, "rep_kept")
        looks: dict[str, Any] = {"columns": 6, "show_label": False, "buttons": ["download", "fullscreen"]}
        gallery = gr.Gallery(elem_id="rep-gallery", interactive=False, **looks)
    words.remember(styles, own, strength, guidance, keeping, steps, negative, seed, fresh)
    parts = {"styles": styles, "own": own, "strength": strength, "guidance": guidance, "keeping": keeping}
    parts |= {"steps": steps, "negative": negative, "seed": seed, "fresh": fresh, "files": files, "strip": shown}
    parts |= {"sheet": sheet, "labels": labels, "said": said, "unknown": unknown, "download": download}
    drawn = {name: gr.State(first.drawn()) for name in ("drawn", "latest")}
    parts |= {"gallery": gallery, "kept": gr.State([]), **drawn}
    words.when_built(partial(kept_sources.remember, strip=shown, sources=chosen, language=language))
    return {**parts, "press": press, "cancel": cancel, "ours": ours, "undo": undo}


def bind_styles(panel: Panel, parts: dict[str, Any], language: gr.Radio) -> None:
    """Bind what is done with pictures."""
    shown = ("sheet", "labels", "said", "download", "drawn", "latest")
    made = (*shown, "seed", "unknown")
    parts["press"].click(None, js=brought_into_view("#rep-sheet"), **QUIET)
    parts["press"].click(**panel.event(handlers.begin, "said", **QUIET))
    pressed = parts["press"].click(
        **panel.event(handlers.draw, *made, turns=Kind(whole=True), show_progress="hidden", **QUEUED)
    )
    pressed.failure(**panel.event(handlers.stop, *shown, **QUIET))
    parts["cancel"].click(**panel.event(handlers.stop, *shown, **QUIET), cancels=[pressed])
    hidden: dict[str, Any] = {"show_progress": "hidden", **QUEUED}
    several: dict[str, Any] = {"trigger_mode": "multiple", **hidden}  # the next press may come before the answer
    # One event of all: a field that is left for the language switch is answered in the language that is chosen.
    checked = panel.event(handlers.check_words, "unknown", trigger_mode="always_last", **hidden)
    gr.on([parts["own"].blur, parts["negative"].blur, language.change], **checked)
    which = ("sources", "strip", "before")
    taken = parts["files"].upload(**panel.event(sources.take, *which, "files", turns=Kind(), **hidden))
    taken.failure(**panel.event(sources.refuse, "files", **hidden))
    # Each begins with what the one before has left.
    one_by_one = {**several, "concurrency_limit": 1, "concurrency_id": "replay-sources"}
    parts["strip"].select(**panel.event(sources.take_off, *which, **one_by_one))
    parts["ours"].click(**panel.event(sources.back, *which, **one_by_one))
    parts["undo"].click(**panel.event(sources.undo, *which, **one_by_one))
    language.change(**panel.event(handlers.relabel, "labels", "said", **QUIET))
    parts["sheet"].select(**panel.event(handlers.keep, "kept", "gallery", **several))


def build_buffer(words: Words) -> dict[str, Any]:
    """Build what fills the buffer, and what draws from it."""
    with gr.Row(elem_classes="work stacked in-order"):
        with gr.Column(scale=1, min_width=300, elem_classes="input"):
            caption(words, "rep_add_caption")
            task = words.add(gr.Textbox("", max_length=buffer.LONGEST_NAME, elem_id="rep-task"), "rep_task")
            files = words.add(gr.File(file_count="multiple", type="filepath", height=140), "rep_task_files")
            count = words.add(Slider(1, buffer.MOST_FILES, value=8, step=1), "rep_keep_count")
            method = words.radio("rep_method", METHODS, "k-means")
            classes = words.add(Slider(1, 10, value=1, step=1), "rep_classes")
            with gr.Row():  # more than one: none stays at the bottom of a phone
                add = words.add(gr.Button(variant="primary", size="lg", scale=3, elem_id="rep-add"), "rep_add")
                empty = words.add(gr.Button(size="lg", scale=1, min_width=110, elem_id="rep-empty"), "rep_empty")
                undo = words.add(gr.Button(size="lg", scale=1, min_width=110, elem_id="rep-buffer-undo"), "rep_undo")
            nothing = say("rep_buffer_empty", "en")  # in other languages, handlers say it
            contents = gr.Markdown(nothing, elem_id="rep-contents")
            with gr.Row():
                file = words.add(
                    gr.DownloadButton(min_width=120, interactive=False, elem_id="rep-buffer-file"), "rep_buffer_file"
                )
            brought = words.add(
                gr.File(type="filepath", height=140, file_types=[".safetensors"], elem_id="rep-brought"), "rep_brought"
            )
        with gr.Column(scale=1, min_width=300, elem_classes="output"):
            caption(words, "rep_again_caption")
            with gr.Row():
                least = words.add(Slider(0.2, 1, value=0.3, step=0.05, min_width=200), "rep_least")
                most = words.add(Slider(0.2, 1, value=0.8, step=0.05, min_width=200), "rep_most")
            again = words.add(Slider(1, buffer.MOST_DRAWN, value=8, step=1), "rep_again")
            with gr.Row():  # two of them: neither stays at the bottom of a phone
                press = words.add(gr.Button(variant="primary", size="lg", scale=3, elem_id="rep-replay"), "rep_replay")
                cancel = cancel_button(words, elem_id="rep-cancel-again")
            looks: dict[str, Any] = {"columns": 4, "show_label": False, "buttons": ["download", "fullscreen"]}
            gallery = gr.Gallery(elem_id="rep-again-gallery", interactive=False, format="png", **looks)
            said = gr.Markdown(elem_id="rep-said-again", elem_classes="said")
    words.remember(task, count, method, classes, least, most, again)
    parts = {"task": task, "task_files": files, "kept_of_task": count, "method": method, "contents": contents}
    parts |= {"classes": classes, "buffer_before": gr.State(None), "again_made": gr.State([]), "undo_buffer": undo}
    parts |= {"buffer_file": file, "brought": brought, "least": least, "most": most, "again": again}
    parts |= {"drawn_again": gallery, "said_again": said, "buffer": gr.State(None)}
    return {**parts, "add": add, "empty": empty, "replay": press, "cancel_again": cancel}


def bind_buffer(panel: Panel, parts: dict[str, Any], language: gr.Radio) -> None:
    """Bind what is done with latents."""
    filled = ("buffer", "contents", "buffer_file", "buffer_before")
    hidden: dict[str, Any] = {"show_progress": "hidden", **QUEUED}
    parts["add"].click(**panel.event(buffer.add, *filled, "task_files", turns=Kind(), **hidden))
    brought = parts["brought"].upload(**panel.event(buffer.bring, *filled, "brought", **hidden))
    brought.failure(**panel.event(buffer.refuse, "brought", **hidden))
    drawn = ("drawn_again", "said_again")
    language.change(**panel.event(buffer.relabel, "contents", *drawn, **QUIET))
    made = (*drawn, "seed", "again_made")
    parts["replay"].click(**panel.event(buffer.begin, "said_again", **QUIET))
    pressed = parts["replay"].click(
        **panel.event(buffer.replay, *made, turns=Kind(whole=True), show_progress="hidden", **QUEUED)
    )
    pressed.failure(**panel.event(buffer.stop, "said_again", **QUIET))
    parts["cancel_again"].click(**panel.event(buffer.stop, "said_again", **QUIET), cancels=[pressed])
    parts["empty"].click(**panel.event(buffer.empty, *filled, **hidden))
    parts["undo_buffer"].click(**panel.event(buffer.undo, *filled, **hidden))
