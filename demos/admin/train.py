"""The panel that begins a training: system, preset, data, the form, its YAML, a check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from demos.admin.auth import admin_only
from demos.admin.words import say
from demos.shared import form
from demos.shared.widgets import QUEUED
from pipelines import systems
from pipelines.data import library
from pipelines.jobs import service
from pipelines.jobs.installation import executors_from_environment

if TYPE_CHECKING:
    from demos.admin.studio import Studio

CHOSEN_ELSEWHERE = ("data",)


@dataclass(frozen=True)
class Cloned:
    """Settings of a job, to begin another with."""

    system: str
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Begin:
    """What other panels use of this one: the job begun last, settings to begin with, and where both are chosen."""

    begun: gr.State
    cloned: gr.State
    system: gr.Dropdown
    source: gr.Dropdown


def build(studio: Studio, language: str) -> Begin:
    """Build the panel."""
    guard = admin_only(studio.gate)
    begun, cloned = gr.State(0), gr.State(None)
    names = list(systems.SYSTEMS)
    with gr.Row():
        system = gr.Dropdown(names, value=names[0], label=say("system", language), elem_id="system", interactive=True)
        preset = gr.Dropdown(
            presets_of(names[0]), value="smoke", label=say("preset", language), elem_id="preset", interactive=True
        )
        source = gr.Dropdown(
            sources(),
            value="synthetic",
            label=say("data_source", language),
            info=say("data_source_info", language),
            allow_custom_value=True,
            elem_id="data-source",
            interactive=True,
        )
        executor = gr.Dropdown(
            list(executors_from_environment()), value="local", label=say("executor", language), elem_id="executor"
        )

    @guard
    def other_system(name: str, request: gr.Request) -> Any:
        return gr.update(choices=presets_of(name), value="smoke")

    @guard
    def known_sources(request: gr.Request) -> Any:
        return gr.update(choices=sources())

    system.change(other_system, system, preset, **QUEUED)
    source.focus(known_sources, None, source, **QUEUED)

    @gr.render(inputs=[system, preset, cloned], queue=False)  # type: ignore[untyped-decorator]
    def settings_panel(name: str, preset_name: str, given: Cloned | None, request: gr.Request) -> None:
        if studio.gate.is_admin(request):
            values = given.settings if given is not None and given.system == name else None
            settings_of(studio, language, name, preset_name, values, source, executor, begun)

    # A preset chosen by hand takes the place of settings that were copied from a job.
    preset.input(lambda: None, None, cloned, **QUEUED)
    return Begin(begun, cloned, system, source)


def settings_of(
    studio: Studio,
    language: str,
    name: str,
    preset: str,
    given: Mapping[str, Any] | None,
    source: gr.Dropdown,
    executor: gr.Dropdown,
    begun: gr.State,
) -> None:
    """Build the form of a system's settings, its YAML, and the buttons."""
    guard = admin_only(studio.gate)
    system = systems.find(name)
    presets = system.load_presets()
    values = {**system.load_config().parse({}).model_dump(mode="json"), **(given or presets.get(preset, {}))}
    with gr.Accordion(say("settings", language), open=True), gr.Row(elem_classes="form-grid"):
        fields = form.build(system.load_config(), values, leave_out=CHOSEN_ELSEWHERE)
    with gr.Accordion("YAML", open=False):
        written = gr.Code(form.to_yaml(shown_in_yaml(values)), language="yaml", elem_id="yaml", interactive=True)
        use = gr.Button(say("use_yaml", language), size="sm", elem_id="use-yaml")
    said = gr.Markdown(elem_id="train-said")
    with gr.Row():
        check = gr.Button(say("check", language), elem_id="check")
        start = gr.Button(say("start_training", language), variant="primary", elem_id="start-training")

    @guard
    def to_yaml(request: gr.Request, *given: Any) -> str:
        return form.to_yaml(dict(zip(fields.fields, given, strict=True)))

    @guard
    def from_yaml(text_given: str, request: gr.Request) -> list[Any]:
        values, wrong = form.from_yaml(text_given)
        if wrong:
            return [f"⚠ YAML: {wrong}", *[gr.skip()] * len(fields.fields)]
        _, errors = form.validated(fields.model, {**values, "data": "synthetic"})
        return [problems(errors, fields), *fields.shown(values, errors)]

    @guard
    def examine(data: str, request: gr.Request, *given: Any) -> list[Any]:
        checked, errors = fields.read(given)
        if checked is None:
            return [problems(errors, fields), *fields.shown({}, errors)]
        found = service.check_room({**checked.model_dump(mode="json"), "data": data})
        return ["✓ " + " · ".join(found), *fields.shown({})]

    @guard
    def begin(data: str, who: str, request: gr.Request, *given: Any) -> list[Any]:
        checked, errors = fields.read(given)
        if checked is None:
            return [problems(errors, fields), gr.skip(), *fields.shown({}, errors)]
        settings = {**checked.model_dump(mode="json"), "data": data}
        service.check_room(settings)
        job = service.enqueue(name, system.load_config().parse(settings).model_dump(mode="json"), executor=who)
        return [say("job_queued", language).format(job=job.id), job.id, *fields.shown({})]

    components = fields.components
    for component in components:
        changed = getattr(component, "input", None) or component.change
        changed(to_yaml, components, written, show_progress="hidden", **QUEUED)
    use.click(from_yaml, written, [said, *components], **QUEUED)
    check.click(examine, [source, *components], [said, *components], **QUEUED)
    start.click(begin, [source, executor, *components], [said, begun, *components], **QUEUED)


def problems(errors: Mapping[str, str], fields: form.Form) -> str:
    """Return a line on what is wrong; what belongs to no field of the form is told in full."""
    if not errors:
        return ""
    elsewhere = [f"{name}: {why}" for name, why in errors.items() if name not in fields.fields]
    return "⚠ " + "; ".join([*[name for name in errors if name in fields.fields], *elsewhere])


def presets_of(name: str) -> list[str]:
    """Return a system's presets."""
    return list(systems.find(name).load_presets())


def sources() -> list[tuple[str, str]]:
    """Return the data sources that have names here."""
    return [("synthetic", "synthetic"), *((f"{one.name} ({one.count})", one.source) for one in library.data_sets())]


def shown_in_yaml(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that the form holds."""
    return {name: value for name, value in values.items() if name not in CHOSEN_ELSEWHERE}
