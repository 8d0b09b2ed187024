"""Lines: a small detector distilled from a large one, for visitors' photographs."""
