"""Least squares at once, from products of columns or of rows with each other."""
