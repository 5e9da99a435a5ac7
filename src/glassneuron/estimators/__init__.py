"""Thin scikit-learn skins over learning: checks, labels, attributes, nothing that computes."""
