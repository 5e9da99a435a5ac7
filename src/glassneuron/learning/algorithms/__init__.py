"""The rules by which neurons learn, one file for each."""
