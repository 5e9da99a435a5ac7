"""Rows in from frames and files; models out and in."""
