"""How the classifier is used: a picture in, what may be on it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image, ImageDraw, ImageFont
from pydantic import Field
from torch import Tensor

from pipelines.backbones.wide_resnet import WideResNet
from pipelines.classifier.evaluation import evaluate_classifier
from pipelines.common.images import decode
from pipelines.data.entries import Source
from pipelines.data.resident import load_resident, square, to_unit
from pipelines.data.splits import split_source
from pipelines.pipeline import Arguments, Pipeline, Result

SIDE, LINE = 256, 20  # of the picture that is returned, and height of a line under it, pixels


@dataclass(frozen=True)
class ClassifierResult(Result):
    """What one call found.

    Attributes:
        probabilities: of the likeliest classes by name, the likeliest first.
    """

    probabilities: dict[str, float]


class ClassifierArguments(Arguments):
    """What a call takes."""

    top: int = Field(5, ge=1, le=20, description="how many classes are named")


class ClassifierPipeline(Pipeline[WideResNet]):
    """Say what is on a picture.

    Example:
        >>> ClassifierPipeline.from_pretrained("classifier")(Image.open("cat.jpg")).probabilities
    """

    system = "classifier"
    network_class = WideResNet
    arguments_class = ClassifierArguments
    seeded = False
    compares = False
    suffix = "classes"

    def __call__(self, image: Image.Image, *, top: int = 5) -> ClassifierResult:
        """Name the likeliest classes of what is in the middle square.

        Args:
            image: a picture of any size.
            top: how many classes are named, 1 to 20.

        Raises:
            Misuse: ``top`` out of its range, or no usable picture.
        """
        arguments = ClassifierArguments.parse({"top": top})
        decoded = decode(image)
        pixels = square(decoded, self.network.size)
        found = self.logits(to_unit(torch.tensor(pixels).permute(2, 0, 1)[None])).softmax(dim=1)[0]
        best = found.topk(min(arguments.top, len(found)))
        names = [self.network.classes[number] for number in best.indices.tolist()]
        probabilities = dict(zip(names, best.values.tolist(), strict=True))
        seen = Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.NEAREST)
        return ClassifierResult([labelled(seen, probabilities)], [self.made(decoded, arguments.call())], probabilities)

    def logits(self, x: Tensor) -> Tensor:
        """Run the network: (B, 3, S, S) in [-1, 1] to (B, C), float32 on the CPU."""
        with torch.inference_mode(), self.placement.autocast():
            found: Tensor = self.network(x.to(self.placement.device))
        return found.float().cpu()

    def evaluate(self, source: Source, *, seed: int, progress: bool = False) -> dict[str, Any]:
        """Return the metrics of ``evaluate_classifier`` on a source's held-out pictures.

        Raises:
            Misuse: a class it was not taught.
        """
        held_out = split_source(source, progress=progress).held_out
        data = load_resident(source, held_out, self.network.size, classes=self.network.classes, progress=progress)
        return dict(evaluate_classifier(self.logits, data, each=True))


def labelled(picture: Image.Image, probabilities: dict[str, float]) -> Image.Image:
    """Return a picture with a line of text and a bar under it for each class."""
    sheet = Image.new("RGB", (picture.width, picture.height + LINE * len(probabilities)), "white")
    sheet.paste(picture, (0, 0))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for number, (name, share) in enumerate(probabilities.items()):
        top = picture.height + LINE * number
        draw.rectangle([0, top + 2, share * picture.width, top + LINE - 3], fill="#b9d4ee")
        draw.text((4, top + 1), f"{name.replace('_', ' ')} {100 * share:.0f}%", fill="black", font=font)
    return sheet
