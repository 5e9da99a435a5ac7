"""Functions of zeros and ones: which of them one neuron computes, and two layers for the rest."""
