"""Logic by neurons: truth tables, formulas, gates and the threshold neuron of McCulloch and Pitts."""
