"""Text-to-image diffusion models in Stable Diffusion's folder layout, through diffusers' own parts."""
