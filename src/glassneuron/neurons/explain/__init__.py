"""Answers explained: the arithmetic of a neuron, its decision boundary, the passes through a network."""
