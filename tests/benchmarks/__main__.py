"""Print what a visitor waits for, and what the shortcuts gain, as medians on this machine."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from kymatio import Scattering2D
from PIL import Image, ImageDraw
from skimage import data

from pipelines.biggan.losses import init_weights
from pipelines.biggan.networks import BigGANGenerator
from pipelines.biggan.pipeline import BigGANPipeline
from pipelines.chimera.pipeline import ChimeraPipeline
from pipelines.chimera.styles import random_map
from pipelines.colorize.pipeline import ColorizePipeline
from pipelines.common.device import Placement, choose
from pipelines.common.memory import keep_freed_memory
from pipelines.jobs.executors import LocalExecutor
from pipelines.jobs.store import JobStore
from pipelines.nn.scattering import scatter
from pipelines.nn.spectral import SpectralConv2d
from pipelines.stylemini.pipeline import StyleMiniPipeline
from pipelines.training.run import Run
from tests.benchmarks import flood, learning
from tests.benchmarks.timing import REPEATS, median, report

ROOT = Path(__file__).resolve().parents[2]
BATCH = 25  # pictures by BigGAN
STYLES = ("oil painting", "stained glass", "mosaic", "comic")
FIRST_PICTURE = """
import time; started = time.perf_counter()
from PIL import Image, ImageDraw
from pipelines.chimera.pipeline import ChimeraPipeline
image = Image.new("RGB", (512, 512), "white")
ImageDraw.Draw(image).ellipse([90, 150, 420, 360], outline="black", width=5)
ChimeraPipeline.from_pretrained("chimera")(image, seed=7)
print(time.perf_counter() - started)
"""
LARGE_PICTURE = """
import io, resource, time
from PIL import Image
from skimage import data
from pipelines.colorize.pipeline import ColorizePipeline
from pipelines.common.images import decode
from pipelines.common.provenance import encode_png
file = io.BytesIO()
Image.fromarray(data.coffee()).convert("L").resize((4000, 3000)).save(file, "JPEG", quality=92)
pipe = ColorizePipeline.from_pretrained("colorize")
pipe(Image.new("L", (256, 256), 128))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
times = []
for _ in range(3):
    started = time.perf_counter()
    made = pipe(decode(file.getvalue()))
    encode_png(made.images[0], made.provenance[0])
    times.append(time.perf_counter() - started)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(sorted(times)[1], peak / 1024, (peak - before) / 1024)
"""


def main() -> None:
    """Measure and print one line a figure; ``flood`` measures many visitors at once instead."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("what", nargs="?", choices=("all", "flood"), default="all")
    parser.add_argument("--visitors", type=int, default=60)
    parser.add_argument("--spread", type=float, default=30.0, help="seconds within which they come")
    parser.add_argument("--address", help="of a page that runs already")
    options = parser.parse_args()
    if options.what == "all":
        measure_all()
        return
    print("\n".join(flood.told(flood.measure(options.visitors, options.spread, options.address))))


def measure_all() -> None:
    """Measure what one visitor waits for."""
    keep_freed_memory()  # as the app does
    print(f"{os.cpu_count()} processors, torch {torch.__version__}, device {choose().device}, medians of {REPEATS}")
    report("page answers after starting the app", page_answers(), "s")
    report("first picture of a new process, imports and weights included", first_picture(), "s")
    image = drawing()
    pipe = ChimeraPipeline.from_pretrained("chimera")
    fresh = itertools.count()
    report("lines of a drawing", median(lambda: pipe.read(marked(image, next(fresh)), kind="drawing")), "s")
    photo = Image.fromarray(data.chelsea())
    for detector in ("canny", "learned"):

        def find(detector: str = detector) -> object:
            return pipe.read(marked(photo, next(fresh)), kind="photo", detector=detector)

        report(f"lines of a photograph, {detector}", median(find), "s")
    report("the learned detector's network alone, 256 px", detector_time(pipe), "s")
    next_picture = median(lambda: pipe(image, seed=7))
    report(f"next picture of a drawing, {pipe.size} px", next_picture, "s")
    report("four variants", median(lambda: pipe(image, seed=7, count=4)), "s")
    report("picture of a new drawing", median(lambda: pipe(marked(image, next(fresh)), seed=7)), "s")
    report("picture of a new photograph", median(lambda: pipe(marked(photo, next(fresh)), seed=7, kind="photo")), "s")
    preview = Image.fromarray(data.coffee()).convert("L").resize((1280, 960))
    color = ColorizePipeline.from_pretrained("colorize")
    report("colours of a preview, 1280 x 960", median(lambda: color(preview)), "s")
    seconds, peak, more = large_picture()
    report("colours of 12 megapixels, JPEG to PNG (median of 3)", seconds, "s")
    report("  most memory of that process", peak, "MiB")
    report("  of it, more than with the model open", more, "MiB")
    with training():
        busy = median(lambda: pipe(image, seed=7))
    report("next picture while a job trains, over that when none does", busy / next_picture, "times")
    plain = ChimeraPipeline.from_pretrained("chimera")
    plain.renderer.placement = Placement(plain.placement.device, torch.float32)
    ours, stock = scattering_times()
    report("scattering coefficients of 64 pictures, 64 px", ours, "s")
    report("  kymatio's time over it", stock / ours, "times")
    ours, singly, plain_loop = biggan_times()
    report("BigGAN's pictures a second, width 24, in batches", BATCH / ours, "pictures/s")
    report("  one by one, as a call draws them", BATCH / singly, "pictures/s")
    report("  a plain float32 loop's time over that in batches", plain_loop / ours, "times")
    preview, grid = restyle_times()
    report("Replay: four pictures to the first preview (median of 5)", preview, "s")
    report("Replay: a grid of four pictures in four styles (likewise)", grid, "s")
    pictures, step, fused = learning.times()
    report("BigGAN learns, preset cpu (median of 5)", pictures, "pictures/s")
    report("StyleMini's step, preset cpu (likewise)", step, "s")
    report("  with PyTorch's fused attention over it", fused / step, "times")
    report("the network in float32 over its own format", network_time(plain) / network_time(pipe), "times")


