"""A training one step at a time: what a frame of the trainer moved, written out as arithmetic."""
