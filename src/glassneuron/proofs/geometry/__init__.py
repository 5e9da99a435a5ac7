"""Floating point: the nearest points of two convex hulls, and the maximum margin between them."""
