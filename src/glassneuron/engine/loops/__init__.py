"""Loops beside the textbook, and where it pays to compile them."""
