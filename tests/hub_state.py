"""What the stand-in of the Hub holds: repositories, and jobs that really run."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TOKEN = "hf_stand_in_token"
USER = "studio"


@dataclass
class Started:
    """A job that was asked for."""

    spec: dict[str, Any]
    process: subprocess.Popen[bytes]
    output: Path
    canceled: bool = False

    @property
    def stage(self) -> str:
        if self.process.poll() is None:
            return "RUNNING"
        if self.canceled:
            return "CANCELED"
        return "ERROR" if self.process.returncode else "COMPLETED"

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Let it rest for a while."""
        os.killpg(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.process.pid, signal.SIGCONT)

    def end(self) -> None:
        self.canceled = True
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


@dataclass
class StandIn:
    """What the Hub holds."""

    folder: Path
    url: str = ""
    repositories: dict[str, dict[str, bytes]] = field(default_factory=dict)
    private: dict[str, bool] = field(default_factory=dict)
    commits: int = 0
    history: dict[str, dict[str, bytes]] = field(default_factory=dict)  # files by commit
    jobs: dict[str, Started] = field(default_factory=dict)
    down: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)

    def files(self, repository: str, pattern: str = "*") -> list[str]:
        with self.lock:
            return sorted(name for name in self.repositories[repository] if fnmatch.fnmatch(name, pattern))

    def environment(self) -> dict[str, str]:
        """Return what makes huggingface_hub come here."""
        return {"HF_ENDPOINT": self.url, "HF_TOKEN": TOKEN, "HF_HUB_DISABLE_XET": "1", "HF_HUB_OFFLINE": "0"}

    def start(self, spec: dict[str, Any]) -> str:
        """Run a job's command; what it would install is there already."""
        number = f"job{len(self.jobs) + 1}"
        folder = self.folder / number
        tools = folder / "bin"
        tools.mkdir(parents=True)
        (tools / "pip").write_text("#!/bin/sh\nexit 0\n")
        (tools / "pip").chmod(0o755)
        path = os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = {**os.environ, "PATH": path, "HOME": str(folder), **self.environment()}
        environment |= {"STUDIO_HOME": str(folder / "home"), "PYTHONPATH": "", "HF_HOME": str(folder / "hf")}
        environment |= {**spec["environment"], **spec["secrets"]}
        output = folder / "output.txt"
        with output.open("wb") as file:
            process = subprocess.Popen(
                spec["command"], cwd=folder, env=environment, stdout=file, stderr=file, start_new_session=True
            )
        self.jobs[number] = Started(spec, process, output)
        return number

    def describe(self, number: str) -> dict[str, Any]:
        job = self.jobs[number]
        owner = {"id": "1", "name": USER, "type": "user"}
        status = {"stage": job.stage, "message": None}
        return {"id": number, "createdAt": "2026-01-01T00:00:00.000Z", "owner": owner, "status": status, **job.spec}
