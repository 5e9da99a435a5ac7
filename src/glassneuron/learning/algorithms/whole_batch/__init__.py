"""Neurons that look at all rows before they move: down the gradient, or on the way to the lowest loss."""
