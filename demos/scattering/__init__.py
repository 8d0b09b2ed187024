"""The Scattering tab."""
