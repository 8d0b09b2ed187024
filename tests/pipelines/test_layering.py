from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import systems
from tests.tools import ROOT

# The folders of systems, and of the method that Replay's tab wraps.
SYSTEMS = {(row.room or f"pipelines.{row.name}").split(".")[1] for row in systems.SYSTEMS.values()} | {"replay"}
WIRING = {
    "pipelines.systems",
    "pipelines.commands",
    "pipelines.help",
    "pipelines.parser",
    "pipelines.train",
    "pipelines.recipes",
    "pipelines.__main__",
}  # that may know every room
TENSORS = {"torch", "torchvision", "numpy", "cv2", "timm", "diffusers", "transformers", "accelerate", "safetensors"}


def modules_of(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path, source: str | None = None) -> Iterator[str]:
    """Yield every module a file may import, those inside functions and under TYPE_CHECKING too."""
    package = name_of(path).split(".") if path.stem == "__init__" else name_of(path).split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text() if source is None else source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def touches(imported: str, module: str) -> bool:
    return imported == module or imported.startswith(f"{module}.")


def room_of(path: Path) -> str:
    """The first folder under ``pipelines``, or the module itself."""
    return path.relative_to(ROOT / "pipelines").with_suffix("").parts[0]


def systems_touched(imported: str) -> set[str]:
    return {system for system in SYSTEMS if touches(imported, f"pipelines.{system}")}


def test_there_is_something_to_check() -> None:
    assert len(modules_of("pipelines")) > 20
    assert {path.name for path in (ROOT / "pipelines").iterdir() if path.is_dir()} & SYSTEMS >= {"chimera"}


def test_relative_and_nested_imports_are_seen() -> None:
    source = "def f():\n    from ..chimera import data\n    import gradio.themes\n"
    found = set(imports_of(ROOT / "pipelines" / "nn" / "unet.py", source))
    assert found == {"pipelines.chimera.data", "gradio.themes"}


@pytest.mark.parametrize("path", modules_of("pipelines"), ids=name_of)
def test_the_library_knows_no_page(path: Path) -> None:
    assert [name for name in imports_of(path) if name.split(".")[0] in ("gradio", "demos", "app")] == []


@pytest.mark.parametrize("path", modules_of("pipelines"), ids=name_of)
def test_no_room_imports_a_system_that_is_not_itself(path: Path) -> None:
    if name_of(path) in WIRING:
        return
    foreign = {name for name in imports_of(path) if systems_touched(name) - {room_of(path)}}
    wiring = {name for name in imports_of(path) if any(touches(name, module) for module in WIRING)}
    assert foreign | wiring == set()


@pytest.mark.parametrize("path", modules_of("demos"), ids=name_of)
def test_the_page_touches_no_tensor(path: Path) -> None:
    assert [name for name in imports_of(path) if name.split(".")[0] in TENSORS] == []


@pytest.mark.parametrize(
    "module",
    ["pipelines", "pipelines.systems", "pipelines.common.errors", "pipelines.weights.hub", "pipelines.__main__"],
)
def test_importing_costs_nothing(module: str) -> None:
    heavy = "{'torch', 'gradio', 'numpy', 'cv2'}"
    script = f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_settings_and_what_only_counts_cost_little() -> None:
    rows = "for system in systems.SYSTEMS.values(): system.load_config(), system.load_presets()"
    script = f"import sys; from pipelines import systems\n{rows}\nimport tests.pipelines.jobs.dummy\n"
    script += "print(sorted({'torch', 'cv2', 'gradio', 'diffusers', 'accelerate'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def named(path: Path) -> set[str]:
    """The systems whose names a file writes."""
    strings = (node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant))
    return {value for value in strings if isinstance(value, str)} & systems.SYSTEMS.keys()


def test_one_row_names_a_system_and_nothing_shared_does() -> None:
    own = {row.tab or f"demos.{row.name}" for row in systems.SYSTEMS.values()} | {"demos.remake"}
    shared = [path for path in modules_of("demos") if not any(touches(name_of(path), package) for package in own)]
    shared += [path for room in ("jobs", "training", "weights", "common") for path in modules_of(f"pipelines/{room}")]
    assert len(shared) > 60
    draws_the_icon = ROOT / "demos" / "shared" / "front" / "draw.py"  # once, of the page's first picture
    assert {str(path): found for path in shared if path != draws_the_icon and (found := named(path))} == {}


def test_the_page_is_built_without_torch() -> None:
    script = "import sys; from demos import page, settings; page.create_app(settings.Settings(), page.open_studio()[0])"
    script += "; print(sorted({'torch', 'cv2', 'skimage', 'diffusers'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_takes_a_second_is_imported_where_it_is_used() -> None:
    slow = ("sklearn", "torchvision", "timm", "torchmetrics", "datasets", "mlflow", "tensorboard")
    found = {
        f"{name_of(path)}: {line}"
        for folder in ("pipelines", "demos")
        for path in modules_of(folder)
        for line in path.read_text().splitlines()  # those that begin a line are not inside a function
        if line.startswith(("import ", "from ")) and line.split()[1].split(".")[0] in slow
    }
    assert found == set()


TOOL_ROOMS = {
    *("training", "jobs", "data", "edges", "nn", "backbones", "metrics", "weights", "common", "diffusion"),
}


def test_every_folder_is_a_system_or_a_tool_room() -> None:
    folders = {path.name for path in (ROOT / "pipelines").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= SYSTEMS | TOOL_ROOMS


def imported_files() -> dict[str, set[str]]:
    """Which file imports which, of all of ours, imports inside functions included."""
    files = {name_of(path): path for folder in ("pipelines", "demos") for path in modules_of(folder)}
    packages = {name for name, path in files.items() if path.stem == "__init__"}
    graph: dict[str, set[str]] = {}
    for name, path in files.items():
        wanted = {
            module
            for imported in imports_of(path)
            for module in (imported, imported.rpartition(".")[0])
            if module in files and module != name
        }
        # What re-exports its own parts is no circle with them.
        graph[name] = {module for module in wanted if not (module in packages and name.startswith(f"{module}."))}
    return graph


def test_no_two_files_import_each_other_round_any_corner() -> None:
    graph, done = imported_files(), set[str]()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join([*trail[trail.index(name) :], name])
        if name not in done:
            for other in sorted(graph[name]):
                walk(other, (*trail, name))
            done.add(name)

    for name in sorted(graph):
        walk(name, ())
