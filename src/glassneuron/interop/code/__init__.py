"""Training scripts that reach the same numbers in other libraries."""
