"""Classifier: tells what is on a picture; a measure of generators that it never trained."""
