"""The Chimera tab."""
