"""Tables larger than memory: decoded once into arrays on disk, and mapped from there."""
