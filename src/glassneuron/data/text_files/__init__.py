"""Text files with a mark between cells: what they are packed and written in, their dialect, and what columns hold."""
