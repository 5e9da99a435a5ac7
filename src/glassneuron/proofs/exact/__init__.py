"""Exact arithmetic: it proves or refutes what floating point has found."""
