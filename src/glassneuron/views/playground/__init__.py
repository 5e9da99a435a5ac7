"""The playground: a page on this computer in which a person sees a neuron compute and learn."""
