"""The same sums on threads, executors and a cluster: who computes changes no bit."""
