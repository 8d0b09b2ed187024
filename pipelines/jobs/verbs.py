"""The queue on the command line: ``jobs``, ``stop``, ``resume``; and ``undo``."""

from __future__ import annotations

import argparse
import contextlib
import logging
import signal
from pathlib import Path
from typing import Any

from pipelines.common.home import studio_home


def add_verbs(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the queue's verbs to the command line."""
    verb = verbs.add_parser("jobs", help="list the queue, or 'jobs serve': run it without the page")
    verb.add_argument("what", nargs="?", choices=("list", "serve"), default="list")
    verb.set_defaults(run_verb=run_jobs)

    for name, text in (("stop", "ask a job to save and stop"), ("resume", "put a stopped job back into the queue")):
        verb = verbs.add_parser(name, help=text)
        verb.add_argument("job", type=int, help="number, as 'jobs' lists them")
        verb.set_defaults(run_verb=run_stop if name == "stop" else run_resume)

    verb = verbs.add_parser("undo", help="take a system's last promotion back")
    verb.add_argument("system")
    verb.set_defaults(run_verb=run_undo)


def service() -> Any:
    """Return the module that acts; it is imported when a verb is used."""

    from pipelines.jobs import service as opened

    return opened


def run_jobs(options: argparse.Namespace) -> None:
    """Print the jobs, or dispatch them until a signal comes."""
    if options.what == "list":
        for job in service().open_store().jobs():
            error = f"  {job.error.splitlines()[-1]}" if job.error.strip() else ""
            print(f"{job.id:5} {job.status:12} {job.system:12} attempt {job.attempt}  {job.run}{error}")
        return
    from pipelines.jobs import webhook
    from pipelines.jobs.dispatcher import Dispatcher
    from pipelines.jobs.installation import executors_from_environment

    store = service().open_store()
    store.jobs()  # a database that cannot be used is said at once, and nothing is dispatched
    dispatcher = Dispatcher(store, executors_from_environment(), on_end=webhook.tell)
    logging.getLogger("pipelines.jobs").info("dispatching the queue in %s", studio_home())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: dispatcher.close())
    dispatcher.serve()


def run_stop(options: argparse.Namespace) -> None:
    """Ask a job to stop."""
    print(f"{options.job}: {service().open_store().ask_to_stop(options.job).status}")


def run_resume(options: argparse.Namespace) -> None:
    """Put a job back into the queue."""
    print(f"{options.job}: {service().open_store().resume(options.job).status}")


def run_of(what: str) -> Path:
    """Return the run directory of a job's number, or the folder that is named."""
    return service().open_store().get(int(what)).run if what.isdecimal() and len(what) < 20 else Path(what)


def run_undo(options: argparse.Namespace) -> None:
    """Take the last promotion back."""
    from pipelines.weights import live

    now = live.undo(options.system)
    with contextlib.suppress(BrokenPipeError):
        print(f"{options.system}: {now.weights_sha256[:16] if now else 'the bundled weights'} live again")
