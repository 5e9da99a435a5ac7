"""Learning in a terminal, step by step: forward and back by keys, or a line a step."""
