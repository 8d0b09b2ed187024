"""Classifier: tells what is on a picture; a judge of generators that trained none of them."""
