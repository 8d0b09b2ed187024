"""What settings' descriptions say in Japanese and Korean; in English each stands beside its setting."""

from __future__ import annotations

from demos.shared.setting_help import lines_and_pictures, samples, styles

HELP: dict[str, tuple[str, str]] = {**lines_and_pictures.HELP, **samples.HELP, **styles.HELP}
