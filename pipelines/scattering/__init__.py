"""Scattering: pictures from whitened wavelet coefficients (Angles and Mallat, ICLR 2018)."""
