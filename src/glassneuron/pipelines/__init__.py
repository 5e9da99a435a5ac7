"""From a table to an evaluated model: train, compare and judge."""
