"""Neurons, gates, layers and networks as SVG pictures, drawn with their own weights and, for a row, their numbers."""
