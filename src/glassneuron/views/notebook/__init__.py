"""What notebooks show: pictures and tables for values, and a neuron to play with in a cell."""
