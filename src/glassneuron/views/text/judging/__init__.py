"""How well answers are, how a model was chosen, and what matters to it, as text."""
