from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from demos.replay import buffer, models
from demos.replay.sources import squares
from pipelines.common import provenance
from pipelines.common.errors import Misuse
from pipelines.common.provenance import encode_png
from pipelines.diffusion.sampling import noise_of, restyle
from pipelines.stylemini.pipeline import StyleMiniPipeline


def task(pictures: list[str], **changed: Any) -> buffer.Task:
    given = {"buffer": None, "task": "birds", "task_files": None, "kept_of_task": 8, "method": "k-means"}
    given |= {"classes": 1}
    return buffer.Task(sources=pictures, **{**given, "language": "en", **changed})


def replay(held: Any, **changed: Any) -> buffer.Replay:
    given = {"styles": ["oil painting style"], "own": "a red cat", "least": 0.8, "most": 0.3, "again": 5}
    given |= {"negative": "", "guidance": 1.5, "keeping": 1.2, "steps": 6, "seed": 1, "fresh": False, "language": "en"}
    return buffer.Replay(held, **{**given, **changed})


def test_latents_are_kept_and_drawn_from_alone(pictures: list[str], pipe: StyleMiniPipeline) -> None:
    held = buffer.add(task(pictures))["buffer"]
    answer = buffer.add(task(pictures, buffer=held, task="| *fish* <b>", task_files=pictures[:1]))
    held = answer["buffer"]
    assert {name: len(one) for name, one in held.tasks.items()} == {"birds": 2, "| *fish* <b>": 1}
    file = Path(answer["buffer_file"].value["path"])
    pngs = sum(len(encode_png(one, None)) for one in squares(pipe, [*pictures, pictures[0]], "en"))
    for size in (file.stat().st_size, pngs, 3 * 3 * 32 * 32):
        assert f"{size / 1000:.1f} kB" in answer["contents"]
    assert "<b>" not in answer["contents"]
    held.pictures.clear()
    assert "PNG files" in answer["contents"] and "PNG files" not in buffer.contents(held, "en"), "where it is known"
    *going, last = buffer.replay(replay(held))
    assert [len(answer["drawn_again"]) for answer in going] == [1, 2, 3, 4, 5] and going[-1]["seed"] == 1
    assert len(last["drawn_again"]) == 5 and last["said_again"].startswith("5 pictures")
    strengths = {float(caption.partition(", ")[0]) for _, caption in last["drawn_again"]}
    assert len(strengths) > 2 and min(strengths) >= 0.3 and max(strengths) <= 0.8
    assert {caption.partition(", ")[2] for _, caption in last["drawn_again"]} == {"oil painting", "a red cat"}
    again_made = going[-1]["again_made"]
    renamed = buffer.relabel(None, again_made, "ja")
    assert "バッファ" in renamed["contents"] and any("油絵" in caption for _, caption in renamed["drawn_again"])
    path, strength, prompt = again_made[3]
    read = provenance.read(Path(path))
    assert (read.seed, read.arguments["prompt"], read.arguments["strength"]) == (1, prompt, strength)
    assert read.arguments["image_guidance_scale"] == 1.2 and read.arguments["steps"] == 6
    digests = {sha256(one.numpy().tobytes()).hexdigest(): one for latents in held.tasks.values() for one in latents}
    latent = digests[read.other_inputs["latents"]].float()[None]
    noise = noise_of(latent.shape[1:], [(read.seed, read.index, read.arguments["copy"], 1)])
    asked = {name: value for name, value in read.arguments.items() if name != "copy"}
    sampling = pipe.arguments_class.parse(asked).sampling()
    remade = restyle(pipe.model, latent, [prompt], noise, strength, sampling)
    assert remade is not None
    with Image.open(path) as made:
        difference = np.asarray(pipe.model.decode(remade)[0], int) - np.asarray(made.convert("RGB"), int)
    assert np.abs(difference).max() <= 2, "made again of what it says"
    brought = buffer.bring(str(file), None, "en")
    assert brought["buffer"].tasks.keys() == held.tasks.keys() and brought["contents"] == answer["contents"]
    *_, again = buffer.replay(replay(brought["buffer"]))
    bytes_of = [[Path(path).read_bytes() for path, _ in one["drawn_again"]] for one in (again, last)]
    assert bytes_of[0] == bytes_of[1]


