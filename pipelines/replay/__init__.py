"""What is kept of past tasks: a few latents of each, and pictures drawn from them anew."""
