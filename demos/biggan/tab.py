"""The BigGAN tab: pictures of CIFAR-100's superclasses, and ways between them."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demos.biggan import first, handlers
from demos.shared.labelled import labelled_sheet
from demos.shared.requests import Panel
from demos.shared.sharing import share_button
from demos.shared.turns import Kind
from demos.shared.widgets import (
    QUEUED,
    QUIET,
    Slider,
    Stubless,
    Words,
    brought_into_view,
    caption,
    other_seed,
    seed_field,
    seed_row,
    strip,
)
from pipelines.common.errors import Misuse
from pipelines.weights import hub

FOLLOWS: dict[str, Any] = {"trigger_mode": "always_last", "show_progress": "hidden", **QUEUED}
FOLLOWED = ("pick", "samples", "classes", "from", "to", "walk_class")  # what is of the live weights' classes
PICTURE: dict[str, Any] = {"interactive": False, "format": "png", "buttons": []}


class Dropdown(gr.Dropdown, metaclass=Stubless):  # type: ignore[misc]
    """A choice of classes, which handlers check: when other weights go live, fields change one after the other.

    Gradio's own says in between, in English, that the one before is none of the new choices.
    """

    def preprocess(self, payload: Any) -> Any:
        """Return what is chosen.

        Raises:
            Misuse: what is no name, or no list of names where several can be chosen.
        """
        if payload is None:
            return [] if self.multiselect else None
        names = payload if self.multiselect else [payload]
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise Misuse("request_unusable")
        return payload


def ready() -> bool:
    """Say whether there are weights to draw with, and pictures to begin with; the tab is not on the page before."""
    return hub.is_here("biggan") and first.FOLDER.is_dir()


def build(words: Words, language: gr.Radio) -> None:
    """Build the tab inside the current one.

    Args:
        words: where translated components are registered.
        language: the page's language switch, which handlers read.
    """
    words.add(gr.Markdown(elem_classes="intro"), value="big_intro")
    with gr.Tabs():
        with words.add(gr.Tab(id="big-pictures", elem_id="tab-big-pictures"), "big_pictures"):
            build_pictures(words, language)
        with words.add(gr.Tab(id="big-morph", elem_id="tab-big-morph"), "big_morph"):
            build_morph(words, language)
        with words.add(gr.Tab(id="big-walk", elem_id="tab-big-walk"), "big_walk"):
            build_walk(words, language)
        with words.add(gr.Tab(id="big-good", elem_id="tab-big-good"), "big_good") as good:
            text = gr.Markdown(elem_id="big-good-text")
            panel = Panel({"language": language, "good": text})
            explained = panel.event(handlers.explain, "good", show_progress="hidden", **QUEUED)
            gr.on([good.select, language.change], **explained)
    followed = {name: words.parts[f"big_{name}"] for name in FOLLOWED}
    follow = Panel({"language": language, **followed}).event(handlers.follow_weights, *followed, **QUIET)
    words.when_built(lambda app: app.load(**follow))


def build_pictures(words: Words, language: gr.Radio) -> None:
    """Build the choice of classes, the sheet, and what shows one of its pictures large."""
    with gr.Row(elem_classes="work stacked"):
        with gr.Column(scale=1, min_width=300, elem_classes="input"):
            words.parts["big_pick"] = caption(words, "big_pick")
            samples = strip("big-samples", columns=10, value=first.samples("en"))
            words.add(samples, value=first.samples)
            chosen = Dropdown(first.choices("en"), value=list(first.DRAWN.classes), multiselect=True)
            words.add(chosen, "big_classes", choices=handlers.live_choices)
            count = words.add(Slider(1, handlers.MOST, value=first.DRAWN.count, step=1), "big_count")
            truncation = words.add(Slider(0.1, 2, value=first.DRAWN.truncation, step=0.05), "big_truncation")
            seed, fresh = seed_row(words, "big-", fresh=True)
            with gr.Row(elem_classes="press"):
                press = words.add(gr.Button(variant="primary", size="lg"), "big_draw")
        with gr.Column(scale=1, min_width=300, elem_classes="output"):
            labels, sheet = labelled_sheet("big-", handlers.labels(first.DRAWN, "en"), first.path("large"))
            words.add(gr.Markdown(), value="big_press")
            with gr.Row():
                download = words.add(gr.DownloadButton(value=first.path("sheet"), min_width=120), "big_download")
                share_button(words, language, download, elem_id="big-share", min_width=90)
    with gr.Row(elem_classes="work stacked"):
        with gr.Column(scale=1, min_width=300):
            large: dict[str, Any] = {"type": "pil", "format": "png", "slider_position": 50, "show_label": False}
            pair = gr.ImageSlider(first.pair(), interactive=False, elem_id="big-pair", buttons=[], **large)
            words.add(gr.Markdown(elem_classes="caption"), value="big_large")
        with gr.Column(scale=1, min_width=300):
            caption(words, "big_near")
            near = strip("big-near", columns=6)
            near_none = words.add(gr.Markdown(elem_id="big-near-none"), value="big_near_none")
            with gr.Column(elem_id="big-kept-box"):
                caption(words, "big_kept")
                buttons = ["download", "fullscreen"]
                gallery = gr.Gallery(
                    elem_id="big-gallery", interactive=False, columns=6, show_label=False, buttons=buttons
                )
    words.remember(chosen, count, truncation, seed, fresh)
    parts = {"language": language, "classes": chosen, "count": count, "truncation": truncation, "seed": seed}
    parts |= {"fresh": fresh, "labels": labels, "sheet": sheet, "download": download, "pair": pair, "near": near}
    parts |= {"near_none": near_none, "gallery": gallery, "drawn": gr.State(first.DRAWN), "kept": gr.State([])}
    parts["again"] = again = gr.Number(0, visible=False)  # a state would be changed without a sign
    panel = Panel(parts)
    made = ("drawn", "sheet", "download", "labels")
    press.click(None, js=brought_into_view("#big-sheet"), **QUIET)
    # A press draws a seed, and a seed its pictures, whoever has changed it.
    press.click(**panel.event(other_seed, "seed", "again", **QUIET))
    gr.on(
        [seed.change, again.change, chosen.change, count.change],
        **panel.event(handlers.draw, *made, turns=Kind(), **QUEUED),
        show_progress_on=sheet,
    )
    truncation.change(**panel.event(handlers.draw, *made, turns=Kind(live=True), **FOLLOWS))
    asked = {"classes": chosen, "count": count, "truncation": truncation, "seed": seed}
    programs = Panel({**asked, "result": gr.File(visible=False)})
    gr.Button(visible=False).click(
        **programs.event(handlers.draw_one, "result", turns=Kind(), concurrency_limit=None),
        api_name="biggan",
        api_description="Draw a sheet with a row of pictures of each class; settings as on the page.",
    )
    samples.select(**panel.event(handlers.pick, "classes", **QUIET))
    language.change(**panel.event(handlers.relabel, "labels", **QUIET))
    shown = ("pair", "kept", "gallery", "near", "near_none")
    enlarged = panel.event(handlers.enlarge, *shown, turns=Kind(), show_progress="hidden", **QUEUED)
    sheet.select(**enlarged, trigger_mode="multiple")


def class_field(words: Words, key: str, value: str) -> gr.Dropdown:
    """Return a choice of one class."""
    return words.add(Dropdown(first.choices("en"), value=value), key, choices=handlers.live_choices)


def build_morph(words: Words, language: gr.Radio) -> None:
    """Build the way from one class or draw to another."""
    with gr.Row(elem_classes="work stacked"):
        with gr.Column(scale=1, min_width=300, elem_classes="input"):
            start, end = (class_field(words, f"big_{key}", name) for key, (name, _) in first.WAY.items())
            with gr.Row():
                start_seed, end_seed = (
                    words.add(seed_field(seed), f"big_{key}_seed") for key, (_, seed) in first.WAY.items()
                )
            press = words.add(gr.Button(variant="primary", size="lg"), "big_go")
        with gr.Column(scale=1, min_width=300, elem_classes="output"):
            looks: dict[str, Any] = {"elem_classes": ["big-square", "motion"], **PICTURE}
            animation = words.add(gr.Image(first.path("morph"), **looks), "big_animation")
    looks = {"elem_classes": "film", **PICTURE, "buttons": ["download"]}
    film = words.add(gr.Image(first.path("film"), **looks), "big_film")
    parts = {"language": language, "start": start, "end": end, "start_seed": start_seed, "end_seed": end_seed}
    panel = Panel({**parts, "animation": animation, "film": film})
    words.remember(start, end, start_seed, end_seed)
    shown = ("animation", "film")
    press.click(**panel.event(handlers.morph, *shown, turns=Kind(), **QUEUED), show_progress_on=animation)
    changes = [one.change for one in (start, end, start_seed, end_seed)]
    gr.on(changes, **panel.event(handlers.morph, *shown, turns=Kind(live=True), **FOLLOWS))


def build_walk(words: Words, language: gr.Radio) -> None:
    """Build the walk over truncations."""
    caption(words, "big_walk_caption")
    with gr.Row():
        walk_class = class_field(words, "big_walk_class", first.WALK[0])
        walk_seed = words.add(seed_field(first.WALK[1]), "big_walk_seed")
    looks: dict[str, Any] = {"elem_id": "big-walked", "elem_classes": "film", **PICTURE}
    film = gr.Image(first.path("walk"), label=handlers.walked_label("en"), **looks)
    words.add(film, label=handlers.walked_label)
    panel = Panel({"language": language, "walk_class": walk_class, "walk_seed": walk_seed, "walked": film})
    words.remember(walk_class, walk_seed)
    walked = panel.event(handlers.walk, "walked", turns=Kind(live=True), **FOLLOWS)
    gr.on([walk_class.change, walk_seed.change], **walked)
