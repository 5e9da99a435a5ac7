"""What the columns of a table are good for: which are useless, and which tell the target by themselves."""
