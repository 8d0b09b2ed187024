"""The networks of BigGAN, one idea a file."""

from pipelines.biggan.networks.auxiliary import AuxiliaryClassifier
from pipelines.biggan.networks.discriminator import BigGANDiscriminator
from pipelines.biggan.networks.generator import BigGANGenerator
from pipelines.biggan.networks.projected import ProjectedClassDiscriminator

__all__ = ["AuxiliaryClassifier", "BigGANDiscriminator", "BigGANGenerator", "ProjectedClassDiscriminator"]