def network_time(pipe: ChimeraPipeline) -> float:
    """Return the median seconds of one forward pass."""
    source = torch.zeros(1, 3, pipe.size, pipe.size)
    style = random_map(pipe.renderer.bank, 7, 0, "natural")
    return median(lambda: pipe.renderer.make(source, style))


def detector_time(pipe: ChimeraPipeline) -> float:
    """Return the median seconds of the line detector on one picture."""
    picture = np.zeros((256, 256, 3), np.uint8)
    return median(lambda: pipe.learned_lines(picture))


def scattering_times() -> tuple[float, float]:
    """Return the median seconds of our scattering transform and of kymatio's, of the same pictures."""
    pictures = torch.rand(64, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    kymatio = Scattering2D(3, (64, 64), L=8, frontend="torch")
    with torch.inference_mode():
        return median(lambda: scatter(pictures, 3, 8)), median(lambda: kymatio(pictures))


def biggan_times() -> tuple[float, float, float]:
    """Return the median seconds of so many pictures by BigGAN's pipeline.

    At once, one by one as a call of the pipeline draws them, and one by one by its network as published, where pixels
    are repeated before a convolution, not within it.
    """
    classes = [f"class {number}" for number in range(20)]
    torch.manual_seed(0)
    plain, ours = (BigGANGenerator(classes, base_channels=24).eval() for _ in range(2))
    init_weights(plain, "orthogonal")
    ours.load_state_dict(plain.state_dict())
    blocks: Any = plain.blocks
    for block in blocks:
        convolution = SpectralConv2d(plain.channels, plain.channels, 3, padding=1)
        convolution.load_state_dict(block.conv1.state_dict())
        block.conv1 = torch.nn.Sequential(torch.nn.Upsample(scale_factor=2.0), convolution).eval()
    pipe = BigGANPipeline(ours, choose())
    labels, noise = torch.arange(BATCH) % 20, torch.randn(BATCH, plain.noise_dim)

    def loop() -> None:
        with torch.no_grad():
            for number in range(BATCH):
                plain(noise[number : number + 1], labels[number : number + 1])

    def call() -> None:
        for number in range(BATCH):
            pipe.generate(noise[number : number + 1], labels[number : number + 1])

    return median(lambda: pipe.generate(noise, labels)), median(call), median(loop)


def restyle_times() -> tuple[float, float]:
    """Return the median seconds from four pictures to the first thing shown of them, and to all in four styles."""
    pipe, styles = StyleMiniPipeline.from_pretrained("stylemini"), [f"{name} style" for name in STYLES]
    pictures = [Image.fromarray(make()) for make in (data.chelsea, data.coffee, data.astronaut, data.rocket)]
    rows = partial(pipe.rows_of, pictures, styles, pipe.arguments_class(), seed=7)
    return median(lambda: next(rows()), 5), median(lambda: list(rows()), 5)


def marked(image: Image.Image, number: int) -> Image.Image:
    """Return a picture that differs in one pixel from that of any other number: what was found before is no help."""
    image = image.convert("RGB")
    image.putpixel((0, 0), (255, 255, 255 - number))
    return image


def drawing() -> Image.Image:
    """Return something to paint."""
    image = Image.new("RGB", (512, 512), "white")
    ImageDraw.Draw(image).ellipse([90, 150, 420, 360], outline="black", width=5)
    return image


@contextlib.contextmanager
def training() -> Iterator[None]:
    """Train as the queue does, beside what is measured."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        settings = {"steps": 100_000, "log_every": 1, "size": 128, "data": "synthetic"}
        job = JobStore(Path(folder) / "jobs.sqlite").enqueue("chimera", settings, run)
        started = LocalExecutor().start(job)
        at_work = replace(job, pid=started.pid, pid_started=started.pid_started)
        try:
            while not list(Run(run).metrics()):
                assert LocalExecutor().alive(at_work), "the training ended"
                time.sleep(0.2)
            yield
        finally:
            LocalExecutor().stop(at_work, force=True)


def first_picture() -> float:
    """Return the seconds from a fresh interpreter's first line to its first picture, the best of three."""
    runs = [
        float(subprocess.run([sys.executable, "-c", FIRST_PICTURE], cwd=ROOT, check=True, capture_output=True).stdout)
        for _ in range(3)
    ]
    return min(runs)


def large_picture() -> tuple[float, float, float]:
    """Return the seconds of a 12-megapixel picture from file to file, and the memory of a process that makes it."""
    ran = subprocess.run([sys.executable, "-c", LARGE_PICTURE], cwd=ROOT, check=True, capture_output=True)
    seconds, peak, more = (float(part) for part in ran.stdout.split())
    return seconds, peak, more


def page_answers() -> float:
    """Return the seconds from starting the app to its first answer."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "PORT": "7987", "STUDIO_HOME": home}
        started = time.perf_counter()
        app = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            while time.perf_counter() - started < 60:
                try:
                    urllib.request.urlopen("http://127.0.0.1:7987/", timeout=5).read()
                    return time.perf_counter() - started
                except (urllib.error.URLError, OSError):
                    time.sleep(0.05)
            raise TimeoutError("the page did not answer within a minute")
        finally:
            app.terminate()
            app.wait()


if __name__ == "__main__":
    main()
