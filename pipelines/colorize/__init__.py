"""Colorize: a grey picture in, the same picture in colour out, at its own size."""
