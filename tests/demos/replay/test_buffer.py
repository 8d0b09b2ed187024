from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from demos.replay import buffer
from demos.shared import models
from pipelines.common.errors import Misuse
from pipelines.stylemini.pipeline import StyleMiniPipeline


def task(pictures: list[str], **changed: Any) -> buffer.Task:
    given = {"buffer": None, "task": "birds", "task_files": None, "kept_of_task": 8, "method": "k-means"}
    return buffer.Task(sources=pictures, **{**given, "language": "en", **changed})


def replay(held: Any, **changed: Any) -> buffer.Replay:
    given = {"styles": ["oil painting style"], "own": "a red cat", "least": 0.8, "most": 0.3, "again": 5}
    given |= {"negative": "", "guidance": 1.5, "steps": 6, "seed": 1, "fresh": False, "language": "en"}
    return buffer.Replay(held, **{**given, **changed})


def test_latents_are_kept_and_drawn_from_alone(pictures: list[str], tmp_path: Path) -> None:
    held = buffer.add(task(pictures))["buffer"]
    answer = buffer.add(task(pictures, buffer=held, task="| *fish* <b>", task_files=pictures[:1]))
    assert {name: len(one) for name, one in held.tasks.items()} == {"birds": 2, "| *fish* <b>": 1}
    assert "<b>" not in answer["contents"] and "24 times" in answer["contents"]
    assert "バッファ" in buffer.relabel(None, "ja")["contents"]
    *going, last = buffer.replay(replay(held))
    assert len(going) == 5 and [len(answer["drawn_again"]) for answer in going] == [1, 2, 3, 4, 5]
    assert len(last["drawn_again"]) == 5 and last["said_again"].startswith("5 pictures")
    strengths = {float(caption.partition(", ")[0]) for _, caption in last["drawn_again"]}
    assert len(strengths) > 2 and min(strengths) >= 0.3 and max(strengths) <= 0.8
    assert {caption.partition(", ")[2] for _, caption in last["drawn_again"]} == {"oil painting", "a red cat"}
    brought = buffer.bring(answer["buffer_file"].value["path"], None, "en")
    assert brought["buffer"].tasks.keys() == held.tasks.keys() and brought["contents"] == answer["contents"]
    *_, again = buffer.replay(replay(brought["buffer"]))
    assert [image.tobytes() for image, _ in again["drawn_again"]] == [one.tobytes() for one, _ in last["drawn_again"]]


def test_a_buffer_of_another_model_is_refused(pictures: list[str], tmp_path: Path, pipe: StyleMiniPipeline) -> None:
    held = buffer.add(task(pictures))["buffer"]
    held.autoencoder = "another"
    held.save(tmp_path / "other.safetensors")
    with pytest.raises(Misuse, match="another model"):
        buffer.bring(str(tmp_path / "other.safetensors"), None, "en")
    (tmp_path / "notes.safetensors").write_text("no buffer")
    with pytest.raises(Misuse, match="no buffer"):
        buffer.bring(str(tmp_path / "notes.safetensors"), None, "en")
    (tmp_path / "large.safetensors").write_bytes(b"0" * (buffer.LARGEST + 1))
    with pytest.raises(Misuse, match="large"):
        buffer.bring(str(tmp_path / "large.safetensors"), None, "en")


def test_a_buffer_that_is_brought_along_is_added_and_nothing_is_lost(pictures: list[str], tmp_path: Path) -> None:
    held = buffer.add(task(pictures))["buffer"]
    long = "x" * buffer.LONGEST_NAME
    other = models.latent_buffer()
    names = ("birds", f"{long}a", f"{long}b")
    other.tasks = {name: held.tasks["birds"][: 1 + (name != "birds")].clone() for name in names}
    other.save(tmp_path / "other.safetensors")
    both = buffer.bring(str(tmp_path / "other.safetensors"), held, "en")["buffer"]
    assert {name: len(one) for name, one in both.tasks.items()} == {
        **{"birds": 2, "birds (2)": 1, long: 2},
        f"{'x' * (buffer.LONGEST_NAME - 4)} (2)": 2,
    }
    before = dict(both.tasks)
    other.tasks = {str(number): held.tasks["birds"].clone() for number in range(buffer.MOST_TASKS - 1)}
    other.save(tmp_path / "many.safetensors")
    with pytest.raises(Misuse, match="tasks"):
        buffer.bring(str(tmp_path / "many.safetensors"), both, "en")
    assert both.tasks == before
    models.latent_buffer().save(tmp_path / "nothing.safetensors")
    assert buffer.bring(str(tmp_path / "nothing.safetensors"), both, "en")["buffer"].tasks.keys() == before.keys()


def test_what_the_buffer_cannot_do_gets_a_sentence(pictures: list[str]) -> None:
    with pytest.raises(Misuse, match="empty"):
        list(buffer.replay(replay(None)))
    with pytest.raises(Misuse, match="picture"):
        buffer.add(task([]))
    held = None
    for number in range(buffer.MOST_TASKS):
        held = buffer.add(task(pictures[:1], buffer=held, task=f"task {number}"))["buffer"]
    with pytest.raises(Misuse, match="tasks"):
        buffer.add(task(pictures, buffer=held, task="one more"))
    assert len(buffer.add(task(pictures, buffer=held, task="task 3"))["buffer"]) == buffer.MOST_TASKS + 1
    with pytest.raises(Misuse, match="style"):
        list(buffer.replay(replay(held, styles=[], own=" ")))
