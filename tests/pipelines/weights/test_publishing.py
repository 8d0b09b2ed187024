"""Weights that are pushed to the Hub, against a stand-in of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import ModelCard

from pipelines.__main__ import main
from pipelines.commands import push_run
from pipelines.common.errors import Misuse, StudioError
from pipelines.pix2pix.pipeline import Pix2PixPipeline
from pipelines.stylemini.pipeline import StyleMiniPipeline
from pipelines.training.run import Run
from pipelines.weights.cards import card_of
from pipelines.weights.hub import BUNDLED
from pipelines.weights.publishing import push
from tests.hub import StandIn, go_there, stand_in
from tests.tools import sketch

CHIMERA = "pix2pix"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with stand_in(tmp_path / "elsewhere") as served:
        go_there(served, monkeypatch)
        yield served


def test_a_runs_weights_arrive_whole_with_a_card(hub: StandIn, pix2pix_run: Run, tmp_path: Path) -> None:
    address = push_run(pix2pix_run.path, "last", "studio/animals")
    assert address == f"{hub.url}/studio/animals"
    assert hub.files("studio/animals") == ["README.md", "config.json", "model.safetensors", "trained.json"]
    assert hub.private["studio/animals"]
    there = tmp_path / "there"
    there.mkdir()
    for name, content in hub.repositories["studio/animals"].items():
        (there / name).write_bytes(content)
    one, other = (Pix2PixPipeline.from_pretrained(where) for where in (there, pix2pix_run.exports / "last"))
    assert one(sketch(), seed=3).images[0].tobytes() == other(sketch(), seed=3).images[0].tobytes()

    card = ModelCard((there / "README.md").read_text())
    assert card.data.tags == ["pix2pix"]
    last = [line for line in pix2pix_run.metrics() if line["kind"] == "evaluate"][-1]
    assert f"| l1 | {last['l1']:.4f} |" in card.text
    assert "| adversarial | lsgan |" in card.text
    assert "generate pix2pix INPUT.png --weights studio/animals" in card.text
    assert str(pix2pix_run.path) not in card.text


def test_what_was_measured_beside_the_live_weights_counts_first(
    hub: StandIn, pix2pix_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = pix2pix_run.path / "evaluation-last.json"
    measured.write_text(json.dumps({"last": {"l1": 0.4321, "n": 262}, "live": {"l1": 0.1}}))
    try:
        push_run(pix2pix_run.path, "last", "studio/animals")
    finally:
        measured.unlink()
    card = hub.repositories["studio/animals"]["README.md"].decode()
    assert "0.4321" in card and "| n | 262 |" in card


def test_an_evaluation_that_failed_says_nothing_on_a_card(hub: StandIn, pix2pix_run: Run) -> None:
    measured = pix2pix_run.path / "evaluation-last.json"
    measured.write_text(json.dumps({"last": {"error": "there is nothing at /home/somebody/animals.zip"}}))
    try:
        push_run(pix2pix_run.path, "last", "studio/animals")
    finally:
        measured.unlink()
    assert "somebody" not in hub.repositories["studio/animals"]["README.md"].decode()


def test_a_card_of_its_own_is_kept_and_says_no_path(pix2pix_weights: Path, tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    folder.mkdir()
    (folder / "README.md").write_text("---\nlicense: cc-by-4.0\n---\n# Ours\n\nHonest words.\n")
    settings = {"data": "zip:/home/somebody/secret/animals.zip", "steps": 7, "maps": "/home/somebody/maps"}
    settings |= {"drawings": "/home/somebody/drawings.npz", "adversarial": "lsgan"}
    card = card_of(CHIMERA, folder, settings=settings, metrics={})
    assert ModelCard(card).data.license == "cc-by-4.0"
    assert "Honest words." in card and "animals.zip" in card and "| steps | 7 |" in card
    assert "| drawings | drawings.npz |" in card and "| adversarial | lsgan |" in card
    assert "somebody" not in card


def test_weights_in_parts_arrive_whole(hub: StandIn, tmp_path: Path) -> None:
    push("stylemini", BUNDLED / "stylemini", "studio/styles")
    for name, content in hub.repositories["studio/styles"].items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    there, here = (StyleMiniPipeline.from_pretrained(where) for where in (tmp_path, BUNDLED / "stylemini"))
    picture, asked = sketch(), {"prompt": "wood texture", "steps": 1, "seed": 3}
    assert there(picture, **asked).images[0].tobytes() == here(picture, **asked).images[0].tobytes()
    assert {"metrics.json", "recipe.yaml", "styles.webp"} <= set(hub.files("studio/styles"))
    assert there.metrics() == here.metrics() != {}


@pytest.mark.parametrize("name", ["animals", "a/b/c", "../x", "studio/", "/animals", "studio/a b", "https://hub/x"])
def test_a_name_that_cannot_be_is_refused(hub: StandIn, pix2pix_weights: Path, name: str) -> None:
    with pytest.raises(Misuse, match="owner/model"):
        push(CHIMERA, pix2pix_weights, name)
    assert not hub.repositories


def test_a_folder_of_weights_stays_private_too(hub: StandIn, pix2pix_weights: Path) -> None:
    push(CHIMERA, pix2pix_weights, "studio/animals")
    assert hub.private["studio/animals"]


def test_nobody_signed_in(pix2pix_weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.weights.publishing.get_token", lambda: None)
    with pytest.raises(Misuse, match="HF_TOKEN"):
        push(CHIMERA, pix2pix_weights, "studio/animals")


def test_a_refusal_is_told(hub: StandIn, pix2pix_weights: Path) -> None:
    with pytest.raises(StudioError, match="did not take somebody-else/animals"):
        push(CHIMERA, pix2pix_weights, "somebody-else/animals")


def test_the_command_line_pushes_live_weights_and_runs(
    hub: StandIn, pix2pix_run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["push", str(pix2pix_run.path), "studio/one", "--public"]) == 0
    assert main(["push", "lines", "studio/two"]) == 0
    assert capsys.readouterr().out.splitlines() == [f"{hub.url}/studio/one", f"{hub.url}/studio/two"]
    assert not hub.private["studio/one"] and hub.private["studio/two"]
    assert "sheet.webp" in hub.files("studio/two")
    for name in ("biggan", "scattering-sgm", "silhouette", "vgg-features"):
        assert main(["push", name, f"studio/{name}"]) == 0
    capsys.readouterr()
    cards = {name: files["README.md"].decode() for name, files in hub.repositories.items()}
    assert "generate biggan --weights studio/biggan " in cards["studio/biggan"], "it takes no picture"
    assert "generate scattering --weights studio/scattering-sgm " in cards["studio/scattering-sgm"]
    assert "pipelines generate vgg" not in cards["studio/vgg-features"], "no system makes pictures with it alone"
    assert "codes.json" in hub.files("studio/scattering-sgm") and "held_out.txt" in hub.files("studio/silhouette")
    assert main(["push", str(pix2pix_run.path), "studio/one", "--export", "none"]) == 2
