"""The way to the lowest loss: `ToOptimum`, and the classes on which it stands."""
