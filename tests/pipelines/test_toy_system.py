"""A system is one row: a toy one, in a package of its own, is found wherever systems are, with no other edit."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

from demos import page
from demos.admin import train as training_form
from demos.settings import Settings
from pipelines import systems
from pipelines.__main__ import main
from pipelines.jobs import service
from pipelines.systems import System

FILES = {
    "__init__.py": '"""A system in a few lines: it learns one number, the mean brightness of its pictures."""',
    "network.py": """
        import torch
        from huggingface_hub import PyTorchModelHubMixin

        class Brightness(torch.nn.Module, PyTorchModelHubMixin):
            def __init__(self, start: float = 0.0) -> None:
                super().__init__()
                self.level = torch.nn.Parameter(torch.tensor(float(start)))
        """,
    "config.py": """
        from pydantic import Field
        from pipelines.training.config import TrainingConfig

        class ToyConfig(TrainingConfig):
            start: float = Field(0.0, ge=0, le=1, description="where it begins")

        PRESETS = {"smoke": {"steps": 30, "batch_size": 4, "log_every": 10, "checkpoint_every": 10}}
        """,
    "objective.py": """
        import torch
        from PIL import Image
        from pipelines.data.sources import open_source
        from pipelines.data.splits import split_source
        from pipelines.weights import hub
        from toy_system.network import Brightness

        def level(picture):
            return torch.tensor(sum(picture.convert("L").resize((8, 8)).tobytes()) / 64 / 255)

        class ToyObjective:
            def __init__(self, config, *, progress=False):
                self.config, self.source = config, open_source(config.data)
                self.split = split_source(self.source)
                self.modules = {"level": Brightness(config.start)}
                self.optimizers = {"level": torch.optim.SGD(self.modules["level"].parameters(), 0.2)}
                self.averaged = ("level",)

            def batches(self, start_step):
                while True:
                    yield {"level": torch.stack([level(self.source.load(entry)) for entry in self.split.train])}

            def step(self, batch, accelerator):
                loss = (self.modules["level"].level - batch["level"]).square().mean()
                accelerator.backward(loss)
                self.optimizers["level"].step()
                self.optimizers["level"].zero_grad()
                return {"loss": loss.detach()}

            def preview(self):
                return Image.new("L", (8, 8))

            def evaluate(self):
                return {"error": 0.0}

            def export(self, folder):
                export_weights(self.config, {"level": self.modules["level"].state_dict()}, folder)

        def export_weights(config, weights, folder):
            network = Brightness()
            network.load_state_dict(weights["level"])
            hub.save_model(network, folder)
        """,
    "pipeline.py": """
        from types import SimpleNamespace
        from PIL import Image
        from pydantic import Field
        from pipelines.data.splits import split_source
        from pipelines.pipeline import Arguments, Pipeline
        from toy_system.network import Brightness
        from toy_system.objective import level

        class ToyArguments(Arguments):
            side: int = Field(8, ge=1, le=64, description="of the picture, pixels")

        class ToyPipeline(Pipeline[Brightness]):
            system, network_class, arguments_class, seeded, suffix = "toy", Brightness, ToyArguments, False, "toy"

            def apply(self, image, arguments, *, seed, count):
                shade = round(255 * float(self.network.level))
                picture = Image.new("L", (arguments.side, arguments.side), shade)
                return SimpleNamespace(images=[picture], provenance=[self.made(image, arguments.model_dump())])

            def evaluate(self, source, *, seed, progress=False):
                held_out = split_source(source).held_out
                errors = [abs(float(self.network.level - level(source.load(entry)))) for entry in held_out]
                return {"error": sum(errors) / len(errors), "n": len(errors)}
        """,
    "words.py": """
        from demos.shared.words import Scope

        say = Scope("toy", {"tab": ("Toy", "おもちゃ", "장난감"), "hello": ("A toy", "おもちゃです", "장난감입니다")})
        """,
    "tab.py": """
        import gradio as gr

        def build(words, language):
            words.add(gr.Markdown(elem_id="toy-hello"), value="hello")
        """,
}


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    package = tmp_path / "packages" / "toy_system"
    package.mkdir(parents=True)
    for name, text in FILES.items():
        (package / name).write_text(textwrap.dedent(text))
    monkeypatch.syspath_prepend(str(package.parent))
    row = System("toy", "Toy", "learns how bright pictures are", room="toy_system", tab="toy_system")
    monkeypatch.setitem(systems.SYSTEMS, "toy", row)
    yield row
    for name in [name for name in sys.modules if name.split(".")[0] == "toy_system"]:
        del sys.modules[name]


def test_a_row_makes_a_system_of_the_command_line(
    toy: System, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list"]) == 0 and "learns how bright" in capsys.readouterr().out
    run, weights = tmp_path / "run", tmp_path / "weights"
    where = ["--data", "synthetic:24", "--set", "device=cpu", "--set", "precision=fp32"]
    assert main(["train", "toy", "--preset", "smoke", "--run", str(run), *where]) == 0
    assert main(["export", "toy", "--run", str(run), "--out", str(weights)]) == 0
    capsys.readouterr()
    assert main(["evaluate", "toy", "--data", "synthetic:24", "--weights", str(weights), "--json"]) == 0
    measured = json.loads(capsys.readouterr().out)
    assert measured["error"] < 0.2 and measured["n"] > 0 and len(measured["weights_sha256"]) == 64
    drawing = tmp_path / "cat.png"
    Image.new("RGB", (9, 9)).save(drawing)
    made = ["generate", "toy", str(drawing), "--weights", str(weights), "--out", str(tmp_path / "out")]
    assert main([*made, "--set", "side=5"]) == 0
    assert Image.open(tmp_path / "out" / "cat-toy.png").size == (5, 5)
    assert main([*made, "--set", "side=0"]) == 2 and main([*made, "--seed", "3"]) == 2
    capsys.readouterr()
    assert main(["generate", "toy", "--help"]) == 0
    told = capsys.readouterr().out
    assert "side=8" in told and "1 to 64" in told and "--seed" not in told


def test_a_row_makes_a_job_a_form_and_a_tab(toy: System, tmp_path: Path) -> None:
    settings = systems.configure(toy, "smoke", {"data": "synthetic:24"}).model_dump(mode="json")
    job = service.enqueue("toy", settings, tmp_path / "job")
    assert (job.system, job.status, job.settings["steps"]) == ("toy", "queued", 30)
    with gr.Blocks():
        fields = training_form.grouped_form(toy.load_config(), {}, "en").fields
    assert "start" in fields and "0 to 1" in fields["start"].info
    app = page.create_app(Settings(), page.open_studio()[0])
    parts = {component.elem_id: component for component in app.blocks.values() if getattr(component, "elem_id", None)}
    assert parts["tab-toy"].label == "Toy" and parts["toy-hello"].value == "A toy"
