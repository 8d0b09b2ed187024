"""Tell the world outside that a job has ended, if it wants to know."""

from __future__ import annotations

import json
import logging
import os
import threading
import urllib.request

from pipelines.jobs.job import Job

logger = logging.getLogger("pipelines.jobs")
SECONDS = 10.0


def tell(job: Job) -> None:
    """Post a job's end as JSON to ``STUDIO_WEBHOOK``, where that is set; nobody waits for it."""
    address = os.environ.get("STUDIO_WEBHOOK", "")
    if address.startswith(("https://", "http://")):
        threading.Thread(target=post, args=(address, job), name="webhook", daemon=True).start()


def post(address: str, job: Job) -> None:
    """Send one notice; what goes wrong is logged and not tried again."""
    notice = {"job": job.id, "system": job.system, "status": job.status, "run": job.run.name, "error": job.error[-500:]}
    body = json.dumps(notice).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS):
            pass
    except OSError as error:
        logger.warning("the webhook did not take the end of job %d: %s", job.id, error)
