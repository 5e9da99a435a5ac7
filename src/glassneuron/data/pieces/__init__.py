"""Tables that are computed piece by piece, as those of Dask."""
