"""Watches over a training on Hugging Face Jobs, and keeps the run directory here as if it trained here.

The process of ``hf_jobs`` here is this module: it outlives the app like any training, sends code, data and run to a
private repository, starts the job, brings back what the run gains, and asks the job to stop when it is asked itself.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import hashlib
import json
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import httpx2
import yaml
from huggingface_hub import HfApi, JobInfo, JobStage, get_token, snapshot_download
from huggingface_hub.errors import JobNotFoundError, RepositoryNotFoundError
from huggingface_hub.utils.tqdm import disable_progress_bars

from pipelines.errors import Misuse, StudioError
from pipelines.files import write_atomically
from pipelines.jobs.executors import ROOT
from pipelines.jobs.hub_jobs import HubSettings
from pipelines.training.run import Run

logger = logging.getLogger("pipelines.jobs")
CODE = ["pipelines/**", "requirements.txt", "weights/*/*.json", "weights/*/*.safetensors"]
LOCAL = [".lock", "job.yaml", "console.txt", "remote.json", ".cache/**"]  # of a run directory, what stays here
UNREACHABLE = (httpx2.HTTPError, OSError)  # of which the Hub's own errors are a kind
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
        settings: where jobs go, by default as the environment says.
    """

    def __init__(self, run: Path, system: str, settings: HubSettings | None = None) -> None:
        self.run, self.system = run, system
        self.settings = settings or HubSettings.from_environment(os.environ)
        self.api = HfApi()
        self.note = run / "remote.json"
        self.mirror = run / ".cache" / "hub"
        here = f"{socket.gethostname()}:{run.resolve()}"
        self.name = f"{run.name}-{hashlib.sha256(here.encode()).hexdigest()[:8]}"  # two installations may share it
        self.labels = {"studio-run": self.name}
        self.stopping = threading.Event()

    def train(self, settings: Mapping[str, Any]) -> str:
        """Start the job, or find the one that an earlier process started; return how it ended.

        Raises:
            Misuse: nobody is signed in to the Hub.
            httpx2.HTTPError: the Hub refuses, or cannot be reached.
        """
        token = get_token()
        if not token:
            raise Misuse("hub_token_missing")
        repository = self.settings.repository or f"{self.api.whoami()['name']}/chimera-studio-jobs"
        namespace = repository.split("/")[0]
        at_work = self.api.list_jobs(status=["RUNNING", "SCHEDULING"], labels=self.labels, namespace=namespace)
        job = next(iter(at_work), None)
        if job is None:
            job = self.start(settings, repository, token)
        else:
            logger.info("job %s on the Hub is still at work", job.id)
        self.note_down(job.id, namespace, repository)
        return self.watch(job.id)

    def noted(self) -> dict[str, str]:
        """Return the job's number, its owner and the repository."""
        return dict(json.loads(self.note.read_text()))

    def start(self, settings: Mapping[str, Any], repository: str, token: str) -> JobInfo:
        """Send what the training needs and start it."""
        self.api.create_repo(repository, repo_type="dataset", private=True, exist_ok=True)
        logger.info("sending code, data and run to %s", repository)
        send = functools.partial(self.api.upload_folder, repo_id=repository, repo_type="dataset")
        send(folder_path=ROOT, path_in_repo="code", allow_patterns=CODE, ignore_patterns="*.pyc")
        sent = self.send_inputs(settings, repository)
        name = self.name
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "settings.yaml").write_text(yaml.safe_dump(sent, sort_keys=False))
            send(folder_path=folder, path_in_repo=f"orders/{name}", delete_patterns="*")
        send(folder_path=self.run, path_in_repo=f"runs/{name}", ignore_patterns=LOCAL, delete_patterns="*")
        job = self.api.run_job(
            image=self.settings.image,
            command=["bash", "-c", SCRIPT, repository, name, self.system],
            env={"STUDIO_HF_EVERY": str(self.settings.every)},
            secrets={"HF_TOKEN": token},
            flavor=self.settings.flavor,
            timeout=self.settings.timeout,
            labels=self.labels,
            namespace=repository.split("/")[0],
        )
        logger.info("job %s on %s began", job.id, self.settings.flavor)
        return job

    def note_down(self, number: str, namespace: str, repository: str) -> None:
        """Write down which job it is, so that it is found again."""
        content = {"id": number, "namespace": namespace, "repository": repository}
        write_atomically(self.note, json.dumps(content).encode())

    def send_inputs(self, settings: Mapping[str, Any], repository: str) -> dict[str, Any]:
        """Send every file or folder that a setting names; return the settings with their paths there."""
        sent = dict(settings)
        for name, value in settings.items():
            kind, _, path = value.rpartition(":") if isinstance(value, str) else ("", "", "")
            source = Path(path).expanduser()
            if not (kind or source.is_absolute()) or not path or not source.exists():
                continue
            where = f"inputs/{digest(source)}"
            with tempfile.TemporaryDirectory() as folder:
                packed = source if source.is_file() else packed_folder(source, Path(folder) / "folder.zip")
                target = f"{where}{packed.suffix}" if source.is_file() else f"{where}.folder.zip"
                if not self.api.file_exists(repository, target, repo_type="dataset"):
                    self.send_file(packed, target, repository)
            arrives = target if source.is_file() else where
            sent[name] = f"{kind}:{arrives}" if kind else arrives
        return sent

    def watch(self, number: str) -> str:
        """Bring back what the run gains until the job is over; a Hub that does not answer is asked again."""
        namespace, asked = self.noted()["namespace"], False
        while True:
            try:
                if self.stopping.is_set() and not asked:
                    self.ask_to_stop()
                    asked = True
                stage = self.api.inspect_job(job_id=number, namespace=namespace).status.stage
                self.bring_back()
                if stage in OVER:
                    break
            except (JobNotFoundError, RepositoryNotFoundError):
                raise  # nobody will bring these back
            except UNREACHABLE as error:
                logger.info("the Hub does not answer (%s): asking again", str(error).splitlines()[0])
            if asked:
                time.sleep(self.settings.every)
            else:
                self.stopping.wait(self.settings.every)
        if not Run(self.run).outcome()[0]:  # it was killed, or never came so far
            with contextlib.suppress(*UNREACHABLE):
                for line in self.api.fetch_job_logs(job_id=number, namespace=namespace, tail=20):
                    print(line, flush=True)
        return str(stage.value if isinstance(stage, JobStage) else stage)

    def ask_to_stop(self) -> None:
        """Leave word where the worker looks."""
        self.send_file(b"stop", f"orders/{self.name}/stop", self.noted()["repository"])

    def send_file(self, content: Path | bytes, target: str, repository: str) -> None:
        """Send one file."""
        self.api.upload_file(path_or_fileobj=content, path_in_repo=target, repo_id=repository, repo_type="dataset")

    def cancel(self) -> None:
        """End the job now."""
        self.api.cancel_job(job_id=self.noted()["id"], namespace=self.noted()["namespace"])

    def bring_back(self) -> None:
        """Make the run directory what the repository has of it."""
        repository, prefix = self.noted()["repository"], PurePosixPath("runs") / self.name
        listed = {
            PurePosixPath(path).relative_to(prefix)
            for path in self.api.list_repo_files(repository, repo_type="dataset")
            if PurePosixPath(path).is_relative_to(prefix)
        }
        if not listed:
            return
        snapshot_download(repository, repo_type="dataset", local_dir=self.mirror, allow_patterns=f"{prefix}/**")
        for path in sorted(listed):
            fresh, ours = self.mirror / prefix / path, self.run / path
            if fresh.is_file() and not same(fresh, ours):
                ours.parent.mkdir(parents=True, exist_ok=True)
                temporary = ours.with_name(f".{ours.name}.new")
                shutil.copy2(fresh, temporary)
                temporary.replace(ours)
        for folder in ("checkpoints", "exports", "previews"):  # what was let go there goes here too
            for ours in (self.run / folder).rglob("*"):
                if ours.is_file() and PurePosixPath(ours.relative_to(self.run).as_posix()) not in listed:
                    ours.unlink()
            for ours in sorted((self.run / folder).rglob("*"), reverse=True):
                if ours.is_dir() and not any(ours.iterdir()):
                    ours.rmdir()


