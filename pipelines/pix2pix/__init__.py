"""Pix2Pix: pix2pix from the edges of an animal to its picture (Isola et al., 2017)."""
