"""From the modules of a training to the model that is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from pipelines.chimera.bank import refresh_bank
from pipelines.chimera.config import ChimeraConfig
from pipelines.chimera.networks import ChimeraModel
from pipelines.data.entries import Entry, Source
from pipelines.data.sources import open_source
from pipelines.data.splits import reserve, split_source
from pipelines.weights import hub


def assemble(config: ChimeraConfig, state: Mapping[str, Mapping[str, Tensor]], labels: Sequence[str]) -> ChimeraModel:
    """Return a model of these settings with the weights of generator, encoder and bank.

    Args:
        config: the settings.
        state: state dicts by name.
        labels: class of each training picture, in the order of the bank.
    """
    classes = sorted(set(labels))
    seen = state["bank"]["seen"].cpu()[: len(labels)]  # there may be fewer pictures by now
    numbers = seen.nonzero()[:, 0] if seen.any() else torch.arange(1)
    shape = config.model_dump(include={"widths", "head_channels", "style_dim", "encoder_channels", "size"})
    model = ChimeraModel(**shape, bank_size=len(numbers), classes=classes)
    model.generator.load_state_dict(state["generator"])
    model.encoder.load_state_dict(state["encoder"])
    model.bank_codes.copy_(state["bank"]["codes"].cpu()[numbers])
    model.bank_labels.copy_(torch.tensor([classes.index(labels[number]) for number in numbers.tolist()]))
    return model.eval()


def export_weights(config: ChimeraConfig, weights: Mapping[str, Mapping[str, Tensor]], folder: Path) -> None:
    """Write a model from its modules' weights; the bank is filled from the run's data, which must be there still."""
    source = open_source(config.data)
    entries = reserve(split_source(source), config.reserved).train
    export_model(assemble(config, weights, [entry.label for entry in entries]), source, entries, folder)


def export_model(model: ChimeraModel, source: Source, entries: Sequence[Entry], folder: Path) -> None:
    """Write a model in half precision, its bank filled with the codes of these pictures."""
    refresh_bank(model, source, entries)
    hub.save_model(model.half(), folder)
