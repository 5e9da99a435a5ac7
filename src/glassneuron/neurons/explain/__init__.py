"""How a person sees into a neuron: arithmetic written out, the line that it draws, the way through a network."""
