"""Exact arithmetic: what floating point has found, decided for certain."""
