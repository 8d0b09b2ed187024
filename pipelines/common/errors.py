"""Errors with a code and values, worded in English here and in the page's languages in ``demos/shared/errors``."""

from __future__ import annotations

import math
from collections.abc import Collection
from numbers import Integral, Real
from reprlib import Repr
from typing import Any

# Every sentence that a person can cause. The page translates each by its code; a test keeps both tables in step.
MESSAGES: dict[str, str] = {
    # pictures
    "image_empty": "there is no picture in this file: it is empty",
    "image_too_many_bytes": "a file of {given_mb} MB is too large, {allowed_mb} MB can be taken: make it smaller first",
    "image_too_many_pixels": "the picture has {given_mp} megapixels, at most {allowed_mp} are accepted: scale it down",
    "image_too_many_scans": "the JPEG has {given} scans, at most {allowed} are accepted: save it as baseline",
    "image_too_small": "the picture is {width} x {height} pixels, at least {allowed} on each side are needed",
    "image_unreadable": "this is not a picture that can be read: use PNG, JPEG, WebP, HEIC, TIFF or BMP",
    "image_truncated": "the picture is damaged or cut off: save or send it again",
    # edges
    "drawing_empty": "there is nothing to paint yet: draw a few lines or choose a picture",
    "nothing_to_keep": "there is no picture to keep yet: draw something first",
    "picture_missing": "choose a picture first",
    "too_many_files": "{given} files at once are too many: choose at most {allowed}",
    "edges_empty": "no lines were found in this picture: raise the sensitivity or choose a picture with more contrast",
    # arguments
    "argument_out_of_range": "{name} must be from {low} to {high}, got {given}",
    "argument_not_whole": "{name} must be a whole number from {low} to {high}, got {given}",
    "argument_unknown": "{name} must be one of {allowed}, got {given}",
    "color_unknown": "{given} is not a colour: write it as #rrggbb",
    "prompt_too_long": "the text is too long: at most about {allowed} words are read",
    "strength_too_small": "a strength of {given} leaves no step of {steps}: make it {low} at least, or take more steps",
    "style_missing": "choose a style first, or write one",
    "too_many_lines": "{given} styles at once are too many: at most {allowed} are drawn",
    "too_many_tasks": "the buffer holds {allowed} tasks at most: empty it, or name one that is there",
    "memory_short": "{name} needs about {needed_gb} GB of memory, {free_gb} GB are free",
    "buffer_empty": "the buffer is empty: put some latents in first",
    "buffer_of_another": "the latents in {name} are of another model: it cannot decode them",
    "buffer_unreadable": "{name} is no buffer of latents that can be read",
    "request_unusable": "this page did not send that: reload it and try again",
    # the crowd
    "presses_waiting": "what you asked for before is still being made: try again in about {seconds} seconds",
    "visitors_waiting": "too many visitors are waiting: try again in about {seconds} seconds",
    # weights
    "weights_not_found": "no weights called {name}: use one of {allowed}, a folder, or a Hub id such as owner/model",
    "weights_incomplete": "the folder {name} lacks {missing}: weights are a config.json beside a model.safetensors",
    "weights_mismatch": "the weights in {name} do not fit the network: {detail}",
    "hub_token_missing": "nobody is signed in to the Hugging Face Hub here: set HF_TOKEN, or run hf auth login",
    "hub_repository_open": "the repository {given} on the Hub is public: make it private, or name another",
    "hub_refused": "the Hugging Face Hub did not take {name}: {detail}",
    "hub_name": "{given!r} is no repository on the Hub: write it as owner/model",
    "hub_unreachable": "{name} could not be fetched from the Hugging Face Hub: {detail}",
    "device_unknown": "this machine has no device called {given}: {allowed} can be used",
    # data
    "data_source_unknown": "{given} is not a data source: use {allowed}",
    "data_not_found": "there is nothing at {given}",
    "data_set_incomplete": "{given} does not hold {name} as torchvision keeps it, whole and unchanged: name the folder "
    "that its {inside} lies in",
    "data_download_failed": "{name} could not be downloaded: {detail}",
    "hub_data_missing": "there is no data set {name} on the Hugging Face Hub that may be read here: a private or "
    "a gated one needs HF_TOKEN",
    "data_not_a_zip": "{given} is not a zip archive that can be read",
    "data_no_images": "{given} holds no usable picture ({skipped} skipped): put pictures into one folder a class",
    "data_too_few": "too few pictures here, {given}: at least {allowed} are needed",
    "data_alike": "the {given} pictures here look alike: at least {allowed} that differ are needed, since what looks "
    "like a held-out picture trains nothing",
    "data_less_than_a_batch": "too few pictures to train on, {given}, for a batch of {batch}: add pictures or lower "
    "batch_size",
    "data_too_few_for_components": "too few pictures to train on, {given}, for {components} components: at least "
    "{least} are needed, or fewer components",
    "data_zip_unsafe": "the archive is refused: {detail}",
    # training
    "data_set_exists": "there is a data set {given} already: choose another name, or delete that one",
    "data_in_use": "a job that has not ended trains on {given}: stop it first",
    "data_set_name": "{given!r} is no name for a data set: use letters, digits, - and _, at most 64",
    "upload_not_allowed": "say first that you may use these pictures",
    "upload_broken_off": "the upload was broken off: nothing of it was kept",
    "uploads_full": "there is no room for files here just now: try again in some minutes",
    "uploads_too_large": "these files are over {allowed_mb} MB together: send fewer at once",
    "system_unknown": "no system called {given}: {allowed} are known",
    "preset_unknown": "no preset called {given}: {allowed} are known",
    "setting_invalid": "{name}: {detail}",
    "training_diverged": "{name} became {given} at step {step}: begin another run with a lower learning rate; its "
    "start_from may name this one",
    "run_is_another": "the run in {given} has other settings ({detail}): choose another folder or the same settings",
    "run_is_busy": "{given} is being trained in by another process or job: stop that one first",
    "job_not_found": "there is no job {given}",
    "job_not_possible": "job {job} is {status}: it cannot {wanted}",
    "nothing_promoted": "no weights of {given} were promoted: the bundled ones are live",
    "executor_unknown": "there is no executor {given} here, only {allowed}",
    "port_taken": "port {given} is in use: set {name}",
    "store_unusable": "the job database {given} cannot be used: {detail}",
    "store_damaged": "the job database {given} is damaged ({detail}): move it aside, with the -wal and -shm files that "
    "lie beside it, and a new one is made",
    "store_locked": "the job database {given} is locked by another process: end that one, or move the database aside, "
    "and a new one is made",
    "run_not_found": "there is no run at {given}",
    "tracker_failed": "the tracker {given} cannot be used: {detail}",
    "tracker_missing": "the tracker {given} is not installed: pip install -r pipelines/requirements-train.txt",
    "package_missing": "{given} is not installed: pip install -r pipelines/requirements-train.txt ({detail})",
    "disk_full": "there is no room left on the disk for {given}: free some space and resume",
    # files
    "file_not_found": "there is no file {given}",
    "files_bad": "{given} of {count} files could not be used",
    "provenance_missing": "this picture does not say how it was made: it has no provenance",
    "provenance_unreadable": "this picture has no provenance that can be read: take the file as it was downloaded here",
}


