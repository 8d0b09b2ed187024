"""The line detector on the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps
from tqdm import tqdm

from pipelines.backbones.hed import HED
from pipelines.backbones.line_detector import LineDetector
from pipelines.common import device
from pipelines.common.errors import Misuse, StudioError, check_names, check_range
from pipelines.common.images import decode
from pipelines.common.provenance import Provenance, encode_png, image_sha256
from pipelines.common.sheets import contact_sheet, write_sheet
from pipelines.data.sources import open_source
from pipelines.data.splits import split_source
from pipelines.edges.cutouts import Floats, to_bytes
from pipelines.edges.finding import Lines, auto_canny, lines_of_map, share_of, without_specks
from pipelines.edges.maps import Detector, evenly, probability_map, write_maps
from pipelines.lines.evaluation import LEAST, agreement, on_white
from pipelines.lines.objective import LinesConfig, export_detector
from pipelines.training.averaging import averaged_weights
from pipelines.weights import hub

MOST_EVALUATED = 300


def prepare(data: str, out: Path, *, most: int | None = None, progress: bool = False) -> str:
    """Write the large detector's map of every picture of a source, for ``train lines`` and ``train pix2pix``.

    Args:
        data: source of pictures.
        out: folder to write; maps that are there stay.
        most: how many evenly spaced pictures to take, all by default.
        progress: show a progress bar.

    Raises:
        StudioError: no usable source, or the detector's package is not installed.
    """
    if most is not None:
        check_range("most", most, 1, 10_000_000)
    return f"{out}: {write_maps(open_source(data), out, most=most, progress=progress)} line maps written"


def generate(
    files: Sequence[Path],
    out: Path,
    *,
    weights: str = "lines",
    seed: int = 0,
    count: int = 1,
    arguments: Mapping[str, Any],
    provenance: bool = True,
    sheet: Path | None = None,
) -> Iterator[Path]:
    """Draw the lines of photographs, black on white, 256 px; yield the paths ``OUT/<name>-lines.png``.

    Args:
        files: input pictures.
        out: folder to write, made if absent.
        weights: name, folder or Hub id.
        seed: nothing here is random.
        count: likewise.
        arguments: ``sensitivity``, 0 to 1.
        provenance: put it into the files.
        sheet: picture to write when all is done: each input, auto-canny's lines, HED's where it is installed, these.

    Raises:
        StudioError: a bad file or argument; files before it are done.
    """
    if not files:
        raise Misuse("picture_missing")
    check_names(arguments, ("sensitivity",))
    sensitivity = arguments.get("sensitivity", 0.5)
    check_range("sensitivity", sensitivity, 0.0, 1.0)
    folder, placement = hub.resolve(weights), device.choose()
    digest = hub.weights_sha256(folder)
    detector = LineDetector.from_weights(folder).to(placement.device)
    teacher = teacher_if_installed() if sheet is not None else None
    out.mkdir(parents=True, exist_ok=True)
    rows: list[list[Image.Image]] = []
    for file in files:
        decoded = decode(file)
        picture = on_white(decoded)

        def by(network: Detector, picture: Floats = picture) -> Image.Image:
            found = probability_map(network, picture, placement)
            return black_on_white(lines_of_map(found, share_of(sensitivity), LEAST))

        drawn = by(detector.probabilities)
        origin = Provenance(
            "lines", hub.public_name(weights), digest, 0, 0, {"sensitivity": sensitivity}, image_sha256(decoded)
        )
        path = out / f"{file.stem}-lines.png"
        path.write_bytes(encode_png(drawn, origin if provenance else None))
        yield path
        canny = black_on_white(without_specks(auto_canny(to_bytes(picture), sensitivity), LEAST))
        between = [by(teacher)] if teacher is not None else []
        rows.append([Image.fromarray(to_bytes(picture)), canny, *between, drawn])
    if sheet is not None:
        write_sheet(contact_sheet(rows), sheet)


def teacher_if_installed() -> HED | None:
    """Return the large detector, None where its package is not installed."""
    try:
        return HED.from_package()
    except StudioError:
        return None


def black_on_white(lines: Lines) -> Image.Image:
    """Return lines as a drawing."""
    return ImageOps.invert(Image.fromarray(lines))


def evaluate(data: str, *, weights: str = "lines", seed: int = 112, progress: bool = False) -> dict[str, Any]:
    """Return how well the lines agree with the large detector's on up to 300 evenly spaced held-out pictures.

    Raises:
        StudioError: no usable source, or the large detector's package is not installed.
    """
    placement, folder = device.choose(), hub.resolve(weights)
    teacher = HED.from_package().to(placement.device)
    student = LineDetector.from_weights(folder).to(placement.device)
    source = open_source(data)
    entries = evenly(split_source(source, progress=progress).held_out, MOST_EVALUATED)
    rows = []
    for entry in tqdm(entries, desc="evaluating", disable=not progress, leave=False):
        picture = on_white(source.load(entry))
        maps = (probability_map(network, picture, placement) for network in (teacher, student.probabilities))
        rows.append(agreement(picture, *maps))
    means = {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}
    return {**means, "n": len(rows), "weights_sha256": hub.weights_sha256(folder)}


def export(run: Path, out: Path, *, step: int | None = None) -> int:
    """Write the averaged detector of a run's checkpoint, by default the last, and return its step.

    Raises:
        Misuse: no such run or checkpoint.
    """
    settings, weights, reached = averaged_weights(run, "detector", step)
    export_detector(LinesConfig.parse(settings), weights, out)
    return reached
