"""The library behind the page: five generative systems and the tools they share. No Gradio here."""

__version__ = "0.1.0"
