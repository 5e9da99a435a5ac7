"""Neurons that learn from their mistakes; of all on the way the last answers, their mean, the best, or all of them."""
