"""The training loop, its checkpoints and its run directory. Knows no system by name."""
