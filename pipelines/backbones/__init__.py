"""Frozen networks that others lean on; their licences stand in the model cards beside their weights."""
