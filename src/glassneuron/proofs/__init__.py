"""What neurons can and cannot learn, with certificates that a person and a program can check.

One neuron separates two classes exactly when their convex hulls do not meet. Floating point looks for the answer
(`geometry/`: nearest points of the hulls, a working set of rows, the maximum margin), exact arithmetic proves it
(`exact/`: fractions, Dixon's method, the simplex method), and `certificates.py` holds what a caller gets.
`separability.py` decides a table, `many_classes.py` more than two classes at once. Three files answer what a verdict
raises: `minimum_mistakes.py` how many rows the best neuron gets wrong, `mistake_bound.py` how soon a perceptron must
find a separable table's weights, `attainable.py` whether more training can help. `boolean/` is about functions of zeros
and ones.
"""
