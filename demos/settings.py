"""What the environment says: where the page is served, and under which address it is seen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.common.errors import Misuse, check_choice


@dataclass(frozen=True)
class Settings:
    """What the environment says.

    Attributes:
        host: address to listen on.
        port: port to listen on.
        port_name: the variable that decides the port.
        root_path: where a reverse proxy shows the page: a path without a slash at its end, or a whole address.
        warm: whether all models are opened behind the page at the start, or each when somebody first needs it.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    port_name: str = "PORT"
    root_path: str = ""
    warm: bool = True

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read ``HOST``, ``PORT``, ``GRADIO_ROOT_PATH`` and ``STUDIO_WARM``, 1 or 0.

        Gradio's own ``GRADIO_SERVER_NAME`` and ``GRADIO_SERVER_PORT`` count where the first two are not set.

        Raises:
            Misuse: the port is no port, or ``STUDIO_WARM`` neither.
        """
        given = os.environ if environment is None else environment
        on_spaces = "SPACE_ID" in given
        host = given.get("HOST") or given.get("GRADIO_SERVER_NAME") or ("0.0.0.0" if on_spaces else cls.host)
        port_name = next((name for name in ("PORT", "GRADIO_SERVER_PORT") if given.get(name)), cls.port_name)
        port = given.get(port_name) or str(cls.port)
        if not (port.isascii() and port.isdigit()) or not 0 < int(port) < 65536:
            raise Misuse("argument_out_of_range", name=port_name, given=port, low=1, high=65535)
        check_choice("STUDIO_WARM", warm := given.get("STUDIO_WARM") or "1", ("1", "0"))
        return cls(host, int(port), port_name, whole_path(given.get("GRADIO_ROOT_PATH", "")), warm == "1")

    @property
    def address(self) -> str:
        """Where the page is; under a proxy's path the app answers, too, whether the proxy strips that or not."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.root_path if "://" in self.root_path else f"http://{host}:{self.port}{self.root_path}"


def whole_path(given: str) -> str:
    """Return a path with a slash before it and none after, or a whole address with none after."""
    bare = given.strip().rstrip("/")
    return bare if "://" in bare or not bare else "/" + bare.lstrip("/")
