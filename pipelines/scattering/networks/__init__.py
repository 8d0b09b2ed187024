"""The networks of scattering, one idea a file."""

from pipelines.scattering.networks.code import ScatteringCode
from pipelines.scattering.networks.decoder import ScatteringDecoder
from pipelines.scattering.networks.model import ScatteringModel

__all__ = ["ScatteringCode", "ScatteringDecoder", "ScatteringModel"]
