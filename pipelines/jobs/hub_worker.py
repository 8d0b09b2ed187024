"""What runs in the container of a Hugging Face job: fetch, train, and send the run back while it grows."""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import yaml
from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.utils.tqdm import disable_progress_bars

from pipelines.jobs.hub_transfer import fetch_places, put_places, send_run
from pipelines.weights.hub import UNREACHABLE, reason

SENDS = 4  # looks for word to stop between sending back: the Hub counts commits by the hour
WHOLE = 15  # of as many sends back one has checkpoints and exports: the Hub keeps, and counts, all that ever were sent


class Worker:
    """One training here, whose run lives in a repository.

    Args:
        repository: private dataset repository.
        run: name of the run in it.
        system: which system is trained.
        every: seconds between looks for word to stop; every ``SENDS``-th time the run is sent back, and every
            ``WHOLE``-th time of these with its weights.
    """

    def __init__(self, repository: str, run: str, system: str, every: float) -> None:
        self.repository, self.name, self.system, self.every = repository, run, system, every
        self.api = HfApi()
        self.run = Path("runs", run)

    def work(self) -> int:
        """Train to the end or until word to stop comes; return the training's exit status."""
        wanted = [f"runs/{self.name}/**", f"orders/{self.name}/settings.yaml"]
        snapshot_download(self.repository, repo_type="dataset", local_dir=".", allow_patterns=wanted)
        self.run.mkdir(parents=True, exist_ok=True)
        settings = Path("orders", self.name, "settings.yaml")
        given = yaml.safe_load(settings.read_text())
        fetch_places(self.repository, given)
        put_places(self.run / "config.yaml", given)
        train = [sys.executable, "-m", "pipelines", "train", self.system, "--config", str(settings)]
        training = subprocess.Popen([*train, "--run", str(self.run)])
        asked, looks = False, 0
        while training.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                training.wait(self.every)
            try:
                if not asked and self.told_to_stop():
                    training.terminate()
                    asked = True
                looks += 1
                if looks % SENDS == 0:
                    whole = looks % (SENDS * WHOLE) == 0
                    send_run(self.api, self.repository, self.run, self.name, whole=whole)
            except UNREACHABLE as error:  # the Hub will answer another time
                print(f"the Hub did not answer: {reason(error)}", file=sys.stderr, flush=True)
        self.send_last()
        return training.returncode

    def told_to_stop(self) -> bool:
        """Say whether word to stop has come."""
        return self.api.file_exists(self.repository, f"orders/{self.name}/stop", repo_type="dataset")

    def send_last(self, tries: int = 8) -> None:
        """Send the end of it, which must arrive: try again, later each time."""
        for number in range(tries):
            try:
                send_run(self.api, self.repository, self.run, self.name)
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