def test_what_was_in_the_buffer_can_be_had_back(pictures: list[str]) -> None:
    first = buffer.add(task(pictures))
    assert first["buffer_before"] is None
    second = buffer.add(task(pictures[:1], buffer=first["buffer"]))
    assert len(second["buffer"]) == 1 and len(second["buffer_before"]) == 2, "the same name again"
    back = buffer.undo(second["buffer"], second["buffer_before"], "en")
    assert len(back["buffer"]) == 2 and "birds | 2" in back["contents"]
    emptied = buffer.empty(back["buffer"], "en")
    assert emptied["buffer"] is None and "empty" in emptied["contents"]
    back = buffer.undo(None, emptied["buffer_before"], "en")
    assert len(back["buffer"]) == 2 and back["buffer_before"] is None and back["buffer_file"].interactive
    assert buffer.empty(None, "en") == buffer.undo(None, None, "en") == {}


def test_tasks_without_a_name_do_not_replace_one_another(pictures: list[str]) -> None:
    held = buffer.add(task(pictures, task=" "))["buffer"]
    held = buffer.add(task(pictures[:1], task="", buffer=held))["buffer"]
    assert {name: len(one) for name, one in held.tasks.items()} == {"unnamed": 2, "unnamed (2)": 1}


def test_of_each_class_of_a_task_as_many_are_kept(pictures: list[str], tmp_path: Path) -> None:
    many = []
    for number, color in enumerate(["black"] * 5 + ["white"]):
        many.append(str(tmp_path / f"{number}-{color}.png"))
        Image.new("RGB", (32, 32), color).save(many[-1])
    seen = {}
    for classes in (1, 2):
        held = buffer.add(task(many, kept_of_task=2, classes=classes))["buffer"]
        first, second = held.tasks["birds"].float()
        seen[classes] = bool(torch.allclose(first, second, atol=1e-3))
    assert seen == {1: True, 2: False}, "two of the same look, or one of each"


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


def test_latents_of_weights_that_are_live_no_more_are_not_used(pictures: list[str]) -> None:
    held = buffer.add(task(pictures))["buffer"]
    held.autoencoder = "weights that were live"
    with pytest.raises(Misuse, match="another model"):
        list(buffer.replay(replay(held)))
    with pytest.raises(Misuse, match="another model"):
        buffer.add(task(pictures, buffer=held, task="fish"))


def test_a_buffer_that_is_brought_along_is_added_and_nothing_is_lost(pictures: list[str], tmp_path: Path) -> None:
    held = buffer.add(task(pictures))["buffer"]
    long = "x" * buffer.LONGEST_NAME
    other = models.latent_buffer(models.stylemini())
    names = ("birds", f"{long}a", f"{long}b")
    other.tasks = {name: held.tasks["birds"][: 1 + (name != "birds")].clone() for name in names}
    other.save(tmp_path / "other.safetensors")
    answer = buffer.bring(str(tmp_path / "other.safetensors"), held, "en")
    both = answer["buffer"]
    assert answer["buffer_before"] is held and len(held) == 2
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
    models.latent_buffer(models.stylemini()).save(tmp_path / "nothing.safetensors")
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


def test_a_buffer_that_is_brought_is_bounded(pipe: StyleMiniPipeline, tmp_path: Path) -> None:
    shape = pipe.model.latents_shape
    many = models.latent_buffer(pipe)
    many.tasks |= {f"task {number}": torch.zeros(1, *shape).half() for number in range(buffer.MOST_TASKS + 1)}
    many.save(tmp_path / "many.safetensors")
    with pytest.raises(Misuse, match="10 tasks"):
        buffer.bring(str(tmp_path / "many.safetensors"), None, "en")
    large, count = models.latent_buffer(pipe), int(0.6 * buffer.LARGEST / 2 / np.prod(shape))
    large.tasks["large"] = torch.zeros(count, *shape).half()
    large.save(tmp_path / "large.safetensors")
    held = buffer.bring(str(tmp_path / "large.safetensors"), None, "en")["buffer"]
    with pytest.raises(Misuse, match="10 MB"):
        buffer.bring(str(tmp_path / "large.safetensors"), held, "en")
