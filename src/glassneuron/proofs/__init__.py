"""What neurons can and cannot learn, with certificates that a person and a program can check.

Two classes are separable by one neuron exactly when their convex hulls do not meet. `hull` finds, in floating point,
either a direction that separates or a common point of the hulls; `exact` turns what it found into whole numbers and
fractions and checks it there, without rounding; `certificates` are what a caller holds.
"""
