from __future__ import annotations

import re

import numpy as np

from demos import page
from demos.chimera import early, pad


def test_the_first_drawing_stands_on_the_paper_before_gradio_does() -> None:
    url = re.findall(r'studioPaper\.start\("(.*)"\);', early.script())
    drawing = pad.read(*url)
    assert drawing is not None and (np.asarray(drawing) < 128).any()
    assert "</script" not in early.script() and page.early() == early.script(), "it is what the page has in its head"
