"""The tab that reads a picture's provenance back."""
