"""A stand-in of the Hugging Face Hub on this machine: repositories, and jobs that really run.

It answers the part of the Hub's HTTP interface that repositories' uploads and downloads and jobs need, keeps what it
was asked, and refuses whoever brings no token.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml

from tests.hub_state import TOKEN, USER, StandIn


class Handler(BaseHTTPRequestHandler):
    hub: StandIn
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: Any) -> None:
        return

    def answer(self, content: Any = None, status: int = 200, headers: dict[str, str] | None = None) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status: int, code: str) -> None:
        self.answer({"error": code}, status, {"X-Error-Code": code, "X-Error-Message": code})

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        url = urlsplit(self.path)
        path, query = unquote(url.path), parse_qs(url.query)
        if self.hub.down:
            self.refuse(503, "Down")
            return
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.refuse(401, "Unauthorized")
            return
        for method, pattern, action in ROUTES:
            if self.command == method and (found := re.fullmatch(pattern, path)):
                with self.hub.lock:
                    action(self, body, query, **found.groupdict())
                return
        self.refuse(404, f"NoRoute {self.command} {path}")

    do_GET = do_POST = do_HEAD = handle_any

    def whoami(self, body: bytes, query: Any) -> None:
        self.answer({"name": USER, "type": "user", "auth": {}})

    def create(self, body: bytes, query: Any) -> None:
        asked = json.loads(body)
        repository = f"{asked.get('organization') or USER}/{asked['name']}"
        if repository.split("/")[0] != USER:
            self.refuse(403, "Forbidden")
        elif repository in self.hub.repositories:
            self.answer({"error": "exists", "url": f"{self.hub.url}/{repository}"}, 409)
        else:
            self.hub.repositories[repository] = {}
            self.hub.private[repository] = asked.get("private") or asked.get("visibility") == "private"
            kind = f"{asked['type']}s/" if asked.get("type") not in (None, "model") else ""
            self.answer({"url": f"{self.hub.url}/{kind}{repository}"})

    def check_card(self, body: bytes, query: Any) -> None:
        head = json.loads(body)["content"].split("---\n")[1]
        errors = [] if isinstance(yaml.safe_load(head), dict) else [{"message": "no mapping"}]
        self.answer({"errors": errors, "warnings": []})

    def held(self, repository: str, revision: str = "main") -> dict[str, bytes] | None:
        if repository not in self.hub.repositories:
            self.refuse(404, "RepoNotFound")
            return None
        return self.hub.history.get(revision, self.hub.repositories[repository])

    def info(self, body: bytes, query: Any, kind: str, repository: str) -> None:
        if (files := self.held(repository)) is not None:
            siblings = [{"rfilename": name} for name in files]
            self.answer(
                {
                    "id": repository,
                    "sha": f"{self.hub.commits:040x}",
                    "siblings": siblings,
                    "private": self.hub.private[repository],
                }
            )

    def tree(self, body: bytes, query: Any, kind: str, repository: str, revision: str) -> None:
        if (files := self.held(repository, revision)) is not None:
            self.answer(
                [{"type": "file", "path": name, "size": len(data), "oid": blob(data)} for name, data in files.items()]
            )

    def preupload(self, body: bytes, query: Any, kind: str, repository: str) -> None:
        if (files := self.held(repository)) is not None:
            known = {one["path"]: files.get(one["path"]) for one in json.loads(body)["files"]}
            modes = [
                {
                    "path": name,
                    "uploadMode": "regular",
                    "shouldIgnore": False,
                    "oid": None if had is None else blob(had),
                }
                for name, had in known.items()
            ]
            self.answer({"files": modes})

    def commit(self, body: bytes, query: Any, kind: str, repository: str) -> None:
        if (files := self.held(repository)) is None:
            return
        for line in body.splitlines():
            entry = json.loads(line)
            value = entry["value"]
            if entry["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif entry["key"] == "deletedFile":
                del files[value["path"]]
        self.hub.commits += 1
        self.hub.history[f"{self.hub.commits:040x}"] = dict(files)
        where = f"{self.hub.url}/{repository}/commit/{self.hub.commits:040x}"
        self.answer({"commitUrl": where, "commitOid": f"{self.hub.commits:040x}", "hookOutput": ""})

    def squash(self, body: bytes, query: Any, kind: str, repository: str) -> None:
        if (files := self.held(repository)) is not None:
            self.hub.commits += 1
            self.hub.history = {f"{self.hub.commits:040x}": dict(files)}
            self.answer({})

    def resolve(self, body: bytes, query: Any, kind: str, repository: str, revision: str, name: str) -> None:
        files = self.held(repository, revision)
        if files is None:
            return
        if name not in files:
            self.refuse(404, "EntryNotFound")
            return
        headers = {
            "ETag": f'"{blob(files[name])}"',
            "X-Repo-Commit": revision if revision != "main" else f"{self.hub.commits:040x}",
        }
        self.answer(files[name], headers=headers)

    def start_job(self, body: bytes, query: Any, owner: str) -> None:
        self.answer(self.hub.describe(self.hub.start(json.loads(body))))

    def list_jobs(self, body: bytes, query: Any, owner: str) -> None:
        wanted = set(query.get("label", []))
        found = []
        for number, job in self.hub.jobs.items():
            labels = {f"{key}={value}" for key, value in job.spec["labels"].items()}
            if wanted <= labels and job.stage in query.get("stage", [job.stage]):
                found.append(self.hub.describe(number))
        self.answer(found)

    def show_job(self, body: bytes, query: Any, owner: str, number: str) -> None:
        if number in self.hub.jobs:
            self.answer(self.hub.describe(number))
        else:
            self.refuse(404, "NotFound")

    def cancel_job(self, body: bytes, query: Any, owner: str, number: str) -> None:
        self.hub.jobs[number].end()
        self.answer({})

    def job_logs(self, body: bytes, query: Any, owner: str, number: str) -> None:
        lines = self.hub.jobs[number].output.read_text().splitlines()[-20:]
        events = "".join(
            f"data: {json.dumps({'data': line, 'timestamp': '2026-01-01T00:00:00.000Z'})}\n\n" for line in lines
        )
        self.answer(events.encode(), headers={"Content-Type": "text/event-stream"})


def blob(data: bytes) -> str:
    """Return git's name of a file's contents."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


