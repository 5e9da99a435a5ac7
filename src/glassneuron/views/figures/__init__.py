"""Figures with matplotlib: what a neuron answers, how it learned, what it can and cannot learn."""
