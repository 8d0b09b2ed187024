"""The panel that begins a training: system, preset, data, the form, its YAML, a check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import gradio as gr
from pydantic import BaseModel

from demos.admin.words import say
from demos.shared import form
from demos.shared.requests import Answer, Panel
from demos.shared.widgets import QUEUED
from pipelines import systems
from pipelines.data import library
from pipelines.jobs import service
from pipelines.jobs.installation import executors_from_environment
from pipelines.training.config import TrainingConfig

if TYPE_CHECKING:
    from demos.admin.studio import Studio

CHOSEN_ELSEWHERE = ("data",)
COMMON = ("steps", "batch_size", "learning_rate", "seed", "device", "precision")


@dataclass(frozen=True, eq=False)  # Gradio asks a state for its hash
class Draft:
    """A training that is being put together.

    Attributes:
        settings: what the form holds, None where that is what the preset has.
    """

    system: str = next(iter(systems.SYSTEMS))
    preset: str = "smoke"
    source: str = "synthetic"
    executor: str = "local"
    settings: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Begin:
    """What other panels use of this one: the job begun last, settings to begin with, and where both are chosen.

    Attributes:
        cloned: settings to begin with, a ``Draft``, or None.
        draft: what is there now, a ``Draft``, or None where nothing was changed; outlives the panel.
    """

    begun: gr.State
    cloned: gr.State
    draft: gr.State
    system: gr.Dropdown
    source: gr.Dropdown


def build(studio: Studio, language: str, draft: gr.State, drafted: Draft | None) -> Begin:
    """Build the panel as it was left.

    Args:
        studio: what it works on.
        language: of what it says.
        draft: where it keeps what was chosen and filled in.
        drafted: what was kept there.
    """
    names, first = list(systems.SYSTEMS), drafted or Draft()

    def dropdown(key: str, name: str, choices: list[Any], value: str, **options: Any) -> gr.Dropdown:
        return gr.Dropdown(choices, value=value, label=say(key, language), elem_id=f"admin-{name}", **options)

    with gr.Row():
        system = dropdown("system", "system", names, first.system, interactive=True)
        preset = dropdown("preset", "preset", presets_of(first.system), first.preset, interactive=True)
        own: dict[str, Any] = {"info": say("data_source_info", language), "allow_custom_value": True}
        source = dropdown("data_source", "data-source", sources(), first.source, interactive=True, **own)
        executor = dropdown("executor", "executor", list(executors_from_environment()), first.executor)
    begun, cloned = gr.State(0), gr.State(None if first.settings is None else first)
    parts = {"system": system, "preset": preset, "source": source, "executor": executor}
    panel = Panel({**parts, "begun": begun, "cloned": cloned, "draft": draft}, language, studio.gate.admit)

    def other_system(system: str) -> Answer:
        return {"preset": gr.update(choices=presets_of(system), value="smoke")}

    def begin_anew(system: str, preset: str, source: str, executor: str) -> Answer:
        chosen = preset if preset in presets_of(system) else "smoke"
        return {"cloned": None, "draft": Draft(system, chosen, source, executor)}

    def known_sources() -> Answer:
        return {"source": gr.update(choices=sources())}

    system.change(**panel.event(other_system, "preset", **QUEUED))
    source.focus(**panel.event(known_sources, "source", **QUEUED))

    @gr.render(inputs=[system, preset, cloned], queue=False)  # type: ignore[untyped-decorator]
    def settings_panel(name: str, preset_name: str, given: Draft | None, request: gr.Request) -> None:
        if studio.gate.is_admin(request):
            values = given.settings if given is not None and given.system == name else None
            settings_of(
                panel, name, systems.find(name).load_presets().get(preset_name, {}) if values is None else values
            )

    # What was chosen by hand takes the place of settings that were copied from a job.
    gr.on([system.input, preset.input], **panel.event(begin_anew, "cloned", "draft", **QUEUED))
    return Begin(begun, cloned, draft, system, source)


def settings_of(panel: Panel, name: str, given: Mapping[str, Any]) -> None:
    """Build the form of a system's settings, its YAML, and the buttons."""
    language, model = panel.language, systems.find(name).load_config()
    values = {**model.parse({}).model_dump(mode="json"), **given}
    shown = {name: value for name, value in values.items() if name not in CHOSEN_ELSEWHERE}
    fields = grouped_form(model, values, language)
    with gr.Accordion("YAML", open=False):
        written = gr.Code(form.to_yaml(shown), language="yaml", elem_id="admin-yaml", interactive=True)
        use = gr.Button(say("use_yaml", language), size="sm", elem_id="admin-use-yaml")
    said = gr.Markdown(elem_id="admin-train-said")
    with gr.Row():
        check = gr.Button(say("check", language), elem_id="admin-check")
        start = gr.Button(say("start_training", language), variant="primary", elem_id="admin-start-training")
    panel = replace(panel, components={**panel.components, "values": fields.fields, "yaml": written, "said": said})

    def report(sentence: str, values: Mapping[str, Any], errors: Mapping[str, str]) -> Answer:
        return {"said": sentence or problems(errors, fields), "values": fields.shown(values, errors)}

    def kept(preset: str, source: str, executor: str, values: Mapping[str, Any]) -> Answer:
        return {"draft": Draft(name, preset, source, executor, values)}

    def to_yaml(preset: str, source: str, executor: str, values: Mapping[str, Any]) -> Answer:
        return {"yaml": form.to_yaml(values), **kept(preset, source, executor, values)}

    def from_yaml(yaml: str) -> Answer:
        values, wrong = form.from_yaml(yaml)
        if wrong:
            return {"said": f"⚠ YAML: {wrong}"}
        _, errors = form.validated(model, {**values, "data": "synthetic"}, language)
        right = {name: value for name, value in values.items() if name not in errors}
        checked, _ = form.validated(model, {**right, "data": "synthetic"}, language)
        read = right if checked is None else checked.model_dump(mode="json")  # numbers: YAML takes 1e-4 for a text
        return report("", {name: read[name] for name in right if name in read}, errors)

    def examine(values: Mapping[str, Any], source: str) -> Answer:
        checked, errors = fields.read(values)
        if checked is None:
            return report("", {}, errors)
        found = service.check_room({**checked.model_dump(mode="json"), "data": source})
        return report("✓ " + " · ".join(found), {}, {})

    def begin(values: Mapping[str, Any], source: str, executor: str) -> Answer:
        checked, errors = fields.read(values)
        if checked is None:
            return report("", {}, errors)
        settings = {**checked.model_dump(mode="json"), "data": source}
        service.check_room(settings)
        job = service.enqueue(name, model.parse(settings).model_dump(mode="json"), executor=executor)
        return {**report(say("job_queued", language).format(job=job.id), {}, {}), "begun": job.id}

    for component in fields.fields.values():
        changed = getattr(component, "input", None) or component.change
        changed(**panel.event(to_yaml, "yaml", "draft", show_progress="hidden", **QUEUED))
    keep = panel.event(kept, "draft", show_progress="hidden", **QUEUED)
    gr.on([panel.components["source"].input, panel.components["executor"].input], **keep)
    use.click(**panel.event(from_yaml, "said", "values", **QUEUED)).then(**keep)
    check.click(**panel.event(examine, "said", "values", **QUEUED))
    start.click(**panel.event(begin, "said", "begun", "values", **QUEUED))