REPOSITORY = r"/api/(?P<kind>models|datasets)/(?P<repository>[^/]+/[^/]+)"
JOBS = r"/api/jobs/(?P<owner>[^/]+)"
ROUTES: list[tuple[str, str, Any]] = [
    ("GET", r"/api/whoami-v2", Handler.whoami),
    ("POST", r"/api/validate-yaml", Handler.check_card),
    ("POST", r"/api/repos/create", Handler.create),
    ("GET", REPOSITORY, Handler.info),
    ("GET", REPOSITORY + r"/revision/[^/]+", Handler.info),
    ("GET", REPOSITORY + r"/tree/(?P<revision>[^/]+)", Handler.tree),
    ("POST", REPOSITORY + r"/preupload/main", Handler.preupload),
    ("POST", REPOSITORY + r"/commit/main", Handler.commit),
    ("POST", REPOSITORY + r"/super-squash/main", Handler.squash),
    *(
        (
            method,
            r"/(?P<kind>datasets/|)(?P<repository>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<name>.+)",
            Handler.resolve,
        )
        for method in ("GET", "HEAD")
    ),
    ("POST", JOBS, Handler.start_job),
    ("GET", JOBS, Handler.list_jobs),
    ("GET", JOBS + r"/(?P<number>[^/]+)", Handler.show_job),
    ("POST", JOBS + r"/(?P<number>[^/]+)/cancel", Handler.cancel_job),
    ("GET", JOBS + r"/(?P<number>[^/]+)/logs", Handler.job_logs),
]


@contextmanager
def stand_in(folder: Path) -> Iterator[StandIn]:
    """Serve a stand-in until the block ends, and end what still runs there."""
    hub = StandIn(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": hub}))
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        for job in hub.jobs.values():
            job.end()
            job.process.wait()
        server.shutdown()
        server.server_close()


def go_there(hub: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let huggingface_hub, which read its environment long ago, and processes to come use the stand-in."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
    template = f"{hub.url}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
    for name, value in hub.environment().items():
        monkeypatch.setenv(name, value)
