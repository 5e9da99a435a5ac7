"""Functions of true and false: which of them a neuron computes, and which two layers do."""