def grouped_form(model: type[BaseModel], values: Mapping[str, Any], language: str) -> form.Form:
    """Build the form of a system's settings; all but what one changes often is folded."""
    parts = []
    for key, names in groups(model).items():
        folded = gr.Accordion(say(f"settings_{key}", language), open=key == "common", elem_id=f"admin-settings-{key}")
        with folded, gr.Row(elem_classes="form-grid"):
            parts.append(form.build(model, values, names, language, "admin-"))
    return reduce(or_, parts)


def groups(model: type[BaseModel]) -> dict[str, list[str]]:
    """Return the names of a system's settings by group: what one changes often, what is its own, and the rest."""
    names = [name for name in model.model_fields if name not in CHOSEN_ELSEWHERE]
    rest = [name for name in names if name in TrainingConfig.model_fields and name not in COMMON]
    own = [name for name in names if name not in COMMON and name not in rest]
    common = [name for name in COMMON if name in names]
    return {"common": common, "own": own, "rest": rest}


def problems(errors: Mapping[str, str], fields: form.Form) -> str:
    """Return a line on what is wrong; what belongs to no field of the form is given in full."""
    elsewhere = [f"{name}: {why}" for name, why in errors.items() if name not in fields.fields]
    wrong = [*(name for name in errors if name in fields.fields), *elsewhere]
    return "⚠ " + "; ".join(wrong) if wrong else ""


def presets_of(name: str) -> list[str]:
    """Return a system's presets."""
    return list(systems.find(name).load_presets())


def sources() -> list[tuple[str, str]]:
    """Return the data sources that have names here."""
    return [("synthetic", "synthetic"), *((f"{one.name} ({one.count})", one.source) for one in library.data_sets())]
