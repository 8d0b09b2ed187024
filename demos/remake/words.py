"""The sentences of the tab that reads provenance, in English, Japanese and Korean."""

from __future__ import annotations

from demos.shared.words import Scope

say = Scope(
    "remake",
    {
        "tab": ("How was it made?", "作り方を調べる", "어떻게 만들었나?"),
        "made_intro": (
            "Drop a PNG made here and read how to make it again.",
            "ここで作ったPNGを入れると、作り方が読めます。",
            "여기서 만든 PNG를 넣으면 만든 방법을 볼 수 있습니다.",
        ),
        "made_file": ("PNG made here", "ここで作ったPNG", "여기서 만든 PNG"),
        "made_json": ("How it was made", "作り方", "만든 방법"),
    },
)
