"""Models of other libraries, seen through: each becomes a neuron, a network or a model of this package."""