class StudioError(Exception):
    """Something went wrong that a person can understand.

    Args:
        code: a key of ``MESSAGES``.
        values: what fills the sentence in, and what a translation may use.
    """

    def __init__(self, code: str, **values: Any) -> None:
        self.code = code
        self.values = values
        super().__init__(MESSAGES[code].format(**values))


class Misuse(StudioError):
    """The caller asked for what cannot be: a bad argument, a bad file. Exit status 2 on the command line."""


def check_range(name: str, given: Any, low: float, high: float) -> None:
    """Raise ``Misuse`` unless ``low <= given <= high``; NaN and what is no number are out of any range."""
    counts = isinstance(given, Real) and not isinstance(given, bool)
    number: Any = given if counts else math.nan
    if not low <= number <= high:
        shown = given[:80] if isinstance(given, str) else quoted(given)
        raise Misuse("argument_out_of_range", name=name, given=shown, low=low, high=high)


def check_whole(name: str, given: Any, low: int, high: int) -> None:
    """Raise ``Misuse`` unless ``given`` is a whole number from ``low`` to ``high``."""
    check_range(name, given, low, high)
    if not isinstance(given, Integral):
        raise Misuse("argument_not_whole", name=name, given=given, low=low, high=high)


def quoted(given: Any) -> str:
    """Return what was given as code would write it, shortened: no sentence is longer for a large or deep value."""
    if isinstance(given, int) and abs(given) >= 10**20:
        return "a number of more than 20 digits"
    shortened = Repr()
    shortened.maxstring = shortened.maxother = 80
    return shortened.repr(given)[:120]


def check_choice(name: str, given: str, allowed: tuple[str, ...]) -> None:
    """Raise ``Misuse`` unless ``given`` is among ``allowed``."""
    if given not in allowed:
        raise Misuse("argument_unknown", name=name, given=given, allowed=", ".join(allowed))


def check_names(given: Collection[str], allowed: tuple[str, ...]) -> None:
    """Raise ``Misuse`` for the first argument of ``--set`` that a command does not take."""
    for name in sorted(set(given) - set(allowed)):
        raise Misuse("argument_unknown", name="--set", given=name, allowed=", ".join(allowed))
