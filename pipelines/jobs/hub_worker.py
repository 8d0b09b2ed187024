"""What runs in the container of a Hugging Face job: fetch, train, and send the run back while it grows."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import httpx2
import yaml
from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.utils.tqdm import disable_progress_bars

UNREACHABLE = (httpx2.HTTPError, OSError)  # of which the Hub's own errors are a kind
SENDS = 4  # looks for word to stop between sending back: the Hub counts commits by the hour
SENT_BACK = ["config.yaml", "metrics.jsonl", "log.txt", "outcome.json", "previews/step-*", "checkpoints/step-*/*"]
SENT_BACK += ["checkpoints/best/*", "exports/*/*"]


class Worker:
    """One training here, whose run lives in a repository.

    Args:
        repository: private dataset repository.
        run: name of the run in it.
        system: which system is trained.
        every: seconds between looks for word to stop; every ``SENDS``-th time the run is sent back.
    """

    def __init__(self, repository: str, run: str, system: str, every: float) -> None:
        self.repository, self.name, self.system, self.every = repository, run, system, every
        self.api = HfApi()
        self.run = Path("runs", run)

    def work(self) -> int:
        """Train to the end or until word to stop comes; return the training's exit status."""
        wanted = [f"runs/{self.name}/**", f"orders/{self.name}/settings.yaml"]
        snapshot_download(self.repository, repo_type="dataset", local_dir=".", allow_patterns=wanted)
        settings = Path("orders", self.name, "settings.yaml")
        self.fetch_inputs(yaml.safe_load(settings.read_text()))
        (self.run / "outcome.json").unlink(missing_ok=True)
        train = [sys.executable, "-m", "pipelines", "train", self.system, "--config", str(settings)]
        training = subprocess.Popen([*train, "--run", str(self.run)])
        asked, looks = False, 0
        while training.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                training.wait(self.every)
            with contextlib.suppress(*UNREACHABLE):  # the Hub will answer another time
                if not asked and self.told_to_stop():
                    training.terminate()
                    asked = True
                looks += 1
                if looks % SENDS == 0:
                    self.send_back()
        self.send_last()
        return training.returncode

    def fetch_inputs(self, settings: dict[str, object]) -> None:
        """Download what the settings name; a folder comes packed."""
        for value in settings.values():
            path = value.rpartition(":")[2] if isinstance(value, str) else ""
            if not path.startswith("inputs/"):
                continue
            packed = f"{path}.folder.zip"
            snapshot_download(self.repository, repo_type="dataset", local_dir=".", allow_patterns=[path, packed])
            if Path(packed).is_file() and not Path(path).exists():
                with zipfile.ZipFile(packed) as archive:
                    archive.extractall(path)

    def told_to_stop(self) -> bool:
        """Say whether word to stop has come."""
        return self.api.file_exists(self.repository, f"orders/{self.name}/stop", repo_type="dataset")

    def send_back(self) -> None:
        """Make the repository's copy what the run is; what has not changed is not sent again."""
        with tempfile.TemporaryDirectory(dir=".") as folder:
            copy = Path(folder, "run")
            shutil.copytree(self.run, copy, ignore=shutil.ignore_patterns(".*"))  # one that does not grow meanwhile
            self.api.upload_folder(
                repo_id=self.repository,
                repo_type="dataset",
                folder_path=copy,
                path_in_repo=f"runs/{self.name}",
                allow_patterns=SENT_BACK,
                delete_patterns=["previews/*", "checkpoints/*", "exports/*"],
                commit_message=f"{self.name} goes on",
            )

    def send_last(self, tries: int = 8) -> None:
        """Send the end of it, which must arrive: try again, later each time."""
        for number in range(tries):
            try:
                self.send_back()
                return
            except UNREACHABLE:
                if number == tries - 1:
                    raise
                time.sleep(min(2.0**number, 60))


def main() -> int:
    """Read the arguments and work."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repository", required=True)
    parser.add_argument("--run", required=True)
    parser.add_argument("--system", required=True)
    options = parser.parse_args()
    disable_progress_bars()
    every = float(os.environ.get("STUDIO_HF_EVERY", "15"))
    return Worker(options.repository, options.run, options.system, every).work()


if __name__ == "__main__":
    sys.exit(main())
