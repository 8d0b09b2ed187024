"""Serve the page: ``python app.py``. HOST, PORT, STUDIO_HOME and ADMIN_PASSWORD change where and for whom."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
# A folder of its own, since old files are swept out of it.
os.environ.setdefault("GRADIO_TEMP_DIR", str(Path(tempfile.gettempdir()) / f"chimera-studio-{os.getuid()}"))
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


def main() -> int:
    """Serve until interrupted."""
    from demos import page, warming
    from demos.settings import Settings
    from demos.shared import cache
    from pipelines.common.errors import StudioError
    from pipelines.common.memory import keep_freed_memory

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    for client in ("httpx", "httpx2"):
        logging.getLogger(client).setLevel(logging.WARNING)
    keep_freed_memory()
    try:
        settings = Settings.from_environment()
        opened, token = page.open_studio()
        cache.sweep(time.time() - cache.KEPT)
        app = page.create_app(settings, opened)
        quota = page.launch(app, settings, opened)
    except (StudioError, OSError) as error:
        print(f"app: {error}", file=sys.stderr)
        return 2
    _, trouble = opened.jobs()
    if trouble is not None:
        print(f"app: {trouble}; the page serves meanwhile without its queue", file=sys.stderr)
    print(f"Chimera Studio is at {settings.address}", flush=True)
    if token is not None:
        print(f"To administer it, open {settings.address}/studio/enter?token={token}", flush=True)
    if settings.warm:
        warming.warm_up_behind()
    cache.sweep_behind(quota)
    page.dispatch(opened, app)
    return 0


if __name__ == "__main__":
    sys.exit(main())
