"""Serve the page: ``python app.py``. HOST, PORT and STUDIO_HOME change where."""

from __future__ import annotations

import logging
import os
import sys

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


def main() -> int:
    """Serve until interrupted."""
    from demos import models, studio
    from pipelines.errors import StudioError

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        settings = studio.Settings.from_environment()
        app = studio.create_app(settings)
        studio.launch(app, settings)
    except (StudioError, OSError) as error:
        print(f"app: {error}", file=sys.stderr)
        return 2
    print(f"Chimera Studio is at http://{settings.host}:{settings.port}", flush=True)
    models.warm_up_behind()
    app.block_thread()
    return 0


if __name__ == "__main__":
    sys.exit(main())
