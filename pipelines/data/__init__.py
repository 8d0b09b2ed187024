"""Where training pictures come from, how they are split, and how lines are drawn from them."""
