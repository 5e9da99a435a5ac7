"""How good answers are, and how far each number can be trusted."""
