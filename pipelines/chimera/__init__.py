"""Chimera: from the lines of an animal and a map of style codes to the animal, cut out."""
