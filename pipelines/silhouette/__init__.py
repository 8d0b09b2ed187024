"""Silhouette: tells what a line drawing encloses, where rules about gaps and bays guess wrong."""
