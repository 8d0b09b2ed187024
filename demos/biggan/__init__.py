"""The BigGAN tab."""
