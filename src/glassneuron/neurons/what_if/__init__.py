"""What if a row had been a little different: what moved an answer, and the smallest change that flips it."""
