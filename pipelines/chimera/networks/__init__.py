"""The networks of chimera, one idea a file."""

from pipelines.chimera.networks.discriminators import PairDiscriminator
from pipelines.chimera.networks.encoder import StyleEncoder
from pipelines.chimera.networks.generator import ChimeraGenerator
from pipelines.chimera.networks.model import ChimeraModel

__all__ = ["ChimeraGenerator", "ChimeraModel", "PairDiscriminator", "StyleEncoder"]
