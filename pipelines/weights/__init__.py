"""From a name to a folder of weights, live weights, model cards, publishing."""
