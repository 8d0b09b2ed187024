"""A small text-to-image diffusion model in Stable Diffusion's format."""
