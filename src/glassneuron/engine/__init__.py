"""Numbers in, numbers out: NumPy and Numba, no user, no files."""
