"""Optimisers by name: the code of each in the kernels."""

from glassneuron.engine import kernels

OPTIMISERS = {
    "sgd": kernels.SGD,
    "momentum": kernels.MOMENTUM,
    "nesterov": kernels.NESTEROV,
    "adam": kernels.ADAM,
}
