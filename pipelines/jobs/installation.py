"""Which executors this installation has."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pipelines.common.errors import Misuse
from pipelines.jobs.executors import AccelerateExecutor, Executor, LocalExecutor
from pipelines.jobs.hub_jobs import HubJobsExecutor


def executors_from_environment(environment: Mapping[str, str] | None = None) -> dict[str, Executor]:
    """Return the executors of this installation by name.

    ``STUDIO_PROCESSES`` says how many processes ``accelerate`` starts, ``STUDIO_ACCELERATE_CONFIG`` names its file;
    ``hub_jobs.HubSettings`` says which variables ``hf_jobs`` reads.
    """
    given = os.environ if environment is None else environment
    config = given.get("STUDIO_ACCELERATE_CONFIG")
    count = given.get("STUDIO_PROCESSES", "2")
    if not re.fullmatch("[1-9][0-9]{0,2}", count):
        raise Misuse("argument_out_of_range", name="STUDIO_PROCESSES", given=count[:20], low=1, high=999)
    accelerate = AccelerateExecutor(int(count), Path(config) if config else None)
    return {"local": LocalExecutor(), "accelerate": accelerate, "hf_jobs": HubJobsExecutor()}