def same(one: Path, other: Path) -> bool:
    """Say whether two files have the same size and time of change."""
    if not other.is_file():
        return False
    first, second = one.stat(), other.stat()
    return first.st_size == second.st_size and first.st_mtime_ns == second.st_mtime_ns


def digest(path: Path) -> str:
    """Return a name for a file's or a folder's contents."""
    found = hashlib.sha256()
    for file in files_in(path) if path.is_dir() else [path]:
        found.update(str(file.relative_to(path)).encode() + b"\0")
        with file.open("rb") as content:
            found.update(hashlib.file_digest(content, "sha256").digest())
    return found.hexdigest()[:24]


def packed_folder(folder: Path, target: Path) -> Path:
    """Write a folder as an archive: thousands of small files would travel slowly."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for file in files_in(folder):
            archive.write(file, file.relative_to(folder))
    return target


def files_in(folder: Path) -> list[Path]:
    """Return a folder's files; links that lead out of it are not followed."""
    root = folder.resolve()
    return sorted(one for one in folder.rglob("*") if one.is_file() and one.resolve().is_relative_to(root))


def main() -> int:
    """Watch over one training; SIGTERM asks it to save and end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("system")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    disable_progress_bars()
    remote, run = Remote(options.run, options.system), Run(options.run)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: remote.stopping.set())
    try:
        with run.locked():
            stage = remote.train(yaml.safe_load(options.config.read_text()))
    except (StudioError, *UNREACHABLE) as error:
        run.write_outcome("failed", str(error))
        print(f"pipelines: {error}", file=sys.stderr)
        return 1
    print(f"the job on the Hub ended: {stage.lower()}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
