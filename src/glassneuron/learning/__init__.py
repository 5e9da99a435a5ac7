"""How neurons learn: arrays in, (neurons, History) out; no scikit-learn."""
