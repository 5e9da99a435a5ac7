"""The same sums on threads, executors and a cluster: who computes changes no bit.

The room is not called like `glassneuron.machines`, the function, which its module would hide.
"""
