from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio.components.image_editor import EditorData
from gradio.data_classes import FileData
from PIL import Image
from starlette.exceptions import HTTPException

from demos.chimera import bounded_pad
from demos.chimera.bounded_pad import MAX_LAYERS, BlobStore
from demos.chimera.bounded_pad import bounded_pad as make_pad
from demos.chimera.sketchpad import drawing_of, hidden_copies, sketchpad
from pipelines.common.errors import Misuse
from tests.tools import png, sketch

STRANGER: Any = SimpleNamespace(headers={"accept-language": "ko"})


def uploaded(folder: Path, *pictures: Image.Image | None) -> list[FileData | None]:
    files = []
    for number, picture in enumerate(pictures):
        path = folder / f"{number}.png"
        if picture is not None:
            picture.save(path)
        files.append(None if picture is None else FileData(path=str(path)))
    return files


def read(background: Any = None, layers: Any = (), composite: Any = None) -> dict[str, Any] | None:
    return sketchpad().preprocess(EditorData(background=background, layers=list(layers), composite=composite))


def blob(file: bytes, kind: str = "layer", identifier: str = "a", index: str = "0") -> Any:
    return SimpleNamespace(data={"id": identifier, "type": kind, "index": index}, files=[("blob", file)])


def test_what_is_drawn_is_read_and_the_background_only_noticed(tmp_path: Path) -> None:
    strokes = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    strokes.putpixel((3, 3), (0, 0, 0, 255))
    layer, composite = uploaded(tmp_path, strokes, sketch(64))
    behind = FileData(path=str(tmp_path / "never-opened.png"))
    value = read(behind, [layer], FileData(path=str(tmp_path / "nor-this.png")))
    assert value is not None and value["composite"] is None and value["background"] is True
    drawn = drawing_of(value)
    assert drawn is not None and drawn.convert("L").getextrema() == (0, 255)
    whole = drawing_of(read(None, [], composite))
    assert whole is not None and whole.size == (64, 64) and drawing_of(read(behind, [], composite)) is None


def test_pictures_are_refused_by_their_headers(tmp_path: Path) -> None:
    huge = Image.new("1", (7000, 7000))
    for layers in ([huge], [Image.new("1", (1024, 1024))] * 3, [Image.new("1", (8, 8))] * (MAX_LAYERS + 1)):
        with pytest.raises(Misuse) as error:
            read(None, uploaded(tmp_path, *layers))
        assert error.value.code in ("image_too_many_pixels", "argument_out_of_range")
    with pytest.raises(Misuse):
        read(None, [], uploaded(tmp_path, huge)[0])
    (tmp_path / "no.png").write_bytes(b"none")
    with pytest.raises(Misuse, match="not a picture"):
        read(None, [FileData(path=str(tmp_path / "no.png"))])


def test_a_stroke_sent_ahead_is_read_once() -> None:
    with gr.Blocks():
        pad = sketchpad()
        sent, _ = hidden_copies(pad)
    pad.accept_blobs(blob(png(Image.new("RGBA", (32, 32), (0, 0, 0, 255)))), STRANGER)
    pad.accept_blobs(blob(png(sketch(32)), "composite", index="null"), STRANGER)
    value = sent.preprocess(EditorData(id="a"))
    assert value is not None and len(value["layers"]) == 1
    again = sent.preprocess(EditorData(id="a"))
    assert again == {"background": None, "layers": [], "composite": None}


@pytest.mark.parametrize(
    "sent",
    [
        blob(png(Image.new("1", (3000, 3000)))),
        blob(bytes(bounded_pad.MAX_BYTES + 1)),
        blob(b""),
        blob(b"<svg/>"),
        blob(png(sketch(32)), kind="kept"),
        blob(png(sketch(32)), index="4"),
        blob(png(sketch(32)), index="999"),
        blob(png(sketch(32)), identifier=""),
        blob(png(sketch(32)), identifier="x" * 100),
        SimpleNamespace(data={"id": "a", "type": "layer", "index": "0"}, files=[]),
        SimpleNamespace(data=None, files=None),
        {"data": {}},
        None,
    ],
)
def test_what_no_pad_sends_gets_a_sentence_and_is_not_kept(sent: Any) -> None:
    pad = sketchpad()
    with pytest.raises(HTTPException) as error:
        pad.accept_blobs(sent, STRANGER)
    assert 400 <= error.value.status_code < 500
    assert any("가" <= letter <= "힣" for letter in error.value.detail), "in the visitor's language"
    assert not pad.blob_storage.kept


def test_of_what_nobody_takes_the_oldest_leaves() -> None:
    store = BlobStore(most=3, most_bytes=100)
    for number in range(5):
        store.put(str(number), "layer", 0, bytes(10))
    assert list(store.kept) == ["2", "3", "4"]
    store.put("2", "composite", 0, bytes(60))
    store.put("9", "background", 0, bytes(25))
    assert list(store.kept) == ["2", "9"] and sum(one.size for one in store.kept.values()) <= 100


def test_the_browser_finds_the_pad() -> None:
    pad, gradios = make_pad(canvas_size=(512, 512)), gr.Sketchpad(canvas_size=(512, 512))
    ours, theirs = pad.get_config(), gradios.get_config()
    assert pad.get_block_name() == gradios.get_block_name()
    assert ours == theirs and ours["server_fns"] == ["accept_blobs"]
    assert not Path(bounded_pad.__file__).with_suffix(".pyi").exists(), "Gradio writes no stub file"
