"""Watches over a training on Hugging Face Jobs, and keeps the run directory here as if it trained here.

The process of ``hf_jobs`` here is this module: it outlives the app like any training, sends code, data and run to a
private repository, starts the job, brings back what the run gains, and asks the job to stop when it is asked itself.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import hashlib
import json
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from huggingface_hub import HfApi, JobInfo, JobStage, get_token
from huggingface_hub.errors import JobNotFoundError, RepositoryNotFoundError
from huggingface_hub.utils.tqdm import disable_progress_bars

from pipelines.common.errors import Misuse, StudioError
from pipelines.common.files import write_atomically
from pipelines.jobs.executors import ROOT
from pipelines.jobs.hub_jobs import HubSettings
from pipelines.jobs.hub_transfer import fetch_run, send_places, send_run
from pipelines.training.run import Run
from pipelines.weights.hub import UNREACHABLE, reason

logger = logging.getLogger("pipelines.jobs")
CODE = ["pipelines/**", "requirements.txt", "weights/*/*.json", "weights/*/*.safetensors"]
AT_WORK = ["RUNNING", "SCHEDULING"]
OVER = (JobStage.COMPLETED, JobStage.CANCELED, JobStage.ERROR, JobStage.DELETED)

# What the container runs; "$0" on are the repository, the run's name and the system.
SCRIPT = """set -e
pip install --quiet huggingface_hub
hf download "$0" --repo-type dataset --include "code/*" --local-dir . --quiet
cd code
pip install --quiet -r requirements.txt
exec python -m pipelines.jobs.hub_worker --repository "$0" --run "$1" --system "$2"
"""


class Remote:
    """One training there.

    Args:
        run: the run directory here.
        system: which system is trained.
        settings: of the training.
        hub: where jobs go, by default as the environment says.
    """

    def __init__(self, run: Path, system: str, settings: Mapping[str, Any], hub: HubSettings | None = None) -> None:
        self.run, self.system, self.settings = run, system, settings
        self.hub = hub or HubSettings.from_environment(os.environ)
        self.api = HfApi()
        self.note = run / "remote.json"  # says that this run has been there, and where
        here = f"{socket.gethostname()}:{run.resolve()}"
        self.name = f"{run.name}-{hashlib.sha256(here.encode()).hexdigest()[:8]}"  # two installations may share it
        self.labels = {"studio-run": self.name}
        self.stopping, self.ending = threading.Event(), threading.Event()

    def train(self) -> str:
        """Start the job, or find the one that an earlier process started; return how it ended.

        Raises:
            Misuse: nobody is signed in to the Hub, or the repository is open to others.
            httpx2.HTTPError: the Hub refuses, or cannot be reached.
        """
        token = get_token()
        if not token:
            raise Misuse("hub_token_missing")
        repository = self.noted() or self.hub.repository or f"{self.api.whoami()['name']}/chimera-studio-jobs"
        job = next(iter(self.at_work(repository)), None)
        if job is None and self.noted():  # one that ended while nobody watched has left what it learnt
            fetch_run(self.api, repository, self.run, self.name, self.settings)
            if Run(self.run).outcome()[0] == "finished":
                return JobStage.COMPLETED.value
        if job is None:
            job = self.start(repository, token)
        else:
            logger.info("job %s on the Hub is still at work", job.id)
        if job is None:
            return JobStage.CANCELED.value
        stage = self.watch(job.id, repository)
        with contextlib.suppress(*UNREACHABLE):  # the next one to end will
            self.forget_history(repository)
        return stage

    def at_work(self, repository: str) -> list[JobInfo]:
        """Return the jobs of this run that have not ended: one, or none."""
        return list(self.api.list_jobs(status=AT_WORK, labels=self.labels, namespace=repository.split("/")[0]))

    def forget_history(self, repository: str) -> None:
        """Leave one commit, so that old checkpoints no longer count as storage; never while other jobs are at work."""
        jobs = self.api.list_jobs(status=AT_WORK, namespace=repository.split("/")[0])
        if not any("studio-run" in (job.labels or {}) for job in jobs):
            self.api.super_squash_history(repository, repo_type="dataset")

    def noted(self) -> str | None:
        """Return the repository where this run has been, None where it has been in none."""
        try:
            return str(json.loads(self.note.read_text())["repository"])
        except (OSError, ValueError, KeyError):
            return None

    def start(self, repository: str, token: str) -> JobInfo | None:
        """Send what the training needs and start it; None where word to stop came before it began."""
        self.api.create_repo(repository, repo_type="dataset", private=True, exist_ok=True)
        if not self.api.repo_info(repository, repo_type="dataset").private:
            raise Misuse("hub_repository_open", given=repository)
        logger.info("sending code, data and run to %s", repository)
        there = f"orders/{self.name}"
        self.send_folder(repository, ROOT, "code", CODE, None)
        with tempfile.TemporaryDirectory() as folder:
            sent = send_places(self.api, repository, self.settings)
            (Path(folder) / "settings.yaml").write_text(yaml.safe_dump(sent, sort_keys=False))
            self.send_folder(repository, Path(folder), there, None, "*")  # an old word to stop goes with this
        Run(self.run).forget_outcome()
        send_run(self.api, repository, self.run, self.name)
        write_atomically(self.note, json.dumps({"repository": repository}).encode())
        if self.stopping.is_set():
            Run(self.run).write_outcome("stopped")
            return None
        job = self.api.run_job(
            image=self.hub.image,
            command=["bash", "-c", SCRIPT, repository, self.name, self.system],
            env={"STUDIO_HF_EVERY": str(self.hub.every)},
            secrets={"HF_TOKEN": token},
            flavor=self.hub.flavor,
            timeout=self.hub.timeout,
            labels=self.labels,
            namespace=repository.split("/")[0],
        )
        logger.info("job %s on %s began", job.id, self.hub.flavor)
        return job

    def send_folder(
        self, repository: str, folder: Path, target: str, only: list[str] | None, deleted: str | None
    ) -> None:
        """Send a folder, or those of its files that match."""
        self.api.upload_folder(
            repo_id=repository,
            repo_type="dataset",
            folder_path=folder,
            path_in_repo=target,
            allow_patterns=only,
            ignore_patterns="*.pyc",
            delete_patterns=deleted,
        )

    def watch(self, number: str, repository: str) -> str:
        """Bring back what the run gains until the job is over; a Hub that does not answer is asked again.

        Raises:
            StudioError: the disk is full.
            HfHubHTTPError: the Hub no longer knows the job or the repository.
        """
        namespace, told = repository.split("/")[0], False
        stage = None
        while stage not in OVER:
            try:
                if self.ending.is_set():
                    self.api.cancel_job(job_id=number, namespace=namespace)
                elif self.stopping.is_set() and not told:
                    self.tell_to_stop(repository)
                    told = True
            except UNREACHABLE as error:
                logger.info("the Hub did not take word to stop (%s): saying it again", reason(error))
            try:
                seen = self.api.inspect_job(job_id=number, namespace=namespace).status.stage
                fetch_run(self.api, repository, self.run, self.name, self.settings)
                stage = seen  # not before what it left is here
            except UNREACHABLE as error:
                if is_gone(error):
                    raise
                if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                    raise StudioError("disk_full", given="what the job sends") from error
                logger.info("the Hub does not answer (%s): asking again", reason(error))
            if stage not in OVER:
                self.pause()
        if not Run(self.run).outcome()[0]:  # it was killed, or never came so far
            with contextlib.suppress(*UNREACHABLE):
                for line in self.api.fetch_job_logs(job_id=number, namespace=namespace, tail=20):
                    print(line, flush=True)
        return JobStage(stage).value

    def pause(self) -> None:
        """Wait until the next look; word to stop ends the wait once."""
        if self.stopping.is_set():
            time.sleep(self.hub.every)
        else:
            self.stopping.wait(self.hub.every)

    def tell_to_stop(self, repository: str) -> None:
        """Leave word where the worker looks."""
        self.api.upload_file(
            path_or_fileobj=b"stop", path_in_repo=f"orders/{self.name}/stop", repo_id=repository, repo_type="dataset"
        )


def is_gone(error: Exception) -> bool:
    """Say whether the Hub answered that there is no such job or repository; 401 may mean a token that has run out."""
    return isinstance(error, JobNotFoundError | RepositoryNotFoundError) and error.response.status_code == 404


def main() -> int:
    """Watch over one training; SIGTERM asks it to save and end, SIGINT cancels it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("system")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    disable_progress_bars()
    try:
        with Run(options.run).locked():
            try:
                remote = Remote(options.run, options.system, yaml.safe_load(options.config.read_text()))
                obey_signals(remote)
                stage = remote.train()
            except (StudioError, *UNREACHABLE) as error:
                Run(options.run).write_outcome("failed", reason(error))
                raise
    except (StudioError, *UNREACHABLE) as error:
        print(f"pipelines: {reason(error)}", file=sys.stderr)
        return 1
    print(f"the job on the Hub ended: {stage.lower()}", flush=True)
    return 0


def obey_signals(remote: Remote) -> None:
    """Take SIGTERM for word to stop, SIGINT for word to stop at once."""

    def end(*_: object) -> None:
        remote.ending.set()
        remote.stopping.set()

    signal.signal(signal.SIGTERM, lambda *_: remote.stopping.set())
    signal.signal(signal.SIGINT, end)


if __name__ == "__main__":
    sys.exit(main())
