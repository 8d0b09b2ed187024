"""The Colorize tab."""
